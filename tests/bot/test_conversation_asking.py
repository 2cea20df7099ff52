"""What is missing is asked for, what is unclear is offered, and what can not be right gets one sentence, an audit row, and no execution."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.messages import FieldKind, Form, Tone
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, buttons, shown
from tests.bot.far_chat import LINKED, far_chat
from tests.bot.recording import RecordingPlatform
from tests.bot.talking import fill, forms_of, operations, rows, status, talking, waits
from tests.polling import eventually


async def form_for(chat: Chatting, text: str, said: str | None = None) -> tuple[str, Form]:
    async with forms_of(chat, "jiwoo") as offered:
        said = await chat.said("jiwoo", text, said_id=said)
        return said, await offered.get()


async def test_what_is_missing_is_asked_by_a_form_with_choices_of_the_graph(chat: Chatting) -> None:
    said, form = await form_for(chat, "server create web-9 --project shop")
    fields = {field.name: field for field in form.fields}
    assert fields["flavor"].required
    assert "m1.small" in [choice.value for choice in fields["flavor"].choices]
    assert await chat.under("jiwoo", said) == []
    values = {"flavor": ["m1.small"], "image": ["ubuntu-24.04"], "networks": ["shop-net"]}
    await fill(chat, "jiwoo", "filled-1", form.id, {name: values[name] for name in values if name in fields})
    done = await chat.reply("jiwoo", said)
    assert (done.summary.startswith("server create web-9 is done"), done.tone) == (True, Tone.GOOD), shown(done)
    assert [each["action"] for each in await operations(chat.graph)] == ["server.create"]


async def test_a_list_that_a_form_can_not_hold_is_typed_with_its_true_number(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    platform = RecordingPlatform(capabilities=replace(LINKED, max_choices=3))
    async with far_chat(valkey, tmp_path, platform) as far:
        await far.link("jiwoo", "shop")
        await far.say("jiwoo", "server stop", trigger="now")

        async def asked() -> Form | None:
            return next((each.message for each in platform.said if isinstance(each.message, Form)), None)

        (field,) = (await eventually(asked, "a form")).fields
        seen = await far.graph.data("haneul", "{ servers { totalCount } }")  # who sees the servers of the shop alone
        count = seen["servers"]["totalCount"]
        assert (field.kind, field.choices) == (FieldKind.TEXT, ())
        assert count > 3 and f"There are {count};" in field.hint


@pytest.mark.parametrize(("rule", "listed"), [("server.show", True), ("server.list", False)])
async def test_a_form_lists_what_may_be_listed_here(
    redis: RedisClient, valkey: str, tmp_path: Path, rule: str, listed: bool
) -> None:
    rules = f"rules: [{{deny: [{rule}], channels: [console]}}, {{allow: ['*']}}]"
    async with talking(valkey, tmp_path, rules) as chat:
        _, form = await form_for(chat, "server stop")
        assert ("shop-web-1" in repr(form)) is listed
        assert await rows(chat.graph) == []


async def test_a_form_sent_twice_runs_once(chat: Chatting) -> None:
    said, form = await form_for(chat, "server rename shop-web-1")
    await fill(chat, "jiwoo", "filled-1", form.id, {"name": ["renamed"]})
    await waits(chat, "jiwoo", said, "is done")
    await fill(chat, "jiwoo", "filled-2", form.id, {"name": ["renamed-again"]})
    await waits(chat, "jiwoo", said, "was sent already")
    assert len(await operations(chat.graph)) == 1
    assert (await rows(chat.graph))[0]["error"] == "CONFLICT"
    assert await status(chat.graph, "renamed") == "ACTIVE"


async def test_the_form_of_another_person_is_refused(chat: Chatting) -> None:
    _, form = await form_for(chat, "server rename shop-web-1")
    await fill(chat, "operator", "filled-1", form.id, {"name": ["stolen"]})

    async def refused() -> bool:
        return any("somebody else" in shown(each.message) for each in await chat.entries("operator") if each.message)

    await eventually(refused, "the other person is told")
    assert (await rows(chat.graph))[0]["result"] == "DENIED"
    assert await operations(chat.graph) == []


async def test_a_form_that_nobody_opened_is_refused(chat: Chatting) -> None:
    await fill(chat, "jiwoo", "filled-1", "0badf00d", {"name": ["x"]})

    async def refused() -> bool:
        return any("too old" in shown(each.message) for each in await chat.entries("jiwoo") if each.message)

    await eventually(refused, "the person is told")
    assert await operations(chat.graph) == []


async def test_an_ambiguous_name_is_offered_by_buttons(chat: Chatting) -> None:
    for project in ("shop", "talk"):
        await chat.graph.done("operator", "securityGroupCreate", {"name": "twin", "project": project})
    said = await chat.said("jiwoo", "security-group show twin")
    choice = await chat.reply("jiwoo", said)
    assert len(buttons(choice)) == 2
    await chat.press("jiwoo", choice, "twin")
    card = await chat.reply("jiwoo", said, wanted=lambda message: message.tone is Tone.INFO)
    assert "twin" in shown(card)


async def test_a_project_that_is_not_ones_own_is_refused_with_a_hint(chat: Chatting) -> None:
    answer = await chat("jiwoo", "server list --project nope")
    assert "`nope`" not in answer.summary
    assert "nope" in answer.summary
    assert (await rows(chat.graph))[0]["result"] == "REFUSED"


async def test_the_project_of_a_place_is_chosen_told_and_forgotten(chat: Chatting) -> None:
    assert "No project" in (await chat("jiwoo", "use project")).summary
    assert "talk" in (await chat("jiwoo", "use project talk")).summary
    assert "talk" in (await chat("jiwoo", "use project")).summary
    listed = shown(await chat("jiwoo", "server list --first 100"))
    assert "talk-chat-1" in listed
    assert "shop-web-1" not in listed
    assert "shop-web-1" in shown(await chat("jiwoo", "server list --first 100 --project shop"))
    await chat("jiwoo", "use project -")
    assert "shop-web-1" in shown(await chat("jiwoo", "server list --first 100"))


async def test_pages_turn_in_their_message(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server list --first 5")
    first = await waits(chat, "jiwoo", said, "5 of")
    await chat.press("jiwoo", first, "More")
    second = await chat.reply("jiwoo", said, wanted=lambda message: message != first and "5 of" in message.summary)
    assert shown(second) != shown(first)
    assert len(await chat.under("jiwoo", said)) == 1


BAD = [
    ("", "no command"),
    ("server list " + "x" * 40_000, "characters"),
    ('server show "web', "quote"),
    ("serwer list", "know no command"),
    ("server lisst", "Did you mean"),
    ("server list --colour red", "no option"),
    ("server stop shop-web-1 --cloud krane", "server stop has no option --cloud"),
    ("server list --first many", "whole number"),
    ("server list --first 1 --first 2", "twice"),
    ("server show web\x07", "control character"),
    ("server show ab\u202ecd", "reading direction"),
    ("confirm 12345678", "too old"),
    ("approve 12345678", "too old"),
    ("confirm", "which plan"),
    ("undo", "which operation"),
    ("use planet mars", "use project NAME"),
    ("language tlh", "do not speak"),
    ("audit replay", "which row"),
]


@pytest.mark.parametrize(("text", "words"), BAD, ids=[words for _, words in BAD])
async def test_bad_input_gets_one_sentence_a_row_and_nothing_else(chat: Chatting, text: str, words: str) -> None:
    said = await chat.said("jiwoo", text)
    answer = await chat.reply("jiwoo", said)
    assert words in shown(answer)
    assert len(await chat.under("jiwoo", said)) == 1
    row = (await rows(chat.graph))[0]
    assert (row["result"], row["error"], row["said"]) == ("REFUSED", "INVALID", said)
    assert len(str(row["input"])) < 600
    assert await operations(chat.graph) == []


async def test_secrets_that_were_typed_are_in_no_row_and_no_message(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server create x --user-data hunter2 --bogus 1")
    answer = await chat.reply("jiwoo", said)
    assert "hunter2" not in str(answer)
    assert "hunter2" not in str(await rows(chat.graph))


async def test_help_differs_with_rights(chat: Chatting) -> None:
    texts = [shown(await chat(who, "help")) for who in ("jiwoo", "haneul", "operator")]
    assert len(set(texts)) == 3
    assert "server-group: create" in texts[0]
    assert "server-group: list, show" in texts[1]
    assert "know no command" in shown(await chat("jiwoo", "help serwer"))
    assert "--flavor" in shown(await chat("jiwoo", "help server create"))
    assert "Usage" in shown(await chat("jiwoo", "server create --help"))
    assert "server start" in shown(await chat("jiwoo", "server"))


async def test_answers_come_in_the_language_of_the_person(chat: Chatting) -> None:
    assert "한국어 (ko)" in (await chat("jiwoo", "language 한국어")).summary
    assert "English (en), 한국어 (ko)" in (await chat("jiwoo", "language")).summary
    korean = await chat("jiwoo", "confirm")
    assert korean.summary.startswith("어느 실행 계획")
    assert "which plan" in (await chat("haneul", "confirm")).summary
    await chat("jiwoo", "language -")
    assert "which plan" in (await chat("jiwoo", "confirm")).summary


async def test_the_slash_command_itself_is_no_word_of_it(chat: Chatting) -> None:
    assert "9rum" in (await chat("jiwoo", "/cloud version")).summary
    assert "server" in (await chat("jiwoo", "/cloud vm list")).summary
    assert [each for each in buttons(await chat("jiwoo", "vm lisst")) if each.label == "server list"]


async def test_what_was_meant_by_a_mistyped_command_is_one_press_away(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "list servers --project shop")
    await chat.press("jiwoo", await chat.reply("jiwoo", said), "server list --project shop")
    listed = await waits(chat, "jiwoo", said, "server list: ")
    assert "shop-web-1" in shown(listed)
    secret = await chat("jiwoo", "serwer create x --user-data hunter2")
    assert "hunter2" not in repr(secret) and all(each.command.startswith("help ") for each in buttons(secret))


async def test_what_is_not_found_is_listed_by_a_button(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server show nowhere")
    answer = await chat.reply("jiwoo", said)
    assert "server list shows what there is" in shown(answer)
    await chat.press("jiwoo", answer, "server list")
    await waits(chat, "jiwoo", said, "server list: ")


async def test_a_korean_name_of_a_command_finds_it(chat: Chatting) -> None:
    await chat("jiwoo", "language ko")
    assert [each.command for each in buttons(await chat("jiwoo", "서버 목록"))] == ["server list"]


@pytest.mark.parametrize("text", ["?", "도움말"])
async def test_help_is_found_by_whoever_looks_for_it(chat: Chatting, text: str) -> None:
    assert "server" in shown(await chat("jiwoo", text))
    assert [each.command for each in buttons(await chat("jiwoo", "hello"))] == ["help"]


async def test_the_help_of_a_noun_offers_what_one_does_first(chat: Chatting) -> None:
    offered = [(each.label, each.command) for each in buttons(await chat("jiwoo", "server"))]
    assert offered == [(name, name) for name in ("server list", "server show", "server create")]
    run_by_no_button = {each.label: each.command for each in buttons(await chat("jiwoo", "floating-ip"))}
    assert run_by_no_button["floating-ip create"] == "help floating-ip create"


async def test_a_form_asks_for_a_thing_by_what_it_is(chat: Chatting) -> None:
    _, form = await form_for(chat, "server show")
    assert [field.label for field in form.fields] == ["Server"]
