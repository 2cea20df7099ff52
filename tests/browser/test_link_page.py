"""The page that links a chat account: whose account it is, what is handed on, and what becomes of addresses that are not good."""

import pytest
from playwright.sync_api import Route, expect

from bot.platforms.base import Person, Place
from tests.browser.console import DESKTOP, PHONE, Console
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]

TEAM = Place(platform="slack", channel="C1")


def offered(gateway: Served, person: Person) -> str:
    return gateway.run(gateway.inside.app.chat.people.offer(person, TEAM))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_account_is_linked_with_what_was_chosen(page: Console, gateway: Served, size: dict[str, int]) -> None:
    person = Person(platform="slack", id=f"T1/U{size['width']}", name="Anna <b>Kim</b>")
    page.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.open(f"/link#{offered(gateway, person)}")
    expect(page.page.get_by_role("heading", name="Sign in to 9rum")).to_be_visible()
    assert page.page.url.endswith("/link")  # the secret is not left in the address bar
    page.sound()
    page.sign_in("jiwoo")
    main = page.page.get_by_role("main")
    expect(main).to_contain_text("Anna <b>Kim</b>")
    expect(main).to_contain_text(person.id)
    expect(main).to_contain_text("Go on only if this account is yours")
    page.page.get_by_role("button", name="Link this account").click()
    expect(page.page.get_by_role("alert")).to_have_text("Choose at least one project.")
    page.page.get_by_role("checkbox", name="talk").check()
    roles = page.page.get_by_role("group", name="Roles on talk")
    roles.get_by_label("member").uncheck()
    page.page.get_by_label("For how many days").fill("1000")
    page.page.get_by_role("button", name="Link this account").click()
    expect(page.page.get_by_role("alert")).to_contain_text("from 1 to 90")
    page.page.get_by_label("For how many days").fill("7")
    page.sound()
    page.fits()
    page.page.get_by_role("button", name="Link this account").click()
    expect(page.page.get_by_role("heading", name="The account is linked")).to_be_visible()
    expect(main).to_contain_text("talk")
    expect(main).not_to_contain_text("member")
    page.sound()
    link = gateway.run(gateway.inside.app.chat.people.link_of(person))
    assert link is not None
    assert [(one.name, one.roles) for one in link.delegations] == [("talk", ["reader"])]


def test_an_admin_is_not_made_one_in_the_chat_without_choosing_it(page: Console, gateway: Served) -> None:
    person = Person(platform="slack", id="T1/UADMIN", name="Ops")
    page.open(f"/link#{offered(gateway, person)}")
    page.sign_in("operator")
    page.page.get_by_role("checkbox", name="admin").first.check()
    roles = page.page.get_by_role("group", name="Roles on admin")
    expect(roles.get_by_label("admin")).not_to_be_checked()
    page.page.get_by_role("button", name="Link this account").click()
    expect(page.page.get_by_role("heading", name="The account is linked")).to_be_visible()
    link = gateway.run(gateway.inside.app.chat.people.link_of(person))
    assert link is not None
    assert [(one.name, "admin" in one.roles, "member" in one.roles) for one in link.delegations] == [
        ("admin", False, True)
    ]


def test_somebody_else_can_sign_in_instead(page: Console, gateway: Served) -> None:
    page.enter("minsu")
    page.open(f"/link#{offered(gateway, Person(platform='slack', id='T1/U8', name='Ben'))}")
    expect(page.page.get_by_role("main")).to_contain_text("minsu")
    page.page.get_by_role("button", name="Not you?").click()
    page.sign_in("jiwoo")
    expect(page.page.get_by_role("checkbox", name="shop")).to_be_visible()


@pytest.mark.parametrize(
    ("secret", "sentence"), [("", "This address is not whole."), ("#made-up", "ask the bot for a new one by link")]
)
def test_an_address_that_is_not_good_is_one_sentence(page: Console, secret: str, sentence: str) -> None:
    page.enter("jiwoo")
    page.open(f"/link{secret}")
    expect(page.page.get_by_role("main")).to_contain_text(sentence)
    expect(page.page.get_by_role("button", name="Link this account")).to_have_count(0)
    page.sound()


def test_an_address_is_good_once(page: Console, gateway: Served) -> None:
    secret = offered(gateway, Person(platform="slack", id="T1/U9", name="Cho"))
    page.enter("jiwoo")
    for sentence in ("The account is linked", "This address was used"):
        page.open("/")  # a hash alone would not load the page anew
        page.open(f"/link#{secret}")
        if sentence == "The account is linked":
            page.page.get_by_role("checkbox", name="talk").check()
            page.page.get_by_role("button", name="Link this account").click()
        expect(page.page.get_by_role("main")).to_contain_text(sentence)


def test_a_new_address_that_is_pasted_over_the_old_one_is_read(page: Console, gateway: Served) -> None:
    page.enter("jiwoo")
    page.open("/link#made-up")
    expect(page.page.get_by_role("main")).to_contain_text("ask the bot for a new one by link")
    expect(page.page.get_by_role("alert").locator("code")).to_have_text(
        "link"
    )  # what the gateway has between backticks
    person = Person(platform="slack", id="T1/U10", name="Dana")
    page.open(f"/link#{offered(gateway, person)}")  # for a browser, the same page
    expect(page.page.get_by_role("main")).to_contain_text("Dana")
    assert page.page.url.endswith("/link")


def test_an_offer_that_comes_when_somebody_else_is_signed_in_is_not_shown(page: Console, gateway: Served) -> None:
    page.enter("minsu")
    held: list[Route] = []
    # The first one asks for minsu, and is answered last.
    page.page.route("**/chat/link/look", lambda route: route.continue_() if held else held.append(route))
    with page.page.expect_request("**/chat/link/look"):
        page.open(f"/link#{offered(gateway, Person(platform='slack', id='T1/U11', name='Eun'))}")
    page.page.get_by_role("button", name="Sign out").click()
    page.sign_in("jiwoo")
    expect(page.page.get_by_role("checkbox", name="shop")).to_be_visible()
    with page.page.expect_response("**/chat/link/look"):
        held[0].fulfill(json=late(held[0]))
    expect(page.page.get_by_role("main")).not_to_contain_text("minsu")


def late(asked: Route) -> dict[str, object]:
    """What the gateway had answered while minsu was signed in."""
    assert asked.request.method == "POST"
    user = {"id": "user:krane/minsu", "name": "minsu", "domain": "Default"}
    return {"platform": "slack", "account": "T1/U11", "name": "Eun", "user": user, "projects": [],
            "default_days": 30, "max_days": 90}  # fmt: skip
