"""Signing in through the organisation, by the real ways of a browser between two sites: its cookies, its forms, its tab."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.platforms.base import Person, Place
from gateway.console.build import build
from gateway.explorer.build import build as build_explorer
from tests.browser.chromium import visit
from tests.browser.console import DESKTOP, PHONE, Console
from tests.ports import free_port
from tests.served import Served, served
from tests.stores import store_in
from tests.websso import WebSso, websso

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]

LOGIN = "Company login"


@pytest.fixture(scope="module")
def sso() -> Iterator[WebSso]:
    with websso() as it:
        yield it


@pytest.fixture(scope="module")
def federated(sso: WebSso, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gateway with a login at another site."""
    folder, port = tmp_path_factory.mktemp("federated"), free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"http": {"url": url}, "identity": {"federated": [{"name": LOGIN, "url": sso.url}]}}
    with store_in(folder) as store, served(store, folder, port, **settings) as it:
        yield it


@pytest.fixture
def page(chromium: Browser, sso: WebSso, federated: Served) -> Iterator[Console]:
    build()
    sso.trusted = [f"{federated.url}/session/federated"]
    sso.token = lambda: federated.token("jiwoo")
    with visit(chromium, federated.url, also=sso.origin) as shown:
        yield Console(shown, federated)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_person_signs_in_by_the_organisation_and_talks(page: Console, size: dict[str, int]) -> None:
    page.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.open()
    button = page.page.get_by_role("group", name="Or sign in through your organisation:").get_by_role(
        "button", name=LOGIN
    )
    expect(button).to_be_visible()
    page.sound()
    page.fits()
    button.press("Enter")
    expect(page.input).to_be_focused()
    assert page.page.url.startswith(f"{page.gateway.url}/#")
    expect(page.page.get_by_role("banner").first).to_contain_text("jiwoo")
    cookies = {cookie["name"]: cookie for cookie in page.page.context.cookies()}
    assert set(cookies) == {"gurum_session"}, "the cookie of the way is gone"
    assert (cookies["gurum_session"]["httpOnly"], cookies["gurum_session"]["sameSite"]) == (True, "Strict")
    page.page.reload()
    expect(page.input).to_be_focused()


def test_the_buttons_speak_the_readers_language(chromium: Browser, federated: Served) -> None:
    build()
    with visit(chromium, federated.url, "ko-KR") as shown:
        shown.page.goto(f"{federated.url}/?sign-in=begin")
        expect(shown.page.get_by_role("group", name="또는 조직 계정으로 로그인:")).to_be_visible()
        expect(shown.page.get_by_role("alert")).to_contain_text("여기서 다시 시작하세요.")


def test_a_chat_account_is_linked_after_the_way_to_the_organisation(page: Console, federated: Served) -> None:
    person = Person(platform="slack", id="T1/USSO", name="Anna Kim")
    secret = federated.run(federated.inside.app.chat.people.offer(person, Place(platform="slack", channel="C1")))
    page.open(f"/link#{secret}")
    page.page.get_by_role("button", name=LOGIN).click()
    expect(page.page.get_by_role("main")).to_contain_text("T1/USSO")
    assert page.page.url == f"{federated.url}/link"
    assert page.page.evaluate("sessionStorage.length") == 0, "nothing of the secret is left"
    page.page.get_by_role("checkbox", name="talk").check()
    page.page.get_by_role("button", name="Link this account").click()
    expect(page.page.get_by_role("heading", name="The account is linked")).to_be_visible()
    assert federated.run(federated.inside.app.chat.people.link_of(person)) is not None
    page.sound()


def test_who_turns_back_on_the_way_still_has_the_link(page: Console, sso: WebSso, federated: Served) -> None:
    person = Person(platform="slack", id="T1/UBACK", name="Ben")
    secret = federated.run(federated.inside.app.chat.people.offer(person, Place(platform="slack", channel="C1")))
    sso.trusted = []
    page.open(f"/link#{secret}")
    page.page.get_by_role("button", name=LOGIN).click()
    expect(page.page.get_by_text("is not a trusted dashboard host")).to_be_visible()
    page.page.go_back()
    page.sign_in("jiwoo")
    expect(page.page.get_by_role("main")).to_contain_text("T1/UBACK")


def test_a_token_that_is_not_taken_is_one_sentence_and_one_can_sign_in_otherwise(page: Console, sso: WebSso) -> None:
    sso.token = lambda: "made-up"
    page.open()
    page.page.get_by_role("button", name=LOGIN).click()
    expect(page.page.get_by_role("alert")).to_contain_text("login was not accepted here.")
    assert page.page.url == f"{page.gateway.url}/", "the code does not stay in the address"
    page.sound()
    page.sign_in("jiwoo")
    expect(page.input).to_be_focused()


def test_another_site_signs_nobody_in_as_somebody_else(page: Console, chromium: Browser, sso: WebSso) -> None:
    """A page of a third site, which sends the token of whoever made it, while a sign-in is under way here."""
    page.open()
    page.page.evaluate(
        "fetch('/session/federated/begin', {method: 'POST', headers: {'content-type': 'application/json'},"
        f" body: JSON.stringify({{name: '{LOGIN}'}})}})"
    )
    names = {cookie["name"] for cookie in page.page.context.cookies(f"{page.gateway.url}/session/federated")}
    assert names == {"gurum_sso"}
    with websso() as evil:
        evil.trusted, evil.token = list(sso.trusted), sso.token
        page.page.context.unroute_all()
        page.page.goto(f"{evil.url}?origin={sso.trusted[0]}")
        expect(page.page.get_by_role("alert")).to_contain_text("login was not accepted here.")
    assert {cookie["name"] for cookie in page.page.context.cookies()} == {"gurum_sso"}


def test_the_explorer_has_the_buttons_too(page: Console) -> None:
    build_explorer()
    page.open("/explorer")
    page.page.get_by_role("banner").get_by_role("button", name=LOGIN).click()
    expect(page.page.get_by_text("Signed in as jiwoo")).to_be_visible()
    assert page.page.url == f"{page.gateway.url}/explorer"
    assert page.visit.strangers == []
    assert page.visit.complaints == []


def test_without_such_logins_there_is_no_button(chromium: Browser, gateway: Served, tmp_path: Path) -> None:
    build()
    with visit(chromium, gateway.url) as shown:
        shown.page.goto(gateway.url)
        expect(shown.page.get_by_role("heading", name="Sign in to 9rum")).to_be_visible()
        expect(shown.page.get_by_role("group", name="organisation")).to_have_count(0)
