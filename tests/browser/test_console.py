"""The conversation on the page, as a person has it: by keys and clicks, against the bot and the sandbox, with the network closed."""

import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Route, expect

from bot.messages import Button, Buttons, Fields, Message, Paragraph, Progress, Source, Span, Style, Table, Tone, plain
from tests.browser.console import DESKTOP, PHONE, Console
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300, func_only=True)]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_person_signs_in_by_the_keyboard_and_reads_a_table(
    page: Console, size: dict[str, int], tmp_path: Path
) -> None:
    page.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.open()
    expect(page.page.get_by_role("heading", name="Sign in to 9rum")).to_be_visible()
    page.sound()
    page.fits()
    page.sign_in("jiwoo")
    expect(page.input).to_be_focused()
    thread = page.say("server list --first 3")
    table = thread.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(4)
    expect(table.get_by_role("columnheader", name="Name")).to_be_visible()
    if size is PHONE:
        thread.get_by_role("button", name="Details of:").click()
    details = thread if size is PHONE else page.page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("server list --first 3")
    expect(details).to_contain_text("servers(")
    expect(details).to_contain_text('"first": 3')
    page.sound()
    page.fits()
    for scheme in ("light", "dark"):
        page.page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        page.page.screenshot(path=tmp_path / f"{scheme}.png")
        assert (tmp_path / f"{scheme}.png").stat().st_size > 15_000


def test_a_server_is_made_by_a_form_and_its_one_message_tells_until_it_runs(page: Console) -> None:
    page.enter(room="shop")
    thread = page.say("server create made-on-the-page")
    expect(page.dialog).to_be_visible()
    page.dialog.get_by_label("Flavor").select_option("m1.small")
    page.dialog.get_by_label("Image", exact=True).select_option("ubuntu-24.04")
    page.dialog.get_by_label("shop-net").check()
    page.dialog.get_by_role("button").first.press("Enter")
    expect(page.dialog).to_have_count(0)
    expect(page.input).to_be_focused()
    expect(thread.locator("article.answer.good")).to_be_visible(timeout=60_000)
    expect(thread.locator("article.answer")).to_have_count(1)


def test_a_bar_moves_in_the_one_message_until_it_is_good(page: Console) -> None:
    page.enter(room="talk")
    answer = page.page.locator("article.answer").last

    def under_way(share: float) -> Message:
        return Message(summary="made", tone=Tone.WAIT, blocks=(Progress(share=share),))

    message = page.post(under_way(0.25))
    expect(answer.locator("progress")).to_have_js_property("value", 0.25)
    page.edit(message, under_way(0.75))
    expect(answer.locator("progress")).to_have_js_property("value", 0.75)
    page.edit(message, Message(summary="made", tone=Tone.GOOD))
    expect(page.page.locator(f"[id='entry-{message}'].good")).to_be_visible()
    expect(answer.locator("progress")).to_have_count(0)


def test_a_plan_is_confirmed_by_its_button_which_tells_what_it_runs(page: Console) -> None:
    page.enter(room="shop")
    thread = page.say("server delete shop-batch-2")
    button = thread.get_by_role("button", name="Confirm")
    button.focus()
    expect(thread.get_by_role("tooltip").first).to_contain_text("confirm ")
    button.press("Enter")
    expect(thread.locator("article.answer.good")).to_be_visible(timeout=60_000)


def test_nothing_of_a_text_is_markup_and_only_web_addresses_are_links(page: Console) -> None:
    page.enter(room="talk")
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    page.post(
        Message(
            summary=evil,
            blocks=(
                Paragraph(
                    (
                        Span(evil, Style.BOLD),
                        Span("bad", url="javascript:alert(3)"),
                        Span("good", url="https://example.org/x"),
                    )
                ),
                Fields(((evil, plain(evil)),)),
                Table(columns=(evil,), rows=((evil,),), caption=evil),
                Buttons((Button(label=evil, command=evil),)),
            ),
            source=Source(command=evil, document=evil, variables={evil: evil}),
        )
    )
    answer = page.page.locator("article.answer").last
    expect(answer.get_by_role("link", name="good")).to_have_attribute("rel", "noopener noreferrer")
    expect(answer.get_by_role("link")).to_have_count(1)
    expect(answer.get_by_role("cell", name=evil)).to_be_visible()
    expect(answer.locator("img, script")).to_have_count(0)
    expect(page.page.get_by_role("complementary").locator("script")).to_have_count(0)
    assert page.visit.complaints == []


