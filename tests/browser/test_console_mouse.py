"""The console by mouse and touch: where one is after each click, and what there is room for."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from playwright.sync_api import expect

from bot.messages import Button, Buttons, Code, Message, Progress, Table
from tests.browser.console import DESKTOP, PHONE, Console
from tests.browser.forms import FORM, asked, said

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]

LONG = "a-name-that-some-script-made-0123456789abcdef0123456789abcdef-0123456789abcdef"


def test_after_each_click_one_types_on(page: Console) -> None:
    page.enter(room="talk")
    page.page.keyboard.type("versi")
    page.suggestions.first.click()
    expect(page.input).to_have_value("version ")
    page.page.get_by_role("button", name="Send").click()
    thread = page.threads.last
    expect(thread.get_by_role("list", name="Replies").locator("article")).to_have_count(1)
    page.types_on()
    thread.get_by_role("button", name="Reply in").click()
    page.types_on()
    page.page.get_by_role("button", name="Leave the thread").click()
    page.types_on()
    page.page.get_by_role("button", name="Colours").click()
    page.types_on()
    thread.locator("article").last.click()
    page.types_on()


def test_what_is_typed_for_something_else_stays_there(page: Console) -> None:
    page.enter(room="talk")
    language = page.page.get_by_label("Language")
    language.focus()
    page.page.keyboard.type("e")
    expect(language).to_be_focused()
    talk = page.page.get_by_role("region", name="Conversation in talk")
    talk.focus()
    page.page.keyboard.press("Space")
    page.page.keyboard.press("Control+c")
    expect(talk).to_be_focused()
    expect(page.input).to_have_value("")


def test_who_pressed_a_button_that_goes_stays_at_its_message(page: Console) -> None:
    page.enter(room="talk")
    asked = Message(summary="Sure?", blocks=(Buttons((Button(label="Yes, do", command="version"),)),))
    message = page.post(asked)
    page.page.get_by_role("button", name="Yes, do").click()
    expect(page.threads.last).to_contain_text("9rum 0")
    page.edit(message, Message(summary="It is done."))
    expect(page.page.locator(f"[id='entry-{message}']")).to_be_focused()
    page.types_on()


def test_another_language_leaves_the_thread_that_one_replies_in(page: Console) -> None:
    page.enter(room="talk")
    thread = page.say("version")
    thread.get_by_role("button", name="Reply in").click()
    page.page.get_by_label("Language").select_option("ko")
    expect(page.page.get_by_role("button", name="스레드에서 나가기")).to_be_visible()


def test_forms_that_come_together_are_filled_one_after_the_other(page: Console) -> None:
    page.enter(room="talk")
    triggers = [said(page, text) for text in ("version", "whoami")]
    for name, trigger in zip(("first", "second"), triggers, strict=True):
        asked(page, trigger, structs.replace(FORM, title=name, command=name))
    page.post(Message(summary="heard after both forms"))
    expect(page.page.get_by_text("heard after both forms").first).to_be_attached()
    for name in ("first", "second"):
        expect(page.dialog.get_by_role("heading", name=name)).to_be_visible()
        page.dialog.get_by_role("button", name="Cancel").click()
    expect(page.dialog).to_have_count(0)
    page.types_on()


def test_the_browsers_way_back_leads_to_the_room_before(page: Console) -> None:
    page.enter(room="shop")
    shop = page.page.url
    page.room("talk")
    expect(page.page).not_to_have_url(shop)
    page.page.go_back()
    expect(page.page.get_by_role("heading", name="shop", level=1)).to_be_visible()
    page.page.go_forward()
    expect(page.page.get_by_role("heading", name="talk", level=1)).to_be_visible()
    page.page.evaluate("address => (location.href = address)", shop)
    expect(page.page.get_by_role("heading", name="shop", level=1)).to_be_visible()
    page.page.evaluate("location.hash = 'no-such-room'")
    expect(page.page).to_have_url(shop)


def test_the_rooms_of_a_narrow_screen_close_beside_them_and_by_escape(page: Console) -> None:
    page.enter(room="talk")
    page.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    rail = page.page.get_by_role("navigation", name="Rooms")
    opener = page.page.get_by_role("button", name="Rooms")
    opener.click()
    expect(rail).to_be_visible()
    page.page.mouse.click(350, 400)
    expect(rail).to_be_hidden()
    opener.click()
    page.page.keyboard.press("Escape")
    expect(rail).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    rail.get_by_role("button", name="talk").click()  # where one is already
    expect(rail).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_room_that_a_finger_opens_is_not_covered_by_a_keyboard(page: Console) -> None:
    devtools = page.page.context.new_cdp_session(page.page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
    page.open()
    assert page.page.evaluate("matchMedia('(pointer: coarse)').matches")
    page.sign_in("jiwoo")
    page.room("talk")
    expect(page.page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("height", [300, 740])
def test_long_names_and_low_screens_leave_room_for_what_is_said(page: Console, height: int) -> None:
    page.page.set_viewport_size({"width": 360, "height": height})
    page.enter()
    page.post(
        Message(
            summary="long", blocks=(Table(columns=("Name", "State"), rows=((LONG, "UP"),)), Code(text=LONG, title=LONG))
        )
    )
    cell = page.page.get_by_role("cell", name=LONG).last
    assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    copy = page.page.get_by_role("button", name=f"Copy: {LONG}").last
    assert copy.evaluate("button => button.clientHeight < 32")
    talk = page.page.get_by_role("region", name="Conversation in")
    assert talk.evaluate("talk => talk.clientHeight") >= height / 2
    page.input.press_sequentially("s")
    expect(page.suggestions.first).to_be_in_viewport()
    place = page.page.get_by_role("listbox", name="Suggestions").bounding_box()
    assert place is not None
    assert place["y"] >= 48  # below the bar
    page.fits()


def test_a_double_click_is_one_press(page: Console) -> None:
    page.page.route("**/chat/events*", lambda route: route.abort())  # so that the message does not change meanwhile
    page.page.clock.install()
    page.enter(room="talk")
    page.post(Message(summary="Sure?", blocks=(Buttons((Button(label="Twice", command="version"),)),)))
    page.page.reload()
    expect(page.page.get_by_role("button", name="Twice")).to_be_visible()
    pressed: list[str] = []
    page.page.on("request", lambda sent: pressed.append(sent.url) if "/messages" in sent.url else None)
    button = page.page.get_by_role("button", name="Twice")
    page.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    with page.page.expect_response("**/messages"):
        button.click()
    button.click(force=True)  # at once, also while it takes no press
    page.page.clock.run_for(700)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    assert len(pressed) == 1
    with page.page.expect_response("**/messages"):
        button.click()


def test_the_details_follow_again_by_a_button_that_is_in_view(page: Console) -> None:
    page.enter(room="shop")
    thread = page.say("server list")
    thread.get_by_role("button", name="Details of:").click()
    page.say("server list --first 1")
    follow = page.page.get_by_role("button", name="Follow the newest again")
    expect(follow).to_be_in_viewport(ratio=1)
    follow.click()
    details = page.page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("--first 1")
    expect(details).to_be_focused()
    page.types_on()


def test_a_button_that_does_nothing_now_looks_so_under_the_pointer(page: Console) -> None:
    page.enter(room="talk")
    button = page.page.get_by_role("button", name="Send")
    colour = "button => getComputedStyle(button).backgroundColor"
    idle = button.evaluate(colour)
    page.page.keyboard.type("version")
    button.click()  # and the pointer stays there
    expect(button).to_have_attribute("aria-disabled", "true")
    assert button.evaluate(colour) == idle


def test_colours_of_the_readers_system_show_a_bar_that_moves_and_where_one_is(page: Console) -> None:
    page.enter(room="talk")
    page.page.emulate_media(forced_colors="active")
    message = page.post(Message(summary="at work", blocks=(Progress(share=0.1),)))
    bar = page.page.locator(f"[id='entry-{message}'] progress")
    little = bar.screenshot()
    page.edit(message, Message(summary="at work", blocks=(Progress(share=0.9),)))
    expect(bar).to_have_js_property("value", 0.9)
    assert bar.screenshot() != little
    rail = page.page.get_by_role("navigation", name="Rooms")
    outlined = "button => getComputedStyle(button).outlineStyle"
    assert rail.get_by_role("button", name="talk").evaluate(outlined) == "solid"
    assert rail.get_by_role("button", name="shop").evaluate(outlined) == "none"


def test_twice_as_large_letters_leave_room_for_what_is_said(page: Console) -> None:
    page.page.context.new_cdp_session(page.page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    page.enter()
    talk = page.page.get_by_role("region", name="Conversation in")
    assert talk.evaluate("talk => talk.clientWidth") > DESKTOP["width"] / 2
    expect(page.page.get_by_role("complementary")).to_have_count(0)
    page.page.get_by_role("button", name="Rooms").click()
    page.room("talk")
    page.fits()
