"""The console by keys, in two languages, in two colours, on a narrow screen, and its forms."""

import orjson
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console import DESKTOP, PHONE, Console, console
from tests.browser.forms import FORM, offer
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_form_tells_what_is_missing_beside_the_field(page: Console, size: dict[str, int]) -> None:
    page.enter(room="talk")
    page.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    offer(page)
    name = page.dialog.get_by_label("Name")
    expect(name).to_be_focused()
    page.sound()
    page.dialog.get_by_label("Count").fill("many")
    page.dialog.get_by_role("button", name="Make it").click()
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Such as we`b-1; a ` alone is a sign. This is needed.")
    expect(page.dialog.locator("p.note code")).to_have_text(["we`b-1"])
    expect(page.dialog.get_by_label("Count")).to_have_accessible_description("This must be a number.")
    expect(page.dialog.get_by_label("Secret")).to_have_attribute("type", "password")
    page.sound()
    page.fits()
    page.page.keyboard.press("Escape")
    expect(page.dialog).to_have_count(0)
    expect(page.input).to_be_focused()


def test_a_filled_form_is_sent_once_with_all_its_values(page: Console) -> None:
    page.enter(room="talk")
    offer(page)
    page.dialog.get_by_label("Name").fill("web 1")
    page.dialog.get_by_label("Kind").select_option("a")
    page.dialog.get_by_label("X").check()
    page.dialog.get_by_label("Y").check()
    page.dialog.get_by_label("Open to all").check()
    with page.page.expect_request("**/messages") as sent:
        page.dialog.get_by_label("Name").press("Enter")
    body = orjson.loads(sent.value.post_data or "")
    assert body["form"] == FORM.id
    assert body["values"] == {
        "name": ["web 1"],
        "kind": ["a"],
        "parts": ["x", "y"],
        "count": ["1"],
        "script": [],
        "secret": [],
        "open": ["true"],
    }
    expect(page.dialog).to_have_count(0)


@pytest.mark.parametrize("button", ["Run", "Cancel"])
def test_after_a_form_was_ended_by_a_click_one_types_on(page: Console, button: str) -> None:
    page.enter(room="shop")
    page.say("server create made-by-a-click --image ubuntu-24.04 --networks shop-net")
    page.dialog.get_by_label("Flavor").select_option("m1.small")
    page.dialog.get_by_role("button", name=button).click()
    expect(page.dialog).to_have_count(0)
    expect(page.input).to_be_focused()
    page.page.keyboard.type("whoami")
    expect(page.input).to_have_value("whoami")


def test_a_form_of_another_page_does_not_open_here(page: Console, gateway: Served, chromium: Browser) -> None:
    page.enter(room="talk")
    with console(chromium, gateway) as other:
        other.enter(room="talk")
        other.say("version")  # it sent something a moment ago, too
        expect(other.page.locator("article.answer").last).to_be_visible()
        offer(page)
        other.say("whoami")  # whatever comes after the form was heard
        expect(other.page.locator("article.answer").last).to_be_visible()
        expect(other.dialog).to_have_count(0)


def test_commands_are_completed_and_brought_back_by_keys(page: Console) -> None:
    page.enter(room="talk")
    options = page.suggestions
    page.input.press_sequentially("server li")
    expect(options.first).to_contain_text("list")
    page.sound()
    page.input.press("Tab")
    expect(page.input).to_have_value("server list ")
    page.input.press_sequentially("--sta")
    page.input.press("Tab")
    expect(page.input).to_have_value("server list --status ")
    page.input.press_sequentially("act")
    page.input.press("Tab")
    expect(page.input).to_have_value("server list --status active ")
    page.input.press("Enter")
    expect(page.input).to_have_value("")
    page.input.press_sequentially("half a thou")
    page.input.press("ArrowUp")
    expect(page.input).to_have_value("server list --status active")
    page.input.press("ArrowDown")
    expect(page.input).to_have_value("half a thou")
    page.input.press("Shift+Enter")
    page.input.press_sequentially("ght")
    expect(page.input).to_have_value("half a thou\nght")
    page.input.fill("")
    page.input.press_sequentially("ser")
    expect(options.first).to_be_visible()
    page.input.press("Escape")
    expect(options).to_have_count(0)
    page.input.press("Tab")
    expect(page.input).not_to_be_focused()


