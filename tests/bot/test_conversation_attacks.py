"""What people try who mean harm: each ends without effect."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.kept import name_for
from bot.messages import Message, Tone
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, button, shown
from tests.bot.far_chat import far_chat
from tests.bot.talking import fill, forms_of, operations, rows, talking, waits
from tests.dump import dump
from tests.polling import eventually

SECRET = "hunter2hunter2"
APPROVED = """
rules:
  - allow: [server.stop, server.start, server.delete]
    approval: {role: admin}
    confirm: none
  - allow: ["*"]
"""


@pytest.fixture
async def approved(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Chatting]:
    async with talking(valkey, tmp_path, APPROVED) as chat:
        yield chat


def _twins(person: str, stage: str) -> tuple[str, str]:
    """Two ids of messages whose plans would wait under the same short name, found in a second."""
    seen: dict[str, str] = {}
    number = 0
    while True:
        said = f"said-{number:08}"
        turn = hashlib.sha256(f"console:console:{person}:{said}".encode()).hexdigest()
        name = name_for(turn, stage)
        if name in seen:
            return seen[name], said
        seen[name] = said
        number += 1


async def test_an_approval_is_of_the_plan_that_is_shown(approved: Chatting) -> None:
    jiwoo = await approved.person("jiwoo")
    harmless, harmful = _twins(jiwoo.id, "approval")
    await approved.said("jiwoo", "server stop shop-web-1", "shop", harmless)
    waiting = await waits(approved, "jiwoo", harmless, "Plan", "shop")
    await approved.said("jiwoo", "server delete shop-web-2 --project shop", "direct", harmful)
    await approved.reply("jiwoo", harmful)
    await approved.press("operator", waiting, "Approve", "shop")

    async def ran() -> list[str] | None:
        return [each["action"] for each in await operations(approved.graph)] or None

    assert await eventually(ran, "what was approved runs") == ["server.stop"]


async def test_only_who_sees_a_project_makes_it_the_default_of_a_place(chat: Chatting) -> None:
    shop = (await chat.room("jiwoo", "shop")).project
    answer = await chat("minsu", f"use project {shop}")
    assert "can not act for a project" in shown(answer)
    assert (await rows(chat.graph))[0]["result"] == "REFUSED"
    assert "No project" in (await chat("minsu", "use project")).summary


async def test_a_room_of_a_project_is_about_that_project_always(chat: Chatting) -> None:
    answer = await chat("jiwoo", "use project talk", "shop")
    assert "about the project `shop`" in answer.summary or "about the project shop" in answer.summary
    listed = shown(await chat("jiwoo", "server list --first 100", "shop"))
    assert "shop-web-1" in listed and "talk-chat-1" not in listed


@pytest.mark.parametrize("spelled", ["project=talk", "--pro-ject talk", "PROJECT=talk", "--Project=talk"])
async def test_a_command_runs_for_the_project_that_was_said(chat: Chatting, spelled: str) -> None:
    listed = shown(await chat("jiwoo", f"server list --first 100 {spelled}", "shop"))
    assert "talk-chat-1" in listed and "shop-web-1" not in listed


async def test_a_value_that_looks_like_a_project_is_no_project(chat: Chatting) -> None:
    """Two servers of one name: the change is of the one in the room's project."""
    for name in ("shop-web-1", "talk-chat-1"):
        await chat.graph.done("jiwoo", "serverRename", {"server": name, "name": "twin"})
    for text in ("server set-metadata twin --metadata project=talk", "server set-tags twin --tags project=talk"):
        assert "is done" in (await chat("jiwoo", text, "shop")).summary
    told = "{ servers(first: 100) { nodes { name project { name } metadata tags } } }"
    twins = [each for each in (await chat.graph.data("jiwoo", told))["servers"]["nodes"] if each["name"] == "twin"]
    labelled = {each["project"]["name"] for each in twins if each["metadata"].get("project") == "talk"}
    tagged = {each["project"]["name"] for each in twins if each["tags"] == ["project=talk"]}
    assert (len(twins), labelled, tagged) == (2, {"shop"}, {"shop"})