def test_edits_change_the_message_in_its_place_and_move_nothing_that_one_reads(page: Console) -> None:
    page.enter(room="talk")
    first = page.post(Message(summary="at work", tone=Tone.WAIT, blocks=(Paragraph(plain("at work")),)))
    for number in range(30):
        page.post(Message(summary=f"line {number}"))
    talk = page.page.get_by_role("region", name="Conversation in talk")
    expect(talk.get_by_text("line 29")).to_be_visible()
    read = talk.get_by_text("line 12", exact=True)
    read.scroll_into_view_if_needed()
    talk.evaluate("box => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    before = read.bounding_box()
    longer = Message(summary="done", tone=Tone.GOOD, blocks=tuple(Paragraph(plain(f"part {n}")) for n in range(9)))
    page.edit(first, longer)
    expect(talk.get_by_text("part 8")).to_be_attached()
    after = read.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) <= 1
    expect(talk.get_by_text("at work")).to_have_count(0)
    # What comes at the end is told by a button that leads there.
    page.post(Message(summary="the newest"))
    page.page.get_by_role("button", name="More below").click()
    expect(talk.get_by_text("the newest")).to_be_in_viewport()


def test_older_messages_join_at_the_top(page: Console) -> None:
    page.enter("sora")
    for number in range(120):
        page.post(Message(summary=f"old {number}"))
    page.page.reload()
    talk = page.page.get_by_role("region", name="Conversation in 9rum and you")
    expect(talk.get_by_text("old 119", exact=True)).to_be_in_viewport()
    expect(talk.get_by_text("old 40", exact=True)).to_have_count(0)
    page.page.get_by_role("button", name="Earlier messages").click()
    expect(talk.get_by_text("old 40", exact=True)).to_have_count(1)
    page.page.get_by_role("button", name="Earlier messages").click()
    expect(talk.get_by_text("old 0", exact=True)).to_have_count(1)
    expect(talk.get_by_text("This is where the conversation begins.")).to_have_count(1)


def test_an_edit_of_something_older_leaves_no_hole_before_it(page: Console) -> None:
    page.enter("sora", room="search")
    first = page.post(Message(summary="the first of many"))
    for number in range(110):
        page.post(Message(summary=f"many {number}"))
    page.page.reload()
    talk = page.page.get_by_role("region", name="Conversation in search")
    expect(talk.get_by_text("many 109", exact=True)).to_be_in_viewport()
    page.edit(first, Message(summary="the first of many, edited"))
    page.post(Message(summary="heard after the edit"))
    expect(talk.get_by_text("heard after the edit")).to_be_visible()
    for number in (20, 0):
        page.page.get_by_role("button", name="Earlier messages").click()
        expect(talk.get_by_text(f"many {number}", exact=True)).to_have_count(1)
    expect(talk.get_by_text("the first of many, edited")).to_have_count(1)


def test_a_reply_belongs_under_its_request_and_a_room_tells_what_came_in(page: Console) -> None:
    page.enter(room="talk")
    thread = page.say("version")
    expect(thread.get_by_role("list", name="Replies").locator("article")).to_have_count(1)
    thread.get_by_role("button", name="Reply in the thread of: version").click()
    expect(page.page.get_by_text("In the thread of “version”")).to_be_visible()
    page.input.press_sequentially("whoami")
    page.input.press("Enter")
    expect(thread.get_by_role("list", name="Replies").locator("article")).to_have_count(3)
    there = page.place()
    page.room("shop")
    page.gateway.run(page.platform.post(there, Message(summary="while away")))
    expect(page.page.get_by_role("button", name="talk 1 new")).to_be_visible()
    page.room("talk")
    expect(page.page.get_by_role("button", name="talk", exact=True)).to_be_visible()


def test_a_lost_line_is_told_and_what_was_missed_comes_afterwards(page: Console, gateway: Served) -> None:
    page.enter(room="talk")
    page.post(Message(summary="said while the line was there"))
    expect(page.page.get_by_text("said while the line was there").first).to_be_visible()
    page.page.route("**/chat/events*", lambda route: route.abort())
    lost = page.page.get_by_text("The connection is lost.")
    gateway.run(gateway.inside.app.transport.connections.end_all())
    expect(lost).to_be_visible(timeout=20_000)
    page.post(Message(summary="said while the line was lost"))
    page.page.get_by_role("button", name="Try now").click()
    page.line_is_back()
    expect(page.page.get_by_text("said while the line was lost").first).to_be_visible()
    expect(lost).to_have_count(0)


def test_what_was_missed_in_one_room_comes_though_another_was_read_meanwhile(page: Console, gateway: Served) -> None:
    """The pages of that other room reach further than what the line told of."""
    page.enter(room="talk")
    page.post(Message(summary="told by the line"))
    expect(page.page.get_by_text("told by the line").first).to_be_visible()
    there = page.place()
    page.page.route("**/chat/events*", lambda route: route.abort())
    gateway.run(gateway.inside.app.transport.connections.end_all())
    expect(page.page.get_by_text("The connection is lost.")).to_be_visible(timeout=20_000)
    gateway.run(page.platform.post(there, Message(summary="missed in talk")))
    page.page.route("**/messages?limit=*", lambda route: route.fulfill(json={"messages": [far_entry(route)]}))
    page.room("shop")
    expect(page.page.get_by_text("read in shop").first).to_be_visible()
    page.line_is_back()
    page.room("talk")
    expect(page.page.get_by_text("missed in talk").first).to_be_visible()


