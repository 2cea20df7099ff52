"""Commands in chat while Slack or the cloud fails around them: each runs once at most, and is answered as well as can be."""

from typing import Any

import pytest

from tests.slack.standin import Human
from tests.trips.chat_desk import REBOOT, STOP, Desk, Expected

# -- Slack itself ------------------------------------------------------------------------------------------------------

SILENCE = "nothing for as long as it is waited for"
ANSWERED: dict[str, dict[str, Any]] = {  # what ends, and what Slack takes in another form
    "429": {"status": 429, "retry_after": 0.05, "times": 3},
    "500": {"error": "internal_error", "status": 500, "times": 2},
    "a page of a proxy": {"status": 503, "body": "<html>away</html>"},
    SILENCE: {"silent": True, "leaps": 3.0, "times": 3},
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


@pytest.mark.parametrize("name", ANSWERED)
async def test_slack_that_fails_for_a_while_gets_the_answer_of_a_command_that_ran_once(
    desk: Desk, jiwoo: Human, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == SILENCE:  # an installation waits for Slack for ten seconds, nearly as long as for its store
        slack: Any = desk.workspace.graph.app.chat.platforms["slack"]
        monkeypatch.setattr(slack._web, "_deadline", ANSWERED[SILENCE]["leaps"])
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
