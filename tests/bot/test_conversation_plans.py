"""Plans that policy guards: the typed name, the second person, the end of their time, and two processes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bot.messages import Tone
from bot.parser import quote
from notifications.redis import RedisClient
from resolvers.compute.port import ServerRow
from tests.bot.chatting import Chatting, button, buttons, shown
from tests.bot.talking import APPROVED, only, operations, rows, status, talking, waits
from tests.clock import LaterClock
from tests.polling import eventually
from tests.running import CLOUD, running

TYPED = """
rules:
  - allow: [server.delete]
    confirm: typed
  - allow: ["*"]
"""


@pytest.fixture
async def typed(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Chatting]:
    async with talking(valkey, tmp_path, TYPED) as chat:
        yield chat


@pytest.fixture
async def approved(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Chatting]:
    async with talking(valkey, tmp_path, APPROVED) as chat:
        yield chat


async def test_the_name_must_be_typed_where_policy_says_so(typed: Chatting) -> None:
    said = await typed.said("jiwoo", "server delete shop-web-2")
    plan = await waits(typed, "jiwoo", said, "Plan")
    assert [each.label for each in buttons(plan)] == ["Cancel"]
    name = button(plan, "Cancel").command.removeprefix("cancel ")
    assert f"confirm {name} shop-web-2" in shown(plan)
    for wrong in (f"confirm {name}", f"confirm {name} shop-web-1"):
        assert "Type the name too" in (await typed("jiwoo", wrong)).summary
    assert await operations(typed.graph) == []
    await typed.said("jiwoo", f"confirm {name} shop-web-2")
    await waits(typed, "jiwoo", said, "is done")
    await only(typed, "jiwoo", said)
    assert [each["action"] for each in await operations(typed.graph)] == ["server.delete"]


@pytest.mark.parametrize(
    ("called", "typed_as"),
    [
        ("web\u200b3", None),
        (" web-3 ", None),
        ("w" * 190 + "-3", None),
        ("웹 “3” it's", "웹 “3” it's"),
        ('--json "x"', '--json "x"'),
    ],
    ids=["invisible", "blanks", "long", "quotes", "dashes"],
)
async def test_a_name_that_nobody_can_type_is_replaced_by_the_id(
    typed: Chatting, called: str, typed_as: str | None
) -> None:
    found = await typed.graph.data("jiwoo", '{ server(id: "shop-web-2") { id } }')
    server = found["server"]["id"]
    await called_in_the_cloud(typed, server, called)
    said = await typed.said("jiwoo", f"server delete {server}")
    plan = await waits(typed, "jiwoo", said, "Plan")
    name = button(plan, "Cancel").command.removeprefix("cancel ")
    line = f"confirm {name} {quote(typed_as or server)}"
    assert f"Type {line} to run it." in shown(plan)
    await typed.said("jiwoo", line)
    await waits(typed, "jiwoo", said, "is done")


async def called_in_the_cloud(chat: Chatting, server: str, name: str) -> None:
    """9rum takes no such name, but the cloud does."""
    world = chat.graph.app.ports.get("identity", CLOUD).world
    row = world.get(ServerRow, server.partition("/")[2])
    world.put(msgspec.structs.replace(row, name=name, updated_at=world.now()))

    async def seen() -> bool:
        found = await chat.graph.data(
            "jiwoo", "query($id: ID!) { server(id: $id, maxAge: 0) { name } }", {"id": server}
        )
        return bool(found["server"]["name"] == name)

    await eventually(seen, "its name is known")


async def test_a_second_person_approves_and_it_runs_as_who_asked(approved: Chatting) -> None:
    said = await approved.said("jiwoo", "server stop shop-web-1", "shop")
    plan = await waits(approved, "jiwoo", said, "Plan", "shop")
    await approved.press("jiwoo", plan, "Confirm", "shop")
    waiting = await approved.reply("jiwoo", said, "shop", wanted=lambda message: "Approve" in shown(message))
    assert await operations(approved.graph) == []

    await approved.press("jiwoo", waiting, "Approve", "shop")  # the asker may not
    await waits(approved, "jiwoo", said, "somebody else", "shop")
    row = (await rows(approved.graph))[0]
    assert (row["action"], row["result"], row["actorName"]) == ("server.stop", "DENIED", "jiwoo")

    await approved.press("haneul", waiting, "Approve", "shop")  # a reader may not
    await waits(approved, "haneul", said, "needs the role", "shop")
    assert await operations(approved.graph) == []

    await approved.press("operator", waiting, "Approve", "shop")
    await waits(approved, "jiwoo", said, "is done", "shop")
    found = await operations(approved.graph)
    assert [(each["action"], each["actorName"]) for each in found] == [("server.stop", "jiwoo")]
    public = [each for each in await approved.under("operator", said, "shop") if each.to is None]
    assert len(public) == 1
    assert await status(approved.graph, "shop-web-1") == "SHUTOFF"


async def test_two_approvals_at_once_run_it_once(approved: Chatting) -> None:
    said = await approved.said("jiwoo", "server pause talk-chat-1", "talk")
    plan = await waits(approved, "jiwoo", said, "Plan", "talk")
    await approved.press("jiwoo", plan, "Confirm", "talk")
    waiting = await approved.reply("jiwoo", said, "talk", wanted=lambda message: "Approve" in shown(message))
    await asyncio.gather(
        approved.press("minsu", waiting, "Approve", "talk"), approved.press("operator", waiting, "Approve", "talk")
    )
    await waits(approved, "jiwoo", said, "is done", "talk")
    assert [each["action"] for each in await operations(approved.graph)] == ["server.pause"]


async def test_a_refusal_is_answered_with_its_reason(approved: Chatting) -> None:
    said = await approved.said("jiwoo", "server stop shop-web-1", "shop")
    await approved.press("jiwoo", await waits(approved, "jiwoo", said, "Plan", "shop"), "Confirm", "shop")
    waiting = await approved.reply("jiwoo", said, "shop", wanted=lambda message: "Approve" in shown(message))
    refuse = button(waiting, "Refuse").command
    await approved.said("operator", f"{refuse} not before the sale", "shop")
    over = await waits(approved, "jiwoo", said, "not before the sale", "shop")
    assert "operator refused" in over.summary
    assert buttons(over) == []
    late = await approved("operator", button(waiting, "Approve").command, "shop")
    assert "refused by operator" in shown(late)
    assert await operations(approved.graph) == []


async def test_a_state_that_changed_before_the_approval_is_shown_again_to_the_asker(approved: Chatting) -> None:
    server = (await approved.graph.data("jiwoo", '{ server(id: "shop-web-1") { id } }'))["server"]["id"]
    said = await approved.said("jiwoo", f"server stop {server}", "shop")
    await approved.press("jiwoo", await waits(approved, "jiwoo", said, "Plan", "shop"), "Confirm", "shop")
    waiting = await approved.reply("jiwoo", said, "shop", wanted=lambda message: "Approve" in shown(message))
    await approved.graph.done("operator", "serverRename", {"server": server, "name": "moved"})
    await approved.press("operator", waiting, "Approve", "shop")
    again = await approved.reply("jiwoo", said, "shop", wanted=lambda message: "Something changed" in shown(message))
    assert [each["action"] for each in await operations(approved.graph)] == ["server.rename"]
    await approved.press(
        "jiwoo", again, "Confirm", "shop"
    )  # it waits for its asker, then for an approval of the new plan
    third = await approved.reply("jiwoo", said, "shop", wanted=lambda message: "Approve" in shown(message))
    await approved.press("operator", third, "Approve", "shop")
    await waits(approved, "jiwoo", said, "is done", "shop")
    assert sorted(each["action"] for each in await operations(approved.graph)) == ["server.rename", "server.stop"]


async def test_asked_on_one_process_and_approved_on_the_other(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(APPROVED)
    (tmp_path / "two").mkdir()
    async with (
        talking(valkey, tmp_path, APPROVED) as one,
        running(valkey, tmp_path / "two", policy={"file": str(file)}) as graph,
    ):
        two = Chatting(graph)
        said = await one.said("jiwoo", "server stop shop-web-1", "shop")
        plan = await waits(two, "jiwoo", said, "Plan", "shop")
        await two.press("jiwoo", plan, "Confirm", "shop")
        waiting = await one.reply("jiwoo", said, "shop", wanted=lambda message: "Approve" in shown(message))
        await asyncio.gather(
            one.press("operator", waiting, "Approve", "shop"), two.press("operator", waiting, "Approve", "shop")
        )
        await waits(two, "jiwoo", said, "is done", "shop")
        assert [each["action"] for each in await operations(one.graph)] == ["server.stop"]


async def test_a_plan_is_approved_though_a_later_session_of_its_asker_ended(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    """As each `9rum chat -c` is one, while the page waits."""
    file = tmp_path / "policy.yaml"
    file.write_text(APPROVED)
    async with running(valkey, tmp_path, policy={"file": str(file)}, identity={"token_cache_seconds": 0}) as graph:
        chat = Chatting(graph)
        said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
        await chat.press("jiwoo", await waits(chat, "jiwoo", said, "Plan", "shop"), "Confirm", "shop")
        waiting = await chat.reply("jiwoo", said, "shop", wanted=lambda message: "Approve" in shown(message))
        port = graph.app.ports.get("identity", CLOUD)
        for number in range(2):
            later = await port.sign_in("jiwoo", "jiwoo", "Default", None)
            person = msgspec.structs.replace(await chat.person("jiwoo"), token=later)
            await chat.platform.say(person, await chat.room("jiwoo"), f"later-{number}", "server list")
            await waits(chat, "jiwoo", f"later-{number}", "server list")
            await port.sign_out(later)
        await chat.press("operator", waiting, "Approve", "shop")
        await waits(chat, "jiwoo", said, "is done", "shop")
        assert [each["actorName"] for each in await operations(graph)] == ["jiwoo"]


@pytest.mark.parametrize(("rules", "stage"), [(None, "confirmed"), (APPROVED, "approved")])
async def test_what_nobody_answers_in_time_is_over(
    redis: RedisClient, valkey: str, tmp_path: Path, rules: str | None, stage: str
) -> None:
    clock = LaterClock()
    async with talking(valkey, tmp_path, rules, clock, approval_hours=1.0) as chat:
        said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
        plan = await waits(chat, "jiwoo", said, "Plan", "shop")
        pressed = "Confirm"
        if stage == "approved":
            await chat.press("jiwoo", plan, "Confirm", "shop")
            plan = await chat.reply("jiwoo", said, "shop", wanted=lambda message: "Approve" in shown(message))
            pressed = "Approve"
        name = button(plan, pressed).command.split()[1]
        await eventually(lambda: redis.exists(f"gurum:bot:due:confirm:{name}"), "its end is written down")
        clock.ahead = 3_700.0 if stage == "approved" else 601.0
        over = await chat.reply("jiwoo", said, "shop", wanted=lambda message: f"Nobody {stage} it" in shown(message))
        assert buttons(over) == []
        who = "operator" if stage == "approved" else "jiwoo"
        late = await chat(who, button(plan, pressed).command, "shop")
        assert "too old" in late.summary
        assert await operations(chat.graph) == []
        assert await status(chat.graph, "shop-web-1") == "ACTIVE"


async def test_a_plan_tells_whose_typed_confirmation_it_answers(typed: Chatting) -> None:
    said = await typed.said("jiwoo", "server delete shop-web-1", "shop")
    name = button(await waits(typed, "jiwoo", said, "Plan", "shop"), "Cancel").command.split()[1]
    assert (await only(typed, "jiwoo", said, "shop")).answers == said
    confirmed = await typed.said("jiwoo", f"confirm {name} shop-web-1", "shop")
    await waits(typed, "jiwoo", said, "is done", "shop")
    assert (await only(typed, "jiwoo", said, "shop")).answers == confirmed
    late = await typed.said("jiwoo", f"cancel {name}", "shop")
    await typed.reply("jiwoo", late, "shop")
    assert (await only(typed, "jiwoo", late, "shop")).answers == late


async def test_of_two_plans_of_one_undo_one_is_run(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server rename shop-web-1 renamed", "shop")
    undo = button(await waits(chat, "jiwoo", said, "is done", "shop"), "Undo").command
    plans = []
    for _ in range(2):
        asked = await chat.said("jiwoo", f"{undo} --plan", "shop")
        plans.append((asked, await waits(chat, "jiwoo", asked, "Plan", "shop")))
    for asked, plan in plans:
        await chat.press("jiwoo", plan, "Apply", "shop")
        await chat.reply("jiwoo", asked, "shop", wanted=lambda message: not message.summary.startswith("Plan"))
    (first, second) = [(await only(chat, "jiwoo", asked, "shop")).message for asked, _ in plans]
    assert first is not None and "is done" in first.summary
    assert second is not None and "being undone already" in second.summary
    assert buttons(second) == []
    assert [each["action"] for each in await operations(chat.graph)] == ["server.rename"] * 2


async def test_the_undo_button_goes_when_its_time_is_over(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    clock = LaterClock()
    async with talking(valkey, tmp_path, None, clock) as chat:
        said = await chat.said("jiwoo", "server rename shop-web-1 renamed")
        done = await waits(chat, "jiwoo", said, "is done")
        undo = button(done, "Undo").command
        await eventually(lambda: redis.exists(f"gurum:bot:due:undo:{undo.split()[1]}"), "its end is written down")
        clock.ahead = 901.0
        await chat.reply("jiwoo", said, wanted=lambda message: not buttons(message))
        assert "over" in (await chat("jiwoo", undo)).summary
        assert await status(chat.graph, "renamed") == "ACTIVE"


async def test_an_old_audit_row_is_planned_again_and_confirmed(chat: Chatting) -> None:
    await chat("jiwoo", "server rename shop-web-1 renamed")
    await chat("jiwoo", "server rename renamed shop-web-1")
    row = next(each for each in reversed(await rows(chat.graph)) if each["action"] == "server.rename")
    said = await chat.said("operator", f"audit replay {row['id']}")
    plan = await waits(chat, "operator", said, "Plan")
    assert await status(chat.graph, "shop-web-1") == "ACTIVE"
    await chat.press("operator", plan, "Apply")
    await waits(chat, "operator", said, "is done")
    assert await status(chat.graph, "renamed") == "ACTIVE"
    unknown = await chat("operator", "audit replay 1-1")
    assert (unknown.summary, unknown.tone) == ("Not found. There is no such audit row.", Tone.BAD)