def test_what_was_said_before_the_line_stood_comes_when_it_does(page: Console) -> None:
    """Also into a room where nothing was said yet, so that there is no newest entry to go on from."""
    page.page.route("**/messages?limit=*", lambda route: route.fulfill(json={"messages": []}))
    page.page.route("**/chat/events*", lambda route: route.abort())
    page.enter(room="talk")
    expect(page.page.get_by_text("The connection is lost.")).to_be_visible(timeout=20_000)
    page.post(Message(summary="said before the first line stood"))
    page.line_is_back()
    expect(page.page.get_by_text("said before the first line stood").first).to_be_visible()


def far_entry(asked: Route) -> dict[str, object]:
    """An answer in the room that is asked for, of a moment that is long after all that the line told."""
    message = {"summary": "read in shop", "tone": "info", "blocks": []}
    room = unquote(urlsplit(asked.request.url).path.split("/")[-2])
    return {"id": "bot-far", "room": room, "at": time.time() + 60, "author": None, "thread": None, "version": 1,
            "message": message}  # fmt: skip


def test_an_ended_session_asks_to_sign_in_and_keeps_what_was_typed(page: Console) -> None:
    page.enter(room="talk")
    assert page.page.request.delete(f"{page.page.url.partition('/#')[0]}/session").status == 204
    page.input.fill("server list --first 2")
    page.input.press("Enter")
    expect(page.page.get_by_text("Your session has ended.")).to_be_visible()
    page.sound()
    page.sign_in("jiwoo")
    expect(page.input).to_have_value("server list --first 2")


def test_a_wrong_password_is_one_sentence_and_opens_nothing(page: Console) -> None:
    page.open()
    page.page.get_by_label("User", exact=True).fill("jiwoo")
    page.page.get_by_role("tabpanel").get_by_label("Password").fill("not this one")
    page.page.get_by_role("button", name="Sign in").click()
    expect(page.page.get_by_role("alert")).to_contain_text("is wrong")
    expect(page.page.get_by_role("navigation")).to_have_count(0)


def test_who_signs_out_is_asked_to_sign_in_and_leaves_nothing_behind(page: Console) -> None:
    page.enter(room="talk")
    page.say("version")
    page.input.fill("server delete not-sent-yet")
    page.page.get_by_role("button", name="Sign out").click()
    expect(page.page.get_by_role("heading", name="Sign in to 9rum")).to_be_visible()
    expect(page.page.get_by_text("version", exact=True)).to_have_count(0)
    assert page.page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    page.sign_in("minsu")
    expect(page.page.get_by_role("heading", name="talk", level=1)).to_be_visible()
    expect(page.input).to_have_value("")


def test_whose_session_ended_leaves_nothing_to_somebody_else(page: Console) -> None:
    page.enter(room="talk")
    assert page.page.request.delete(f"{page.page.url.partition('/#')[0]}/session").status == 204
    page.input.fill("server list --first 2")
    page.input.press("Enter")
    expect(page.page.get_by_text("Your session has ended.")).to_be_visible()
    page.sign_in("minsu")
    expect(page.page.get_by_role("heading", name="talk", level=1)).to_be_visible()
    expect(page.input).to_have_value("")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_signing_out_that_failed_is_told_and_can_be_tried_again(
    page: Console, size: dict[str, int], tmp_path: Path
) -> None:
    page.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.enter(room="talk" if size is DESKTOP else None)
    page.page.route("**/session", lambda route: route.abort())
    page.page.get_by_role("button", name="Sign out").click()
    expect(page.page.get_by_role("alert")).to_contain_text("You are still signed in.")
    page.sound()
    page.fits()
    for scheme in ("light", "dark"):
        page.page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        page.page.screenshot(path=tmp_path / f"{scheme}.png")
    page.page.unroute("**/session")
    page.page.get_by_role("button", name="Sign out").click()
    expect(page.page.get_by_role("heading", name="Sign in to 9rum")).to_be_visible()
    expect(page.page.get_by_text("You are still signed in.")).to_have_count(0)


def test_an_address_that_no_browser_wrote_opens_the_first_room(page: Console) -> None:
    page.open("/#%")
    page.sign_in("jiwoo")
    expect(page.page.get_by_role("heading", name="9rum and you", level=1)).to_be_visible()
    page.open("/link#%")
    expect(page.page.get_by_role("main")).to_contain_text("ask the bot for a new one by link")
