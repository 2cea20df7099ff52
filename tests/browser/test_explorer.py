"""The explorer page as a person meets it: sign in, run the first query by the keyboard, read rows.

The network is closed to everything but the gateway. Fixtures `gateway_url` (a running gateway with the sandbox
cloud) and `demo_people` (names and passwords) are those of tests/conftest.py.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gateway.explorer.build import build
from tests.browser.chromium import Visit, visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]


@pytest.fixture
def explorer(chromium: Browser, gateway_url: str) -> Iterator[Visit]:
    build()  # instant when the page of these sources is in the cache
    with visit(chromium, gateway_url) as shown:
        shown.page.goto(f"{gateway_url}/explorer")
        yield shown


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("User").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def run_query(page: Page) -> None:
    page.locator(".graphiql-query-editor textarea").focus()
    page.keyboard.press("Control+Enter")


def test_a_person_signs_in_and_reads_servers_by_the_keyboard(
    explorer: Visit, demo_people: Mapping[str, str], tmp_path: Path
) -> None:
    page = explorer.page
    name, password = next(iter(demo_people.items()))
    sign_in(page, name, password)
    expect(page.get_by_text(f"Signed in as {name}")).to_be_visible()

    run_query(page)

    answer = page.locator(".result-window")
    for field in ("totalCount", "freshness", "asOf", "server:"):
        expect(answer).to_contain_text(field)
    # The editor asked for the schema as this person: the documentation pane knows the root field.
    page.get_by_role("button", name="Show Documentation Explorer").click()
    page.get_by_role("link", name="Query", exact=True).click()
    expect(page.get_by_role("link", name="servers", exact=True)).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        picture = tmp_path / f"explorer-{scheme}.png"
        page.screenshot(path=picture)
        assert picture.stat().st_size > 20_000
    assert explorer.strangers == []
    assert explorer.complaints == []

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.request.get(page.url.replace("/explorer", "/session")).status == 401


def test_a_wrong_password_is_one_sentence_and_opens_nothing(explorer: Visit, demo_people: Mapping[str, str]) -> None:
    page = explorer.page
    name = next(iter(demo_people))
    sign_in(page, name, "not the password")
    expect(page.get_by_role("banner").get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    run_query(page)
    expect(page.locator(".result-window")).to_contain_text("errors")
    expect(page.locator(".result-window")).not_to_contain_text("totalCount")
    assert explorer.strangers == []