async def test_the_project_that_a_command_is_about_is_not_whom_it_runs_for(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with far_chat(valkey, tmp_path) as far:
        image = {"name": "golden", "address": "https://images.test/golden.img", "project": "shop"}
        await far.graph.done("jiwoo", "imageCreate", image)
        talk = (await far.chat.room("minsu", "talk")).project
        await far.link("jiwoo", "shop")
        await far.say("jiwoo", f"image share golden --project {talk}")
        await far.heard("post", "is done")


async def test_the_button_of_a_project_leaves_other_values_as_they_are(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with far_chat(valkey, tmp_path) as far:
        await far.link("jiwoo", "shop", "talk")
        await far.say("jiwoo", "server set-metadata shop-web-1 --metadata project=talk")
        asked = await far.heard("whisper", "Which project")
        assert isinstance(asked.message, Message)
        assert button(asked.message, "shop").command == (
            """server set-metadata shop-web-1 --metadata='{"project":"talk"}' --project=shop"""
        )
        await far.press("jiwoo", asked, "shop")
        await far.heard("post", "is done")


SIGNED = f"https://images.test/golden.img?X-Amz-Signature={SECRET}"
BY_NAME = [
    f"image create golden {SIGNED} --explain",
    f"image create golden {SIGNED} --plan",
    f"image create golden {SIGNED} and more",
    f"image creat golden {SIGNED}",
    f"image create golden {SIGNED} --disk-format floppy",
    f"volume-transfer accept no-such-offer --key={SECRET}",
    f'volume-transfer accept no-such-offer --key "{SECRET} unclosed',
    f"volume-transfr accept --key {SECRET}",
    f"keypair create mine --public-key {SECRET}",
    f"server create web-1 --image nope --flavor m1.small --user-data {SECRET}",
    f'server create --user-data "{SECRET} {SECRET}" --colour red',
    f"server create web-1 --image nope --flavor m1.small --user-data '{SECRET} 'and' {SECRET}'",
    f"server create web-1 --flavor m1.small --user-data {SECRET}",
    f"vm creat --user-data {SECRET}",
]
MERE_WORDS = [
    f"volume-transfer accept no-such-offer {SECRET}",
    f"volume-transfer accept my offer {SECRET}",
    f"volume-transfer acept no-such-offer {SECRET}",
    f"volume-transfr accept no-such-offer {SECRET}",
    f"volume-transfer accept no-such-offer {SECRET}=",
    f"volume-transfer accept {SECRET} --colour red {SECRET}",
    f'volume-transfer accept no-such-offer {SECRET} "',
    f"keypair create mine ssh-ed25519 {SECRET}",
    f"server create web-1 --user-data {SECRET} -{SECRET}",
    f"server create web-1 {SECRET}",
    f"server create web-1 '{SECRET} {SECRET}' --image ubuntu-24.04",
]


@pytest.mark.parametrize("text", [*BY_NAME, *MERE_WORDS])
async def test_a_secret_that_was_typed_is_neither_shown_nor_kept(chat: Chatting, redis: RedisClient, text: str) -> None:
    await chat("jiwoo", "server list", "shop")  # the bot knows the commands from here on
    assert SECRET not in repr(await chat("jiwoo", text, "shop"))
    assert SECRET not in (await dump(redis)).decode(errors="replace")
    assert all(SECRET not in repr(row) for row in await rows(chat.graph))


@pytest.mark.parametrize("text", MERE_WORDS)
async def test_a_secret_that_was_typed_first_of_all_is_neither_shown_nor_kept(
    chat: Chatting, redis: RedisClient, text: str
) -> None:
    assert SECRET not in repr(await chat("jiwoo", text, "shop"))
    assert SECRET not in (await dump(redis)).decode(errors="replace")
    assert all(SECRET not in repr(row) for row in await rows(chat.graph))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"volume-transfer accept 1234 {SECRET}", "volume-transfer accept *** ***"),
        (f"/cloud vt accept 1234 '{SECRET} x' --project talk", "/cloud vt accept *** *** --project talk"),
        (f"volume transfer accept --transfer 1234 {SECRET}", "volume transfer accept --transfer 1234 ***"),
        ("volume-transfer accept 1234", "volume-transfer accept 1234"),
        ("server create web-9 --flavor m1.small", "server create web-9 --flavor m1.small"),
        ("hello, how do I take a volume?", "hello, how do I take a volume?"),
    ],
)
async def test_a_room_keeps_no_words_that_have_no_place_in_a_command_with_a_secret(
    redis: RedisClient, valkey: str, tmp_path: Path, typed: str, kept: str
) -> None:
    async with talking(valkey, tmp_path, aliases={"vt": "volumeTransfer"}) as chat:
        for _ in range(2):  # once more, as after a lost answer
            await chat.said("jiwoo", typed, "shop", "said-0001")
        assert [entry.text for entry in await chat.entries("jiwoo", "shop") if entry.text] == [kept]


@pytest.mark.parametrize(
    "typed", [f"image create golden {SIGNED}", f'image create golden --address="{SIGNED}#{SECRET}"']
)
@pytest.mark.parametrize("rules", [None, "rules: [{allow: ['*'], confirm: button}]"])
async def test_the_key_of_a_signed_address_is_neither_shown_nor_kept(
    redis: RedisClient, valkey: str, tmp_path: Path, typed: str, rules: str | None
) -> None:
    async with talking(valkey, tmp_path, rules) as chat:
        answer = await chat("jiwoo", typed, "shop")
        told = repr(answer)
        if rules is not None:
            ran = await chat.press("jiwoo", answer, "Confirm", "shop")
            told += repr(await chat.reply("jiwoo", ran, "shop", lambda message: message.tone is Tone.GOOD))
        assert "golden.img?***" in told and SECRET not in told
        assert SECRET not in (await dump(redis)).decode(errors="replace")
        assert all(SECRET not in repr(row) for row in await rows(chat.graph))
        said = next(entry.text for entry in await chat.entries("jiwoo", "shop") if entry.text)
        assert "https://images.test/golden.img?***" in said


