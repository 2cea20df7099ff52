"""What was asked for one project goes on for that project, whatever is linked or chosen in the place meanwhile."""

from pathlib import Path

from bot.messages import Message, Tone
from notifications.redis import RedisClient
from tests.bot.chatting import shown
from tests.bot.far_chat import LINKED, OPEN, FarChat, far_chat
from tests.bot.recording import RecordingPlatform
from tests.bot.talking import operations, status, talking
from tests.polling import eventually

APPROVED = 'rules:\n  - allow: [server.stop]\n    approval: {role: member}\n  - allow: ["*"]\n'


async def test_a_plan_is_confirmed_after_a_second_project_was_linked(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    await far.say("jiwoo", "server stop shop-web-1")
    plan = await far.heard("post", "Plan")
    await far.link("jiwoo", "shop", "talk")
    await far.press("jiwoo", plan, "Confirm")
    await far.heard("edit", "is done")
    assert await status(far.graph, "shop-web-1") == "SHUTOFF"


async def test_a_changed_plan_is_shown_again_after_a_second_project_was_linked(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    server = (await far.graph.data("jiwoo", '{ server(id: "shop-web-1") { id } }'))["server"]["id"]
    await far.say("jiwoo", f"server stop {server}")
    plan = await far.heard("post", "Plan")
    await far.link("jiwoo", "shop", "talk")
    await far.graph.done("operator", "serverRename", {"server": server, "name": "moved"})
    await far.press("jiwoo", plan, "Confirm")
    again = await far.heard("edit", "Plan")
    assert isinstance(again.message, Message)
    assert "Something changed" in shown(again.message)


async def test_a_plan_is_approved_after_its_asker_linked_a_second_project(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with far_chat(valkey, tmp_path, rules=APPROVED) as far:
        await far.link("minsu", "talk")
        await far.link("jiwoo", "talk")
        await far.say("jiwoo", "server stop talk-chat-1")
        await far.press("jiwoo", await far.heard("post", "Plan"), "Confirm")
        waiting = await far.heard("edit", "Plan")
        await far.link("jiwoo", "shop", "talk")
        await far.press("minsu", waiting, "Approve")
        await far.heard("edit", "is done")
        assert [each["actorName"] for each in await operations(far.graph)] == ["jiwoo"]


async def test_an_undo_is_for_the_project_of_the_operation_whatever_was_chosen_in_the_place(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    await far.say("jiwoo", "server rename shop-web-1 renamed")
    done = await far.heard("post", "is done")
    await far.link("jiwoo", "shop", "talk")
    await far.say("jiwoo", "use project talk")
    await far.heard("post", "talk")
    await far.press("jiwoo", done, "Undo")

    async def back() -> bool:
        return [each["state"] for each in await operations(far.graph)] == ["SUCCEEDED"] * 2

    await eventually(back, "it was taken back")
    assert await status(far.graph, "shop-web-1") == "ACTIVE"


async def test_who_is_signed_in_undoes_what_was_run_for_no_project_in_particular(far: FarChat) -> None:
    chat = far.chat
    said = await chat.said("operator", "server rename shop-web-1 renamed")
    done = await chat.reply("operator", said)
    assert "is done" in done.summary
    assert "talk" in (await chat("operator", "use project talk")).summary
    await chat.press("operator", done, "Undo")
    await chat.reply("operator", said, wanted=lambda message: "shop-web-1" in message.summary)
    assert await status(far.graph, "shop-web-1", "operator") == "ACTIVE"


async def test_an_operation_is_followed_by_the_next_process_after_a_second_project_was_linked(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    platform = RecordingPlatform(capabilities=LINKED)
    (tmp_path / "two").mkdir()
    async with far_chat(valkey, tmp_path, platform, OPEN) as one:
        await one.link("jiwoo", "shop")
        one.graph.app.ports.get("identity", "krane").world.fail("server.stop", "slow", seconds=5)
        await one.say("jiwoo", "server stop shop-web-1")
        await one.press("jiwoo", await one.heard("post", "Plan"), "Confirm")
        await eventually(lambda: _any(redis), "it is followed")
        await one.link("jiwoo", "shop", "talk")
    assert not any("followed" in summary for summary in platform.summaries("edit"))
    leases = [key for kind in ("bot:follow", "op") for key in await redis.keys(f"gurum:{kind}:*:lease")]
    if leases:
        await redis.delete(*leases)  # as after their time
    async with far_chat(valkey, tmp_path / "two", platform, OPEN):

        async def over() -> bool:
            return not await _any(redis)

        await eventually(over, "its end was shown")
    assert "followed" not in platform.summaries("edit")[-1]
    assert "server stop" in platform.summaries("edit")[-1]


async def _any(redis: RedisClient) -> bool:
    return bool(await redis.scard("gurum:bot:follows"))


async def test_a_rule_about_the_projects_name_holds_from_the_first_moment_on(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    """Before the list of projects came: what may be read in the project's room is read."""
    async with talking(valkey, tmp_path, 'rules: [{allow: ["server.*"], projects: [shop]}]') as chat:
        person, room = await chat.person("jiwoo"), await chat.room("jiwoo", "shop")
        assert room.project is not None
        chat.graph.app.inventory.forget(room.project)
        await chat.platform.say(person, room, "early", "server list")

        async def listed() -> str | None:
            entries = await chat.platform.history(room, person, None, 10)
            said = [each.message for each in entries if each.thread == "early" and each.message is not None]
            return next((shown(each) for each in said if each.tone is not Tone.WAIT), None)

        assert "shop-web-1" in await eventually(listed, "an answer")
