"""What the bot says, as people in Slack see it; and what Slack refuses, as PlatformError."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from bot.messages import (
    Button,
    Buttons,
    ButtonStyle,
    Code,
    Fields,
    File,
    Message,
    Note,
    Paragraph,
    Progress,
    Span,
    Steps,
    Style,
    Table,
    Tone,
    plain,
)
from bot.platforms.base import Person, Place, PlatformError
from bot.platforms.slack import SlackPlatform
from bot.platforms.slack.web import DEADLINE, Web, client_of
from resolvers.clock import Clock
from tests.polling import eventually
from tests.slack.conftest import Connected, connected
from tests.slack.standin import Shown

pytestmark = pytest.mark.anyio


async def below(it: Connected, count: int = 2) -> list[Shown]:
    """What the bot said to all, once so many are there: files come below their messages by and by."""

    async def look() -> list[Shown] | None:
        said = it.slack.said()
        return said if len(said) >= count else None

    return await eventually(look, f"{count} messages", pause=0.01)


SERVERS = Table(
    columns=("NAME", "STATE"), rows=(("web-1", "ACTIVE"), ("<!channel> *x*", "")), caption="Servers", total=7
)
RICH = Message(
    summary="web-1 is being made",
    tone=Tone.WAIT,
    blocks=(
        Paragraph((Span("Making "), Span("web-1", Style.BOLD), Span(" page", url="https://9rum.example/x"))),
        Fields((("Flavor", plain("m1.small")), ("Id", (Span("server:krane/1", Style.CODE),)))),
        Progress(share=0.5, label="booting"),
        Steps((("DONE", "Ask", ""), ("RUNNING", "Boot", "10 s"))),
        Code(text="a\n  b", title="Log"),
        Note(plain("2 s ago")),
        Buttons((Button(label="Stop", command="server stop web-1", style=ButtonStyle.DANGER),)),
    ),
)


async def test_a_message_of_all_kinds(http: Connected) -> None:
    await http.platform.post(http.place(), RICH)

    [shown] = http.slack.said()
    assert shown.text.split("\n") == [
        ":hourglass_flowing_sand: Making web-1 page",
        "Flavor: m1.small",
        "Id: server:krane/1",
        "",
        "██████████░░░░░░░░░░ 50%  booting",
        ":white_check_mark: Ask",
        ":hourglass_flowing_sand: Boot  10 s",
        "",
        "Loga",
        "  b",
        "2 s ago",
        "[Stop] ",
    ]
    assert shown.notification == "web-1 is being made"
    assert shown.links == [(" page", "https://9rum.example/x")]
    assert [(button.label, button.value, button.style) for button in shown.buttons] == [
        ("Stop", "server stop web-1", "danger")
    ]
    [call] = http.slack.calls("chat.postMessage")
    assert (call.arguments["unfurl_links"], call.arguments["unfurl_media"]) == (False, False)
    assert (call.arguments["parse"], call.arguments["link_names"], call.arguments["mrkdwn"]) == ("none", False, False)


async def test_a_table_is_slacks_own(http: Connected) -> None:
    await http.platform.post(http.place(), Message(summary="2 servers", blocks=(SERVERS,)))

    [shown] = http.slack.said()
    assert shown.table == [["NAME", "STATE"], ["web-1", "ACTIVE"], ["<!channel> *x*", "–"]]
    assert "Servers  2 / 7" in shown.text and shown.live == []


async def test_slack_takes_one_table_a_message(http: Connected) -> None:
    await http.platform.post(http.place(), Message(summary="two", blocks=(SERVERS, SERVERS)))

    [shown] = http.slack.said()
    assert shown.text.count("web-1") == 2
    assert len(http.slack.calls("chat.postMessage")) == 1  # the second one was not tried as a table


async def test_a_slack_without_tables_gets_lines_of_equal_width(http: Connected) -> None:
    def has_table(given: dict[str, Any]) -> bool:
        return any(block["type"] == "table" for block in given.get("blocks", []))

    http.slack.fail("chat.postMessage", "invalid_blocks", times=100, when=has_table)
    message = Message(summary="2 servers", blocks=(SERVERS,))
    await http.platform.post(http.place(), message)

    [shown] = http.slack.said()
    assert shown.table is None
    assert "NAME            STATE\n--------------  ------\nweb-1           ACTIVE" in shown.text
    await http.platform.post(http.place(), message)
    assert len(http.slack.calls("chat.postMessage")) == 3  # it is not tried again for a while


async def test_a_slack_that_takes_no_blocks_gets_text(http: Connected) -> None:
    http.slack.fail("chat.postMessage", "invalid_blocks", times=100, when=lambda given: bool(given.get("blocks")))
    await http.platform.post(http.place(), Message(summary="2 servers", blocks=(SERVERS, Note(plain("_now_")))))

    [shown] = http.slack.said()
    assert shown.posted.blocks == []
    assert "web-1" in shown.text and "now" in shown.text and shown.live == []


async def test_too_long_for_slack_becomes_the_summary_and_a_file(http: Connected) -> None:
    http.slack.fail("chat.postMessage", "msg_too_long", times=2)
    await http.platform.post(http.place(), Message(summary="log of web-1", blocks=(Code(text="line\n" * 100),)))

    [shown, file] = await below(http)
    assert shown.text == "log of web-1"
    assert file.thread == shown.ts and shown.files["answer.txt"].count("line") == 100


async def test_a_message_that_slack_never_takes(http: Connected) -> None:
    http.slack.fail("chat.postMessage", "msg_too_long", times=100)
    with pytest.raises(PlatformError) as refused:
        await http.platform.post(http.place(), Message(summary="x"))

    assert (refused.value.code, refused.value.retry) == ("msg_too_long", False)
    assert http.slack.said() == []


async def test_an_edit_replaces_blocks_and_text(http: Connected) -> None:
    ts = await http.platform.post(http.place(thread="1.1"), RICH)
    await http.platform.edit(http.place(thread="1.1"), ts, Message(summary="web-1 is there", tone=Tone.GOOD))

    [shown] = http.slack.said()
    assert (shown.text, shown.thread, shown.edits) == (":white_check_mark: web-1 is there", "1.1", 1)
    assert shown.buttons == []


async def test_an_edit_to_text_alone_takes_the_old_blocks_away(http: Connected) -> None:
    ts = await http.platform.post(http.place(), RICH)
    http.slack.fail("chat.update", "invalid_blocks", times=100, when=lambda given: bool(given.get("blocks")))
    await http.platform.edit(http.place(), ts, Message(summary="done"))

    [shown] = http.slack.said()
    assert shown.posted.blocks == [] and shown.text == "done"


async def test_long_output_is_a_file_below_the_message_and_sent_once(http: Connected) -> None:
    message = Message(summary="log", file=File(name="web-1.log", text="줄\n" * 50_000))
    ts = await http.platform.post(http.place(), message)
    await http.platform.edit(http.place(), ts, message)
    await http.platform.post(http.place(), Message(summary="next", file=File(name="next.log", text="x")))

    [shown, _, *files] = await below(http, 4)
    assert files[0].thread == ts
    assert shown.files == {"web-1.log": "줄\n" * 50_000}
    assert len(http.slack.calls("files.completeUploadExternal")) == 2


async def test_a_table_that_does_not_fit_is_whole_in_a_file(http: Connected) -> None:
    rows = tuple((f"web-{number}", "ACTIVE") for number in range(150))
    await http.platform.post(
        http.place(), Message(summary="150", blocks=(Table(columns=("NAME", "STATE"), rows=rows),))
    )

    [shown, _] = await below(http)
    assert shown.table is not None and 20 < len(shown.table) <= 100
    assert "… → answer.txt" in shown.text
    assert shown.files["answer.txt"].count("web-") == 150


async def test_a_file_without_the_scope_leaves_the_message(http: Connected) -> None:
    http.slack.world.scopes.discard("files:write")
    await http.platform.post(http.place(), Message(summary="log", file=File(name="a.log", text="x")))

    [message, missed] = await below(http)
    assert message.text == "log" and missed.thread == message.ts
    assert "`" not in missed.text and "a.log could not be sent: The Slack app lacks a scope" in missed.text


async def test_a_file_waits_when_slack_asks_it_to(http: Connected) -> None:
    http.slack.fail("files.completeUploadExternal", status=429, retry_after=0.01)
    await http.platform.post(http.place(), Message(summary="log", file=File(name="a.log", text="x")))

    assert (await below(http))[0].files == {"a.log": "x"}


async def test_a_whisper_is_seen_by_one(http: Connected) -> None:
    await http.ann.type("/cloud whoami")
    person = http.inbox.received[0].person
    await http.platform.whisper(http.place(), person, Message(summary="You are ann"))

    assert [shown.text for shown in http.ann.whispers()] == ["You are ann"]
    assert http.slack.said() == [] and http.slack.person("bo").messages() == []


async def test_a_whisper_where_the_bot_is_not_becomes_a_direct_message(http: Connected) -> None:
    http.slack.channel("board", bot=False, private=True)
    await http.ann.type("/cloud whoami", "board")
    await http.platform.whisper(
        http.place("board"), http.inbox.received[0].person, Message(summary="hi", file=File(name="a", text="b"))
    )

    await http.ann.sees(lambda shown: bool(shown.files), None)
    [shown, _] = http.ann.messages(None)
    assert shown.text == "hi" and shown.files == {"a": "b"}


async def test_a_command_among_two_people_is_answered_in_the_persons_own_direct_messages(http: Connected) -> None:
    """Slack takes slash commands there too, and the bot is no member."""
    among = http.slack.world.direct("ann", "bo")
    await http.ann.type("/cloud server create web-1", among)
    [incoming] = http.inbox.received
    assert incoming.place.direct
    await http.platform.whisper(incoming.place, incoming.person, Message(summary="Link your account"))
    posted = await http.platform.post(incoming.place, Message(summary="at work"), incoming)
    await http.platform.edit(incoming.place, posted, Message(summary="done", file=File(name="a", text="b")))

    shown = await http.ann.sees(lambda shown: bool(shown.edits and shown.files), None)
    assert (shown.text, shown.edits, shown.files) == ("done", 1, {"a": "b"})
    assert [one.text for one in http.ann.messages(None)][:2] == ["Link your account", "done"]
    assert http.ann.messages(among) == http.slack.person("bo").messages(None) == []


async def test_a_whisper_among_two_is_an_ordinary_message(http: Connected) -> None:
    await http.ann.say("whoami")
    incoming = http.inbox.received[0]
    await http.platform.whisper(incoming.place, incoming.person, Message(summary="You are ann"))

    assert http.ann.messages(None)[-1].text == "You are ann" and not http.ann.messages(None)[-1].private


async def test_a_message_out_of_the_blue(http: Connected) -> None:
    await http.platform.tell(Person(platform="slack", id=f"T1/{http.ann.user.id}"), Message(summary="Your link ends"))

    assert [shown.text for shown in http.ann.messages(None)] == ["Your link ends"]


async def test_a_command_where_the_bot_is_not_is_told_to_invite_it(http: Connected) -> None:
    """Each asker once, by the way of the own command, whichever process works on it."""
    http.slack.channel("board", bot=False)
    bo = http.slack.person("bo")
    await http.ann.type("/cloud server list", "board")
    await bo.type("/cloud server list", "board")
    of_ann, of_bo = http.inbox.received
    another = SlackPlatform(http.slack.settings(), Clock())
    await another.start(http.inbox.receive, http.inbox.rejected)
    for _ in range(2):
        with pytest.raises(PlatformError) as refused:
            await another.post(http.place("board"), Message(summary="2 servers"), of_ann)
        assert (refused.value.code, refused.value.retry) == ("not_in_channel", False)
    assert (len(http.ann.whispers("board")), len(bo.whispers("board"))) == (1, 0)
    with pytest.raises(PlatformError):
        await another.post(http.place("board"), Message(summary="2 servers"), of_bo)
    await another.stop()
    assert "/invite" in http.ann.whispers("board")[-1].text and "/invite" in bo.whispers("board")[-1].text
    assert len(http.ann.whispers("board")) == 1


async def test_what_the_person_is_told_goes_by_the_proxy_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the proxy knows the host that the address names."""
    asked: list[str] = []

    async def proxy(request: web.BaseRequest) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        return web.Response(text="ok")

    runner = web.ServerRunner(web.Server(proxy))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{runner.addresses[0][1]}")
    it = Web(client_of("xoxb-1", "https://slack.com/api/"))
    await it.open()
    await it.respond("http://hooks.slack.invalid/commands/1", "Invite the bot.")
    await it.close()
    await runner.cleanup()
    assert asked == ["POST /commands/1"]