async def test_a_room_does_not_keep_the_secret_options_that_were_typed_in_it(
    chat: Chatting, redis: RedisClient
) -> None:
    await chat("jiwoo", f"server create web-1 --image nope --user-data '{SECRET} x' --flavor m1.small", "shop")
    assert SECRET.encode() not in await dump(redis)
    said = [entry.text for entry in await chat.entries("jiwoo", "shop") if entry.text]
    assert said == ["server create web-1 --image nope --user-data *** --flavor m1.small"]


@pytest.mark.parametrize(("least", "ends"), [("-1", Tone.BAD), ("0", Tone.GOOD)])
async def test_the_key_of_an_address_that_was_filled_into_a_form_is_neither_shown_nor_kept(
    chat: Chatting, redis: RedisClient, least: str, ends: Tone
) -> None:
    async with forms_of(chat, "jiwoo", "shop") as offered:
        said = await chat.said("jiwoo", "image create", "shop")
        form = await asyncio.wait_for(offered.get(), 30)
        values = {"name": ["golden"], "address": [SIGNED], "minDisk": [least]}
        await fill(chat, "jiwoo", "filled-0001", form.id, values, "shop")
        answer = await chat.reply("jiwoo", said, "shop", lambda message: message.tone is ends)
        told = [offered.get_nowait() for _ in range(offered.qsize())]
    assert SECRET not in repr((answer, told))
    for again in told:  # as it was refused: what it does not hold any more is asked for
        field = next(each for each in again.fields if each.name == "address")
        assert (field.initial, "fill it in again" in field.hint) == ((), True)
    assert bool(told) is (ends is Tone.BAD)
    assert SECRET not in (await dump(redis)).decode(errors="replace")
    assert all(SECRET not in repr(row) for row in await rows(chat.graph))


DENIED = """
rules:
  - deny: [server.delete, server.show]
    channels: [console]
  - allow: ["*"]
"""


@pytest.mark.parametrize("text", ["server delete", "server show"])
async def test_what_is_denied_asks_for_nothing_and_lists_nothing(
    redis: RedisClient, valkey: str, tmp_path: Path, text: str
) -> None:
    async with talking(valkey, tmp_path, DENIED) as chat, forms_of(chat, "jiwoo", "shop") as forms:
        answer = await chat("jiwoo", text, "shop")
        assert "may not run" in shown(answer)
        assert forms.empty()
        row = (await rows(chat.graph))[0]
        assert (row["action"], row["result"], row["actorName"]) == (text.replace(" ", "."), "DENIED", "jiwoo")


async def test_a_question_that_the_graph_denies_is_an_audit_row(chat: Chatting) -> None:
    answer = await chat("haneul", "audit list --actor jiwoo", "shop")
    assert "Not allowed" in shown(answer)
    row = (await rows(chat.graph))[0]
    assert (row["action"], row["result"], row["actorName"]) == ("audit.list", "DENIED", "haneul")


async def test_a_room_shows_no_operation_of_another_project(chat: Chatting) -> None:
    done = await chat.graph.done("jiwoo", "serverRename", {"server": "talk-chat-1", "name": "secret-name"})
    for text in ("operation list", "operation list --all", f"operation show {done['id']}"):
        answer = shown(await chat("jiwoo", text, "shop"))
        assert done["id"] not in answer and "secret-name" not in answer, (text, answer)
    assert done["id"] in shown(await chat("jiwoo", "operation list", "talk"))
    assert done["id"] in shown(await chat("jiwoo", "operation list"))


async def test_nobody_approves_an_own_plan_by_another_account(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    rules = "rules: [{allow: [server.stop], confirm: none, approval: {role: member}}, {allow: ['*']}]"
    async with far_chat(valkey, tmp_path, rules=rules) as far:
        await far.link("jiwoo", "shop")
        await far.link("other", "shop", user="jiwoo")
        await far.say("jiwoo", "server stop shop-web-1")
        plan = await far.heard("post", "Plan")
        assert isinstance(plan.message, Message)
        await far.press("other", plan, "Approve")
        await far.heard("whisper", "somebody else approves")
        answer = await far.chat("jiwoo", button(plan.message, "Approve").command, "shop")  # on the console
        assert "somebody else approves" in shown(answer)
        assert await operations(far.graph) == []
        denied = [(row["action"], row["result"], row["actorName"]) for row in (await rows(far.graph))[:2]]
        assert denied == [("plan.approve", "DENIED", "jiwoo")] * 2


async def test_who_refused_is_told_by_the_name_that_the_cloud_knows(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    rules = "rules: [{allow: [server.stop], confirm: none, approval: {role: member}}, {allow: ['*']}]"
    async with far_chat(valkey, tmp_path, rules=rules) as far:
        await far.link("jiwoo", "talk")
        await far.link("operator", "talk", user="minsu")  # that is what minsu is called in chat
        await far.say("jiwoo", "server stop talk-chat-1")
        await far.press("operator", await far.heard("post", "Plan"), "Refuse")
        over = await far.heard("edit", "refused")
        assert isinstance(over.message, Message)
        assert "minsu refused" in over.message.summary
