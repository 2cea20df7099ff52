"""The console when something lets it down: the line, the session, another tab, the browser, a text that is too long."""

import orjson
import pytest
from playwright.sync_api import Route, expect

from bot.messages import Code, Message
from tests.browser.console import Console
from tests.browser.forms import offer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]


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


def test_a_text_that_is_too_long_is_not_cut_but_refused_and_stays(page: Console) -> None:
    page.enter(room="talk")
    page.page.keyboard.insert_text("x" * 40_001)
    page.input.press("Enter")
    expect(page.threads.last.get_by_role("alert")).to_contain_text("Not sent. A message may have 40000 characters")
    expect(page.threads.last.locator("p.typed")).to_have_text("x" * 40_001)
    page.threads.last.get_by_role("button", name="Discard").click()
    page.types_on()


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
    page.line_is_back()
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


def test_why_a_form_was_not_sent_is_in_view(page: Console) -> None:
    page.enter(room="talk")
    page.page.set_viewport_size({"width": 360, "height": 300})
    offer(page)
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
    with page.page.expect_response("**/graphql") as told:
        page.line_is_back()
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


def test_a_form_that_was_filled_when_the_session_ended_waits_as_it_was(page: Console) -> None:
    page.enter(room="talk")
    offer(page)
    page.dialog.get_by_label("Name").fill("web 1")
    page.dialog.get_by_label("Kind").select_option("a")
    page.dialog.get_by_label("X").check()
    page.dialog.get_by_label("Count").fill("3")
    page.dialog.get_by_label("Script").fill("one\ntwo")
    page.dialog.get_by_label("Open to all").check()
    assert page.page.request.delete(f"{page.gateway.url}/session").status == 204
    page.dialog.get_by_role("button", name="Make it").click()
    expect(page.page.get_by_text("Your session has ended.")).to_be_visible()
    page.sign_in("jiwoo")
    expect(page.dialog.get_by_label("Name")).to_be_focused()
    with page.page.expect_request("**/messages") as sent:
        page.dialog.get_by_role("button", name="Make it").click()
    assert orjson.loads(sent.value.post_data or "")["values"] == {
        "name": ["web 1"],
        "kind": ["a"],
        "parts": ["x"],
        "count": ["3"],
        "script": ["one\ntwo"],
        "secret": [],
        "open": ["true"],
    }
    expect(page.dialog).to_have_count(0)


def test_a_form_of_somebody_else_is_not_left_behind(page: Console) -> None:
    page.enter(room="talk")
    offer(page)
    assert page.page.request.delete(f"{page.gateway.url}/session").status == 204
    page.dialog.get_by_label("Name").fill("web 1")
    page.dialog.get_by_label("Kind").select_option("a")
    page.dialog.get_by_role("button", name="Make it").click()
    page.sign_in("minsu")
    expect(page.page.get_by_role("heading", name="talk", level=1)).to_be_visible()
    expect(page.dialog).to_have_count(0)


def test_another_tab_that_finds_the_session_ended_takes_nothing_away(page: Console) -> None:
    page.enter(room="talk")
    page.input.fill("typed before")
    assert page.page.request.delete(f"{page.gateway.url}/session").status == 204
    page.page.context.new_page().goto(page.gateway.url)
    expect(page.page.get_by_text("Your session has ended.")).to_be_visible()
    page.sign_in("jiwoo")
    expect(page.input).to_have_value("typed before")
