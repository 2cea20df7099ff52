"""What bad input in chat gets, item by item, through the whole application and a strict Slack by signed HTTP.

Each is answered with one sentence, changes nothing, and leaves one row in the audit log: `Desk.refused` sees to that. Where Slack or the
cloud fails is `test_chat_failures.py`; the same on the real Keystone is `test_slack_lab_rights.py`.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.platforms.base import Person
from tests.running import CLOUD, Running
from tests.slack.standin import Human, Shown
from tests.slack.standin.delivery import signed
from tests.trips.chat_desk import STOP, Desk, Expected, desk_in, sentence

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
