"""`9rum chat -c`: one final reply, and a status that a script can go by."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from bot.messages import (
    Button,
    Buttons,
    ButtonStyle,
    Choice,
    FieldKind,
    File,
    Form,
    FormField,
    Message,
    Progress,
    Source,
    Tone,
)
from bot.terminal.wire import Room
from tests.bot.terminal.running import SECONDS, chat, chat_here, started
from tests.bot.terminal.server import DIRECT, PASSWORD, SHOP, Scripted, error, page, scripted

CONFIRM = Buttons(
    (
        Button(label="Confirm", command="confirm 1a2b", style=ButtonStyle.DANGER),
        Button(label="Cancel", command="cancel 1a2b"),
    )
)


def replying(it: Scripted, *messages: Message) -> None:
    """The bot answers with the first message and edits it to the others."""

    async def answer(said: dict[str, Any]) -> None:
        entry = await it.say(messages[0], said["thread"], SHOP if said["room"] == SHOP.id else DIRECT)
        for message in messages[1:]:
            await asyncio.sleep(0.05)
            entry = await it.edit(entry, message)

    it.answer = answer


async def test_the_final_reply_is_printed_and_the_session_ended(tmp_path: Path) -> None:
    async with scripted() as it:
        replying(it, *(Message(summary=f"{share} %", tone=Tone.WAIT) for share in (0, 50)), Message(summary="Done."))
        done = await chat(it.url, tmp_path, "-c", "server create web-3")
        assert (done.status, done.out, done.err) == (0, "Done.\n", "")
        assert [said["text"] for said in it.posted] == ["server create web-3"]
        assert not it.signed_in


async def test_no_wait_prints_the_first_reply_and_leaves_the_session() -> None:
    async with scripted() as it:
        replying(it, Message(summary="It runs.", blocks=(Progress(share=0.1),), tone=Tone.WAIT))
        done = await chat_here(it.url, "--no-wait", "-c", "server create web-3")
        assert (done.status, done.out.split()[-1]) == (0, "10%")
        assert it.signed_in, "what runs still works with the session's token"


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (Message(summary="This deletes web-1.", blocks=(CONFIRM,), tone=Tone.WARN), 3),
        (Message(summary="There is no server web-9.", tone=Tone.BAD), 1),
        (Message(summary="web-1 is deleted.", tone=Tone.WAIT, source=Source(command="server delete web-1")), 0),
    ],
)
async def test_no_wait_passes_over_the_word_that_an_answer_is_coming(message: Message, status: int) -> None:
    async with scripted() as it:
        replying(it, Message(summary="Working on it …", tone=Tone.WAIT), message)
        done = await chat_here(it.url, "--no-wait", "-c", "server delete web-1")
        assert (done.status, done.out.splitlines()[0]) == (status, message.summary)


async def test_a_bad_reply_is_status_1_and_ends_the_run() -> None:
    async with scripted() as it:
        replying(it, Message(summary="There is no server web-9.", tone=Tone.BAD))
        done = await chat_here(it.url, "-c", "server stop web-9", "-c", "server delete web-1")
        assert (done.status, done.out) == (1, "There is no server web-9.\n")
        assert len(it.posted) == 1


async def test_a_plan_waits_for_somebody_unless_yes_is_said() -> None:
    async with scripted() as it:
        plan = Message(summary="This deletes web-1.", blocks=(CONFIRM,), tone=Tone.WARN)

        async def answer(said: dict[str, Any]) -> None:
            if "button" in said:
                entry = await it.edit(it.entries[said["message"]], Message(summary="Confirmed.", tone=Tone.WAIT))
                await it.edit(entry, Message(summary="web-1 is deleted.", tone=Tone.GOOD))
            else:
                await it.say(plan, said["thread"])

        it.answer = answer
        shown = await chat_here(it.url, "-c", "server delete web-1")
        assert (shown.status, shown.out.splitlines()[0]) == (3, "This deletes web-1.")
        assert "[Confirm] confirm 1a2b" in shown.out
        assert not [said for said in it.posted if "button" in said]
        done = await chat_here(it.url, "--yes", "-c", "server delete web-1")
        assert (done.status, done.out) == (0, "web-1 is deleted.\n")
        assert [said["button"] for said in it.posted if "button" in said] == ["confirm 1a2b"]


@pytest.mark.parametrize("room", [DIRECT, SHOP], ids=["here", "in another room"])
async def test_a_confirmation_that_is_typed_is_answered_by_the_plan_itself(room: Room) -> None:
    async with scripted() as it:
        plan = await it.say(Message(summary="Delete?", blocks=(CONFIRM,), tone=Tone.WARN), "said-before", room)

        async def answer(said: dict[str, Any]) -> None:
            entry = await it.edit(plan, Message(summary="Confirmed.", tone=Tone.WAIT), said["id"])
            await it.edit(entry, Message(summary="web-1 is deleted.", tone=Tone.GOOD))

        it.answer = answer
        done = await chat_here(it.url, "-c", "confirm 1a2b web-1")
        assert (done.status, done.out, done.err) == (0, "web-1 is deleted.\n", "")
        assert not it.signed_in


async def test_json_prints_the_neutral_message() -> None:
    async with scripted() as it:
        replying(it, Message(summary="구름", blocks=(CONFIRM,)))
        done = await chat_here(it.url, "--json", "-c", "whoami")
        message = json.loads(done.out)
        assert message["summary"] == "구름"
        assert message["blocks"][0]["buttons"][1]["command"] == "cancel 1a2b"


async def test_a_file_can_be_piped_on() -> None:
    async with scripted() as it:
        replying(it, Message(summary="57 lines", file=File(name="console.log", text="one\ntwo")))
        done = await chat_here(it.url, "-c", "server log web-1")
        assert done.out == "one\ntwo\n"
        assert done.err == "57 lines\nfile: console.log, 7 B\n"


async def test_a_form_is_told_as_what_is_missing() -> None:
    async with scripted() as it:
        fields = (
            FormField(
                name="flavor", label="Flavor", kind=FieldKind.CHOICE, required=True, choices=(Choice("f", "m1"),)
            ),
            FormField(name="count", label="Count"),
        )
        form = Form(id="f1", title="server create", command="server create x", fields=fields, submit="Run")

        async def answer(said: dict[str, Any]) -> None:
            await it.ask(form, said["id"])

        it.answer = answer
        done = await chat_here(it.url, "-c", "server create x")
        assert (done.status, done.out) == (3, "")
        assert done.err == "server create: give what is missing in the command.\n  Flavor: m1\n"
        assert not it.signed_in


async def test_a_form_that_somebody_else_asked_for_is_not_waited_for() -> None:
    async with scripted() as it:
        form = Form(id="f1", title="server create", command="server create x", fields=(), submit="Run")

        async def answer(said: dict[str, Any]) -> None:
            await it.ask(form, "said-on-a-page")
            await asyncio.sleep(0.05)
            await it.say(Message(summary="web-1 is ACTIVE."), said["thread"])

        it.answer = answer
        done = await chat_here(it.url, "-c", "server show web-1")
        assert (done.status, done.out, done.err) == (0, "web-1 is ACTIVE.\n", "")


async def test_a_form_of_an_older_gateway_is_taken_for_the_commands_own() -> None:
    async with scripted() as it:
        form = Form(id="f1", title="server create", command="server create x", fields=(), submit="Run")

        async def answer(said: dict[str, Any]) -> None:
            await it.ask(form, None)

        it.answer = answer
        done = await chat_here(it.url, "-c", "server create x")
        assert (done.status, done.err) == (3, "server create: give what is missing in the command.\n")


async def test_commands_are_read_from_a_pipe_and_the_password_before_them(tmp_path: Path) -> None:
    async with scripted() as it:
        replying(it, Message(summary="Yes."))
        typed = f"{PASSWORD}\nserver list\n\n# not this\nwhoami\n"
        done = await chat(it.url, tmp_path, "--password-stdin", "--room", "shop", typed=typed, GURUM_PASSWORD="wrong")
        assert (done.status, done.out) == (0, "Yes.\nYes.\n")
        assert [(said["text"], said["room"]) for said in it.posted] == [("server list", SHOP.id), ("whoami", SHOP.id)]


async def test_an_application_credential_signs_in_and_the_language_is_told() -> None:
    async with scripted() as it:
        replying(it, Message(summary="네."))
        done = await chat_here(
            it.url, "--credential", "c1", "-c", "whoami", user=None, environment={"LANG": "ko_KR.UTF-8"}
        )
        assert done.status == 0, done.err
        assert it.sign_ins == [{"application_credential_id": "c1", "secret": PASSWORD}]
        assert set(it.languages) == {"ko-KR"}


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["-c", "help"], {"GURUM_PASSWORD": "wrong"}, "The user or the password is wrong."),
        (["-c", "help"], {"GURUM_PASSWORD": ""}, "Nobody can be asked for the password here"),
        (["-c", "help", "--credential", "c"], {}, "leave out --user, --domain, --project"),
        (["-c", "help", "--token"], {"GURUM_TOKEN": "t"}, "leave out --user, --domain, --project, --credential"),
        (["-c", "help", "--room", "attic"], {}, "There is no room attic, or it is not yours. Yours: direct, shop."),
        (["-c", "help", "--url", "ftp://x"], {}, "is not an address such as"),
        (["-c", "help", "--timeout", "0"], {}, "give seconds between 0 and 86400"),
    ],
)
async def test_wrong_usage_and_sign_in_are_status_2(
    arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    async with scripted() as it:
        done = await chat_here(it.url, *arguments, environment=environment)
        assert done.status == 2, done
        assert sentence in done.err
        assert "Traceback" not in done.err
        assert "wrong" not in done.err.replace("is wrong", ""), "the password is not repeated"
        assert not it.posted
        assert not it.signed_in


async def test_the_address_is_looked_at_before_the_password_is_asked_for() -> None:
    nobody = {"GURUM_PASSWORD": ""}
    wrong = await chat_here("http://[::1", "-c", "help", environment=nobody)
    assert (wrong.status, wrong.err.count("is not an address such as")) == (2, 1)
    open_to_all = await chat_here("http://gateway.invalid", "-c", "help", environment=nobody)
    first, second = open_to_all.err.splitlines()
    assert first == "http://gateway.invalid is not encrypted: others on the way can read the password."
    assert second.startswith("Nobody can be asked for the password here")


async def test_a_token_that_nobody_gives_is_asked_for_by_its_name() -> None:
    asked = await chat_here("http://gateway.invalid", "-c", "help", "--token", user=None)
    first, second = asked.err.splitlines()
    assert first.endswith("others on the way can read the token.")
    assert second == "Nobody can be asked for the token here: set GURUM_TOKEN, or give it with --password-stdin."
    assert asked.status == 2


async def test_an_input_that_is_not_utf_8_is_said() -> None:
    async with scripted() as it:
        done = await chat_here(it.url, typed=b"server show caf\xe9\n")
        assert (done.status, done.err) == (2, "The input is not UTF-8 text.\n")
        assert not it.posted
        assert not it.signed_in


async def test_a_gateway_that_is_away_is_one_sentence() -> None:
    done = await chat_here("http://127.0.0.1:1", "-c", "help")
    assert done.status == 1
    assert done.err.startswith("http://127.0.0.1:1 can not be reached: ")
    assert len(done.err.splitlines()) == 1


async def test_an_address_that_is_no_gateway_is_said() -> None:
    async with scripted() as it:
        it.refuse["/session"] = [page("Bad Gateway", 502)]
        done = await chat_here(it.url, "-c", "help")
        assert done.status == 1
        assert done.err.endswith("answered 502, and not as 9rum does. Is it a 9rum gateway?\n")
        it.refuse["/chat/rooms"] = [page("Welcome", 200)]
        done = await chat_here(it.url, "-c", "help")
        assert done.status == 1
        assert done.err.endswith("/chat/rooms did not answer as 9rum does. Is it a 9rum gateway?\n")
        assert not it.signed_in, "no session is left behind"


async def test_a_lost_connection_is_made_again_and_the_reply_is_not_lost() -> None:
    async with scripted() as it:

        async def answer(said: dict[str, Any]) -> None:
            entry = await it.say(Message(summary="It runs.", tone=Tone.WAIT), said["thread"])
            await it.lose_connections()
            await it.nobody_listens()
            await it.edit(entry, Message(summary="Done.", tone=Tone.GOOD))  # while nobody listens

        it.answer = answer
        done = await chat_here(it.url, "-c", "server create web-3")
        assert (done.status, done.out) == (0, "Done.\n")
        assert done.err.splitlines() == ["The gateway ended the connection. Trying again.", "Connected again."]
        (reply,) = [entry for entry in it.entries.values() if entry.message is not None]
        assert it.asked_after == [repr(it.at), repr(reply.at)]


@pytest.mark.parametrize("told", [True, False])
async def test_a_reply_is_not_lost_with_a_connection_on_which_nothing_came_yet(told: bool) -> None:
    async with scripted() as it:
        it.older = not told

        async def hears(said: dict[str, Any]) -> None:
            await it.lose_connections()
            await it.nobody_listens()

        async def answer(said: dict[str, Any]) -> None:
            if not told:
                await it.somebody_listens()
            await it.say(Message(summary="Done.", tone=Tone.GOOD), said["thread"])

        it.hears, it.answer = hears, answer
        done = await chat_here(it.url, "-c", "server create web-3")
        assert (done.status, done.out) == (0, "Done.\n")
        assert it.asked_after == [repr(it.at)] * 2 if told else [None, None]


async def test_a_session_that_ends_while_waiting_is_said() -> None:
    async with scripted() as it:

        async def answer(said: dict[str, Any]) -> None:
            await it.say(Message(summary="It runs.", tone=Tone.WAIT), said["thread"])
            it.signed_in = False
            await it.lose_connections()

        it.answer = answer
        done = await chat_here(it.url, "-c", "server create web-3")
        assert done.status == 2
        assert done.err.endswith("Sign in to see the conversation.\n")


async def test_a_reply_that_never_settles_ends_by_the_timeout() -> None:
    async with scripted() as it:
        replying(it, Message(summary="It runs.", tone=Tone.WAIT))
        done = await chat_here(it.url, "--timeout", "0.5", "-c", "server create web-3")
        assert (done.status, done.out) == (1, "")
        assert done.err == "No final reply within 0.5 s; it may go on.\n"
        assert it.signed_in


@pytest.mark.parametrize("taken", [True, False])
async def test_ctrl_c_leaves_the_session_to_what_was_said(tmp_path: Path, taken: bool) -> None:
    async with scripted() as it, started(it.url, tmp_path) as process:
        assert process.stdin is not None
        if taken:
            process.stdin.write(b"server create web-3\n")
            await it.heard(1)
        else:
            await it.somebody_listens()
        process.send_signal(signal.SIGINT)
        process.stdin.close()  # it reads the next command
        assert await asyncio.wait_for(process.wait(), SECONDS) == 130
        assert it.signed_in is taken


async def test_an_error_on_the_way_ends_the_session() -> None:
    async with scripted() as it:
        it.refuse[f"/chat/rooms/{DIRECT.id}/messages"] = [error("Too long.", "INVALID", 413)]
        done = await chat_here(it.url, "-c", "server list")
        assert (done.status, done.err) == (2, "Too long.\n")
        assert not it.signed_in


async def test_what_a_plan_in_another_room_tells_counts_more_than_the_word_where_it_is() -> None:
    async with scripted() as it:
        plan = await it.say(Message(summary="Stop?", blocks=(CONFIRM,), tone=Tone.WARN), "said-before", SHOP)

        async def answer(said: dict[str, Any]) -> None:
            await it.edit(plan, Message(summary="It failed.", tone=Tone.BAD), said["id"])
            await it.say(Message(summary="Confirmed: its plan in shop tells."), said["id"])

        it.answer = answer
        done = await chat_here(it.url, "-c", "confirm 1a2b web-1")
        assert (done.status, done.out) == (1, "It failed.\n")


@pytest.mark.parametrize(("tone", "status"), [(Tone.INFO, 0), (Tone.WARN, 1)])
async def test_a_plan_that_can_not_be_seen_from_here_is_answered_shortly(tone: Tone, status: int) -> None:
    async with scripted() as it:
        replying(it, Message(summary="Its plan in C1 (slack) tells.", tone=tone))
        done = await chat_here(it.url, "-c", "approve 1a2b")
        assert (done.status, done.out) == (status, "Its plan in C1 (slack) tells.\n")
        assert not it.signed_in