@pytest.mark.parametrize(
    ("failure", "code", "retry", "after"),
    [
        ({"status": 429, "retry_after": 7.0}, "ratelimited", True, 7.0),
        ({"error": "ratelimited"}, "ratelimited", True, 1.0),
        ({"error": "channel_not_found"}, "channel_not_found", False, None),
        ({"error": "not_in_channel"}, "not_in_channel", False, None),
        ({"error": "is_archived"}, "is_archived", False, None),
        ({"error": "something_new"}, "something_new", False, None),
        ({"error": "internal_error", "status": 500}, "internal_error", True, None),
        ({"status": 503, "body": "<html>away</html>"}, "http_503", True, None),
        ({"status": 200, "body": "<html>hello</html>"}, "http_200", False, None),
        ({"silent": True, "leaps": DEADLINE}, "timeout", True, None),
    ],
)
async def test_what_slack_refuses(failure: dict[str, Any], code: str, retry: bool, after: float | None) -> None:
    async with connected("http") as it:
        it.slack.fail("chat.postMessage", **failure)
        with pytest.raises(PlatformError) as refused:
            await it.platform.post(it.place(), Message(summary="x"))

        assert (refused.value.code, refused.value.retry, refused.value.retry_after) == (code, retry, after)
        assert "xoxb" not in str(refused.value) and it.slack.url not in str(refused.value)
        assert it.slack.said() == []


