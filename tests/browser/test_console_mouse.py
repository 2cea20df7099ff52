"""The console by mouse and touch, in two tabs, and when the line or the browser lets it down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Route, expect

from bot.messages import Button, Buttons, Code, Message, Progress, Table
from bot.platforms.base import Incoming, Person
from gateway.console.build import build
from tests.browser.console import PHONE, Console, console
from tests.browser.test_console_keys import FORM, offer
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]

LONG = "a-name-that-some-script-made-0123456789abcdef0123456789abcdef-0123456789abcdef"


@pytest.fixture
def page(chromium: Browser, gateway: Served) -> Iterator[Console]:
    build()
    with console(chromium, gateway) as it:
        yield it


def types_on(page: Console, text: str = "whoami") -> None:
    """What one types goes where it is sent from, without a click there."""
    page.page.keyboard.type(text)
    expect(page.input).to_have_value(text)
    page.input.fill("")


def test_after_each_click_one_types_on(page: Console) -> None:
    page.enter(room="talk")
    page.page.keyboard.type("versi")
    page.suggestions.first.click()
    expect(page.input).to_have_value("version ")
    page.page.get_by_role("button", name="Send").click()
    thread = page.threads.last
    expect(thread.get_by_role("list", name="Replies").locator("article")).to_have_count(1)
    types_on(page)
    thread.get_by_role("button", name="Reply in").click()
    types_on(page)
    page.page.get_by_role("button", name="Leave the thread").click()
    types_on(page)
    page.page.get_by_role("button", name="Colours").click()
    types_on(page)
    thread.locator("article").last.click()
    types_on(page)


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
    types_on(page)


def test_another_language_leaves_the_thread_that_one_replies_in(page: Console) -> None:
    page.enter(room="talk")
    thread = page.say("version")
    thread.get_by_role("button", name="Reply in").click()
    page.page.get_by_label("Language").select_option("ko")
    expect(page.page.get_by_role("button", name="스레드에서 나가기")).to_be_visible()


def test_forms_that_come_together_are_filled_one_after_the_other(page: Console, gateway: Served) -> None:
    page.enter(room="talk")
    me = page.page.evaluate("fetch('/chat/rooms').then((r) => r.json()).then((r) => r.me.id)")
    said = [page.say(text).locator("article.said").first.get_attribute("id") for text in ("version", "whoami")]
    for name, entry in zip(("first", "second"), said, strict=True):
        assert entry is not None
        trigger = entry.removeprefix("entry-")
        person = Person(platform="console", id=me)
        asked = Incoming(id=name, person=person, place=page.place(), text=name, trigger=trigger)
        form = type(FORM)(id=FORM.id, title=name, command=name, submit=FORM.submit, fields=FORM.fields)
        gateway.run(page.platform.ask(asked, form))
    page.post(Message(summary="heard after both forms"))
    expect(page.page.get_by_text("heard after both forms").first).to_be_attached()
    for name in ("first", "second"):
        expect(page.dialog.get_by_role("heading", name=name)).to_be_visible()
        page.dialog.get_by_role("button", name="Cancel").click()
    expect(page.dialog).to_have_count(0)
    types_on(page)


def test_a_tab_tells_the_others_who_signed_in_and_out(page: Console) -> None:
    page.enter(room="shop")
    page.input.fill("server delete not-sent-yet")
    other = page.page.context.new_page()
    other.goto(page.gateway.url)
    other.get_by_role("button", name="Sign out").click()
    expect(page.page.get_by_role("heading", name="Sign in to 9rum")).to_be_visible()
    other.keyboard.type("minsu")  # where one signs in anew is where one types
    other.keyboard.press("Tab")
    other.keyboard.type("minsu")
    other.keyboard.press("Enter")
    expect(page.page.get_by_role("banner")).to_contain_text("minsu")
    expect(page.input).to_have_value("")
    expect(page.page.get_by_role("navigation").get_by_role("button", name="shop")).to_have_count(0)


def test_the_browsers_way_back_leads_to_the_room_before(page: Console) -> None:
    page.enter(room="shop")
    shop = page.page.url
    page.room("talk")
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


def test_a_text_that_is_too_long_is_not_cut_but_refused_and_stays(page: Console) -> None:
    page.enter(room="talk")
    page.page.keyboard.insert_text("x" * 40_001)
    page.input.press("Enter")
    expect(page.threads.last.get_by_role("alert")).to_contain_text("Not sent. A message may have 40000 characters")
    expect(page.threads.last.locator("p.typed")).to_have_text("x" * 40_001)
    page.threads.last.get_by_role("button", name="Discard").click()
    types_on(page)


def test_a_refused_copy_is_told(page: Console) -> None:
    page.enter(room="talk")
    page.page.evaluate(
        "() => void (navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError')))"
    )
    page.post(Message(summary="long", blocks=(Code(text="to copy", title="Some text"),)))
    page.page.get_by_role("button", name="Copy: Some text").click()
    expect(page.threads.last.get_by_role("status")).to_have_text("Not copied")


def test_the_same_answer_is_read_out_again(page: Console) -> None:
    page.enter(room="talk")
    page.post(Message(summary="all is well"))
    spoken = page.page.locator("[aria-live=polite] > *")
    expect(spoken).to_have_text("all is well")
    first = spoken.element_handle()
    assert first is not None
    page.post(Message(summary="all is well"))
    page.page.wait_for_function("first => !first.isConnected", arg=first)
    expect(spoken).to_have_text("all is well")


def test_a_line_that_became_silent_is_tried_again(page: Console) -> None:
    held: list[Route] = []
    page.page.route("**/chat/events*", lambda route: held.append(route))  # taken, and never answered
    page.page.clock.install()
    page.enter(room="talk")
    expect(page.page.get_by_text("The connection is lost.")).to_have_count(0)
    page.page.clock.fast_forward(91_000)
    expect(page.page.get_by_text("The connection is lost.")).to_be_visible()
    page.page.unroute("**/chat/events*")
    page.page.get_by_role("button", name="Try now").click()
    expect(page.page.get_by_text("The connection is lost.")).to_have_count(0)


def test_an_answer_that_breaks_off_is_told(page: Console) -> None:
    page.page.add_init_script(
        """const whole = Response.prototype.text;
        Response.prototype.text = function () {
          return this.status === 202 ? Promise.reject(new TypeError('network error')) : whole.call(this);
        };"""
    )
    page.page.route(
        "**/chat/events*", lambda route: route.abort()
    )  # it would tell that the text was taken all the same
    page.enter(room="talk")
    page.say("version")
    expect(page.threads.last.get_by_role("alert")).to_contain_text("Not sent. 9rum did not answer.")


def test_what_was_typed_since_is_kept_beside_what_was_not_sent(page: Console) -> None:
    page.enter(room="talk")
    held: list[Route] = []
    page.page.route("**/messages", lambda route: held.append(route))
    with page.page.expect_request("**/messages"):
        page.say("server list")
    page.input.fill("typed since")
    page.page.request.delete(f"{page.gateway.url}/session")
    held[0].continue_()
    expect(page.page.get_by_text("Your session has ended.")).to_be_visible()
    page.page.unroute("**/messages")
    page.sign_in("jiwoo")
    expect(page.input).to_have_value("server list\ntyped since")


def test_a_room_that_is_not_shown_keeps_its_newest_entries_alone(page: Console) -> None:
    page.enter("sora", room="search")
    there = page.place()
    page.post(Message(summary="the very first"))
    expect(page.page.get_by_text("the very first").first).to_be_visible()
    page.room("9rum and you")

    async def many() -> None:
        for number in range(260):
            await page.platform.post(there, Message(summary=f"number {number}"))

    page.gateway.run(many())
    expect(page.page.get_by_role("button", name="search 260 new")).to_be_attached()
    page.room("search")
    talk = page.page.get_by_role("region", name="Conversation in search")
    expect(talk.get_by_text("number 259", exact=True)).to_be_in_viewport()
    expect(page.threads).to_have_count(200)
    for number in (10, 0):
        page.page.get_by_role("button", name="Earlier messages").click()
        expect(talk.get_by_text(f"number {number}", exact=True)).to_have_count(1)


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


def test_why_a_form_was_not_sent_is_in_view(page: Console, gateway: Served) -> None:
    page.enter(room="talk")
    page.page.set_viewport_size({"width": 360, "height": 300})
    offer(page, gateway)
    page.dialog.get_by_label("Name").fill("web 1")
    page.dialog.get_by_label("Kind").select_option("a")
    page.page.route("**/messages", lambda route: route.abort())
    page.dialog.get_by_role("button", name="Make it").click()
    expect(page.dialog.get_by_role("alert")).to_be_in_viewport(ratio=1)
    expect(page.dialog.get_by_role("alert")).to_contain_text("9rum did not answer.")
    page.fits()
    page.dialog.get_by_label("Name").fill("")
    page.dialog.get_by_role("button", name="Make it").click()
    expect(page.dialog.get_by_label("Name")).to_be_focused()
    expect(page.dialog.locator("label", has_text="Name").first).to_be_in_viewport(ratio=1)


def test_who_is_signed_in_stays_so_though_it_can_not_be_asked_now(page: Console) -> None:
    page.enter(room="talk")
    page.page.route("**/session", lambda route: route.abort())
    page.page.reload()
    expect(page.page.get_by_role("alert")).to_contain_text("9rum did not answer.")
    expect(page.page.get_by_label("Password")).to_have_count(0)
    page.sound()
    page.page.unroute("**/session")
    page.page.get_by_role("button", name="Try again").click()
    expect(page.page.get_by_role("heading", name="talk", level=1)).to_be_visible()
    page.page.get_by_role("button", name="Sign out").click()
    expect(page.page).to_have_title("9rum")


def test_suggestions_that_did_not_come_come_when_the_line_is_back(page: Console) -> None:
    page.page.route("**/graphql", lambda route: route.abort())
    page.enter(room="talk")
    page.page.route("**/chat/events*", lambda route: route.abort())
    page.gateway.run(page.gateway.inside.app.transport.connections.end_all())
    expect(page.page.get_by_text("The connection is lost.")).to_be_visible(timeout=20_000)
    page.page.unroute("**/graphql")
    page.page.unroute("**/chat/events*")
    with page.page.expect_response("**/graphql") as told:
        page.page.get_by_role("button", name="Try now").click()
    told.value.finished()
    page.input.press_sequentially("server li")
    expect(page.suggestions.first).to_contain_text("list")


def test_a_long_paste_is_scrolled_by_keys_and_sound(page: Console) -> None:
    page.enter(room="talk")
    page.page.keyboard.insert_text("\n".join(f"pasted {number}" for number in range(60)))
    page.input.press("Enter")
    said = page.page.get_by_role("group", name="pasted 0").last
    said.focus()
    page.page.keyboard.press("End")
    page.page.wait_for_function("said => said.scrollTop > 0", arg=said.element_handle())
    page.sound()
    page.fits()


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
    types_on(page)


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