def test_arrows_choose_a_suggestion_and_enter_takes_it(page: Console) -> None:
    page.enter(room="talk")
    page.input.press_sequentially("server s")
    expect(page.suggestions.first).to_be_visible()
    page.input.press("ArrowDown")
    page.input.press("ArrowDown")
    chosen = page.page.locator("li[role=option][aria-selected=true]")
    active = page.input.get_attribute("aria-activedescendant")
    assert chosen.get_attribute("id") == active
    word = chosen.locator("code").inner_text()
    page.input.press("Enter")
    expect(page.input).to_have_value(f"server {word} ")


def test_an_answer_is_read_out_and_one_can_skip_to_the_conversation(page: Console) -> None:
    page.enter(room="talk")
    page.say("version")
    expect(page.page.locator("[aria-live=polite]")).to_contain_text("9rum")
    skip = page.page.get_by_role("link", name="Skip to the conversation")
    assert skip.evaluate("link => link === document.querySelector('a[href], button, input, select, textarea')")
    skip.focus()
    expect(skip).to_be_in_viewport()
    skip.press("Enter")
    expect(page.page.get_by_role("main")).to_be_focused()


def test_a_narrow_screen_has_its_rooms_behind_a_button(page: Console) -> None:
    page.enter()
    page.page.set_viewport_size({"width": 360, "height": 640})
    rail = page.page.get_by_role("navigation", name="Rooms")
    expect(rail).to_be_hidden()
    opener = page.page.get_by_role("button", name="Rooms")
    opener.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.sound()
    rail.get_by_role("button", name="talk").press("Enter")
    expect(rail).to_be_hidden()
    expect(page.page.get_by_role("heading", name="talk", level=1)).to_be_visible()
    page.fits()


def test_the_language_is_the_readers_and_can_be_changed(chromium: Browser, gateway: Served) -> None:
    with console(chromium, gateway, locale="ko-KR") as page:
        page.open()
        expect(page.page.get_by_role("heading", name="9rum 로그인")).to_be_visible()
        assert page.page.evaluate("document.documentElement.lang") == "ko"
        page.sound()
        page.page.get_by_label("언어").select_option("en")
        expect(page.page.get_by_role("heading", name="Sign in to 9rum")).to_be_visible()
        page.page.reload()
        expect(page.page.get_by_role("heading", name="Sign in to 9rum")).to_be_visible()
        assert page.page.evaluate("document.documentElement.lang") == "en"


def test_suggestions_are_explained_in_the_readers_language(chromium: Browser, gateway: Served) -> None:
    with console(chromium, gateway, locale="ko-KR") as page:
        page.open()
        page.page.get_by_label("사용자", exact=True).fill("jiwoo")
        page.page.get_by_role("tabpanel").get_by_label("비밀번호").fill("jiwoo")
        page.page.keyboard.press("Enter")
        typed = page.page.get_by_role("textbox", name="메시지")
        typed.press_sequentially("network cr")
        suggestions = page.page.get_by_role("listbox").get_by_role("option")
        expect(suggestions).to_contain_text("네트워크를 만듭니다.")
        typed.fill("")
        page.page.get_by_label("언어").select_option("en")
        page.page.get_by_role("textbox", name="Message to").press_sequentially("network cr")
        expect(page.suggestions).to_contain_text("Make a network.")


def test_both_languages_have_the_same_texts_with_the_same_places(page: Console) -> None:
    page.open()
    texts = page.page.evaluate(
        """async () => {
          const main = document.querySelector('script[type=module]').src;
          const { LANGUAGES } = await import(main.replace('main.js', 'texts.js'));
          return Object.fromEntries(Object.entries(LANGUAGES).map(([tag, { texts }]) => [tag, texts]));
        }"""
    )
    assert set(texts["ko"]) == set(texts["en"])
    places = {tag: {key: sorted(set(_places(text))) for key, text in found.items()} for tag, found in texts.items()}
    assert places["ko"] == places["en"]


def _places(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:]]


def test_the_colours_are_the_systems_or_what_was_chosen(page: Console) -> None:
    page.open()
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.page.evaluate(colour)
    page.page.emulate_media(color_scheme="dark")
    dark = page.page.evaluate(colour)
    assert dark != light
    page.page.get_by_role("button", name="Colours: as the system").click()
    expect(page.page.get_by_role("button", name="Colours: light")).to_be_visible()
    assert page.page.evaluate(colour) == light
    page.page.reload()
    expect(page.page.get_by_role("button", name="Colours: light")).to_be_visible()
    assert page.page.evaluate(colour) == light