@pytest.mark.parametrize(
    ("code", "nobody"), [("cannot_dm_bot", True), ("user_not_found", True), ("missing_scope", False)]
)
async def test_who_is_gone_is_told_from_what_can_be_mended(http: Connected, code: str, nobody: bool) -> None:
    http.slack.fail("chat.postMessage", code)
    with pytest.raises(PlatformError) as refused:
        await http.platform.tell(Person(platform="slack", id="T1/U1"), Message(summary="x"))
    assert (refused.value.code, refused.value.nobody) == (code, nobody)


async def test_an_unreachable_slack(http: Connected) -> None:
    http.platform._web._client.base_url = "http://127.0.0.1:9/api/"
    with pytest.raises(PlatformError) as refused:
        await http.platform.post(http.place(), Message(summary="x"))

    assert (refused.value.code, refused.value.retry) == ("unreachable", True)


SENDS: dict[str, Callable[[Connected, Place], Awaitable[Any]]] = {
    "post": lambda it, place: it.platform.post(place, Message(summary="x")),
    "edit": lambda it, place: it.platform.edit(place, "1.1", Message(summary="x")),
    "whisper": lambda it, place: it.platform.whisper(place, Person(platform="slack", id="T1/U1"), Message(summary="x")),
    "tell": lambda it, place: it.platform.tell(Person(platform="slack", id="T1/U1"), Message(summary="x")),
}


@pytest.mark.parametrize("way", SENDS)
async def test_a_revoked_token_is_a_problem(http: Connected, way: str) -> None:
    http.slack.world.bot_token = "xoxb-another"
    with pytest.raises(PlatformError) as refused:
        await SENDS[way](http, http.place())

    assert (refused.value.code, refused.value.retry) == ("invalid_auth", False)
    problem = http.platform.problem()
    assert problem is not None and "invalid_auth" in problem and "xoxb" not in problem


async def test_an_edit_of_a_message_that_is_gone(http: Connected) -> None:
    with pytest.raises(PlatformError) as refused:
        await http.platform.edit(http.place(), "1.1", Message(summary="x"))

    assert (refused.value.code, refused.value.retry) == ("message_not_found", False)


async def test_a_command_too_long_for_a_button_is_refused(http: Connected) -> None:
    button = Button(label="Go", command="x" * 2_001)
    with pytest.raises(PlatformError) as refused:
        await http.platform.post(http.place(), Message(summary="x", blocks=(Buttons((button,)),)))

    assert refused.value.code == "button_value" and http.slack.said() == []
