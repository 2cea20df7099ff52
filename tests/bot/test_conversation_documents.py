"""Every answer tells the GraphQL that it came from, and every button what it would run, where that is known; no secret is in it."""

from pathlib import Path

from graphql import build_schema, parse, validate

from bot.messages import Message, Source
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, button, buttons, shown
from tests.bot.talking import operations, talking, waits

SCHEMA = build_schema((Path(__file__).parents[1] / "schema.graphql").read_text(encoding="utf-8"))
APPROVED = """
rules:
  - allow: [server.stop]
    approval: {role: admin}
  - allow: ["*"]
"""


def source(message: Message) -> Source:
    """Where it came from, which the graph would take as it stands."""
    assert message.source is not None
    assert validate(SCHEMA, parse(message.source.document)) == []
    return message.source


def runs(message: Message, label: str) -> str:
    document = button(message, label).document
    assert document is not None, label
    assert validate(SCHEMA, parse(document)) == []
    return document


async def test_a_plan_tells_what_confirming_runs_and_the_answer_what_was_run(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
    plan = await waits(chat, "jiwoo", said, "Plan", "shop")
    assert source(plan).command == "server stop shop-web-1"
    assert "serverStop(input: $input" in source(plan).document
    assert source(plan).variables == {"input": {"server": "shop-web-1"}}
    applied = runs(plan, "Confirm")
    assert "apply(planId: $planId, hash: $hash)" in applied
    assert button(plan, "Cancel").document is None, "it runs nothing"

    await chat.press("jiwoo", plan, "Confirm", "shop")
    done = await waits(chat, "jiwoo", said, "is done", "shop")
    assert source(done).command == "server stop shop-web-1"
    assert source(done).document == applied
    assert set(source(done).variables) == {"planId", "hash"}
    assert "serverStart(input: $input" in runs(done, "Undo")
    # A plan is applied once: who copies what is shown gets the operation that it made.
    again = await chat.graph.data("jiwoo", source(done).document, source(done).variables)
    assert [each["id"] for each in await operations(chat.graph)] == [again["apply"]["id"]]


async def test_what_runs_at_once_tells_its_mutation(chat: Chatting) -> None:
    done = await chat("jiwoo", "server rename shop-web-1 renamed")
    assert "serverRename(input: $input" in source(done).document
    assert source(done).variables["input"] == {"server": "shop-web-1", "name": "renamed"}
    assert "serverRename(input: $input" in runs(done, "Undo")


async def test_who_decides_for_somebody_else_is_told_what_is_run(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with talking(valkey, tmp_path, APPROVED) as chat:
        said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
        plan = await waits(chat, "jiwoo", said, "Plan", "shop")
        assert button(plan, "Confirm").document is None, "it runs nothing before somebody approved it"
        await chat.press("jiwoo", plan, "Confirm", "shop")
        waiting = await chat.reply("jiwoo", said, "shop", wanted=lambda message: "Approve" in shown(message))
        assert "serverStop(input: $input" in source(waiting).document
        assert "approvePlan(planId: $planId" in runs(waiting, "Approve")
        assert "refusePlan(planId: $planId" in runs(waiting, "Refuse")


async def test_pages_and_choices_tell_what_they_run(chat: Chatting) -> None:
    listed = await chat("jiwoo", "server list --first 2")
    assert runs(listed, "More") == source(listed).document
    offered = await chat("jiwoo", "server create web-9 --flavor m1.small --image ubuntu-24.04")  # in which project?
    assert buttons(offered)
    for each in buttons(offered):
        assert "serverCreate(input: $input" in runs(offered, each.label)


async def test_no_secret_is_in_what_a_plan_tells(chat: Chatting) -> None:
    text = "server create web-9 --flavor m1.small --image ubuntu-24.04 --networks shop-net --user-data s3cr3t --plan"
    said = await chat.said("jiwoo", text, "shop")
    plan = await waits(chat, "jiwoo", said, "Plan", "shop")
    assert source(plan).variables["input"]["userData"] == "***"
    assert source(plan).variables["input"]["flavor"] == "m1.small"
    await chat.press("jiwoo", plan, "Apply", "shop")
    done = await waits(chat, "jiwoo", said, "is done", "shop")
    assert source(done).document == runs(plan, "Apply")
    told = [str(entry.message) for entry in await chat.entries("haneul", "shop") if entry.message]
    assert told
    assert not [message for message in told if "s3cr3t" in message]
