"""The small pure parts of `9rum chat`: what is typed, asked, completed, remembered, and read from a stream."""

import asyncio
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bot import texts
from bot.catalogue import Catalogue, ParameterSpec
from bot.messages import Choice, FieldKind, File, Form, FormField
from bot.terminal import commands, options
from bot.terminal.asking import Asking
from bot.terminal.cells import text_of_line, wrap
from bot.terminal.client import ChatError, checked
from bot.terminal.complete import CommandCompleter, Names, matching
from bot.terminal.files import save
from bot.terminal.history import KEPT, FileOfCommands
from bot.terminal.secret import carries_secret
from bot.terminal.sse import LONGEST, Events, EventTooLong
from gateway.__main__ import own_commands
from tests.bot.specs import ALL, SERVER_LIST, SERVER_SHOW

EN = texts.of("en")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1", commands.Press(1)),
        (":12", commands.Press(12)),
        ("/quit", commands.Own("quit")),
        ("/quit now", commands.Say("/quit now")),
        ("/room shop", commands.GoTo("shop")),
        ("/room", commands.Mistake("Name the room: /room NAME. /rooms shows them.")),
        (":save", commands.Save(None, None)),
        (":save 7", commands.Save(7, None)),
        (":save #7 a b.txt", commands.Save(7, "a b.txt")),
        (":save log.txt", commands.Save(None, "log.txt")),
        (":source 3", commands.ShowSource(3)),
        (":source it", commands.Mistake("Give the number of a message: :source 7.")),
        (":sauce", commands.Mistake(":sauce is none of :save, :source.")),
        ("/cloud server list", commands.Say("/cloud server list")),
        ("  server list ", commands.Say("server list")),
        ("9" * 5_000, commands.Mistake("There is no button with such a number.")),
        (f":save {'9' * 5_000}", commands.Save(None, "9" * 5_000)),
        (f":source {'9' * 5_000}", commands.Mistake("Give the number of a message: :source 7.")),
    ],
)
def test_what_the_terminal_does_itself_is_told_from_what_the_bot_gets(text: str, read: commands.Typed) -> None:
    assert commands.read(text, EN) == read


def asking(*fields: FormField) -> Asking:
    return Asking(Form(id="f", title="t", command="c", fields=fields, submit="Run"), "room", "thread", EN)


FLAVOR = FormField(
    name="flavor", label="Flavor", kind=FieldKind.CHOICE, required=True,
    choices=(Choice("f-1", "m1.small"), Choice("f-2", "m1.large"), Choice("f-3", "2"), Choice("f-4", "tiny")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "value"),
    [("f-2", "f-2"), ("m1.large", "f-2"), ("M1.S", "f-1"), ("2", "f-3"), ("4", "f-4"), ("ti", "f-4")],
)
def test_a_choice_is_its_value_its_label_the_beginning_of_one_or_its_number(typed: str, value: str) -> None:
    form = asking(FLAVOR)
    assert form.answer(typed) is None
    assert form.values == {"flavor": [value]}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (FLAVOR, "m1", "'m1' could be 2 of the choices; type more of it, or its number."),
        (FLAVOR, "9", "'9' is not one of the choices."),
        (FLAVOR, "\x1b[2J", "'�[2J' is not one of the choices."),
        (FLAVOR, "9" * 5_000, f"'{'9' * 5_000}' is not one of the choices."),
        (FLAVOR, " ", "Flavor is needed. Ctrl-C leaves the form."),
        (FLAVOR, ":send", "':send' is not one of the choices."),
        (FormField(name="n", label="N", kind=FieldKind.NUMBER), "3x", "N takes a number, such as 3."),
        (FormField(name="s", label="S", kind=FieldKind.SWITCH), "maybe", "S takes yes or no."),
    ],
)
def test_an_answer_that_can_not_be_right_is_asked_again(field: FormField, typed: str, sentence: str) -> None:
    form = asking(field)
    assert form.answer(typed) == sentence
    assert form.field is field
    assert form.values == {}


def test_needed_fields_come_first_and_the_rest_can_be_left() -> None:
    form = asking(
        FormField(name="public", label="Public", kind=FieldKind.SWITCH),
        FormField(name="count", label="Count", kind=FieldKind.NUMBER, initial=("1",), required=True),
        FormField(
            name="networks", label="Networks", kind=FieldKind.CHOICES, choices=(Choice("a", "A"), Choice("b", "B"))
        ),
        FLAVOR,
        FormField(name="data", label="Data", kind=FieldKind.LONG_TEXT),
    )
    assert form.answer("tiny") is None
    for typed in ("네", "", "a, B"):
        assert form.answer(typed) is None
    assert form.prompt == "Data (optional): "
    assert form.answer(":send") is None
    assert form.field is None
    assert form.values == {"count": ["1"], "flavor": ["f-4"], "public": ["true"], "networks": ["a", "b"]}


ROWS = {
    "rows": {"nodes": [{"id": "s-1", "name": "web-1"}, {"id": "s-2", "name": "web 2"}, {"id": "s-3", "name": "db"}]}
}


class Asked:
    """A graph that answers when `go` is set."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.count = 0

    async def __call__(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        self.count += 1
        await self.go.wait()
        return ROWS


async def offered(completer: CommandCompleter, typed: str, seconds: float = 0.0) -> list[str]:
    *before, word = typed.split(" ")
    return [option.text for option in matching(await completer.options(before, word, seconds), word)]


async def test_each_place_of_a_command_is_offered_what_fits_there() -> None:
    asked = Asked()
    asked.go.set()
    completer = CommandCompleter(Names(asked), commands.helps(EN), EN)
    completer.catalogue = Catalogue([SERVER_LIST, SERVER_SHOW])
    completer.own = {"help": "…", "whoami": "…"}
    completer.rooms = ["direct", "shop"]
    assert await offered(completer, "/ro") == ["/rooms", "/room"]
    assert await offered(completer, "/room s") == ["shop"]
    assert await offered(completer, ":s") == [":save", ":source"]
    assert await offered(completer, "s") == ["server"]
    assert await offered(completer, "who") == ["whoami"]
    assert await offered(completer, "help server l") == ["list"]
    assert await offered(completer, "server ") == ["list", "show"]
    assert (await offered(completer, "server list --"))[:3] == ["--name", "--status", "--locked"]
    assert "--status" not in await offered(completer, "server list --status ACTIVE --")
    assert await offered(completer, "server list --status e") == ["ERROR", "ACTIVE"]
    assert await offered(completer, "server list status=sh") == ["status=SHUTOFF"]
    assert await offered(completer, "server list --locked=") == ["--locked=true", "--locked=false"]
    assert await offered(completer, "server show w", 5.0) == ["web-1", '"web 2"']
    assert await offered(completer, "server show web-1 w") == []
    assert asked.count == 1, "names are kept for a moment"


async def test_what_is_offered_is_explained_in_the_persons_language() -> None:
    korean = texts.of("ko")
    completer = CommandCompleter(Names(Asked()), commands.helps(korean), korean)
    completer.catalogue = Catalogue([replace(SERVER_LIST, summary="Make a network.")])

    async def offered(typed: str) -> list[str]:
        found = completer.get_completions_async(Document(typed), CompleteEvent(text_inserted=True))
        return [each.display_meta_text async for each in found]

    assert await offered("server l") == ["네트워크를 만듭니다."]
    assert await offered("server list --expl") == ["실행하지 않고 GraphQL 문서만 보기"]
    assert await offered("/ro") == ["내가 들어 있는 방", "다른 방으로 가기: /room 이름"]


async def test_typing_never_waits_for_names_and_hears_when_they_come() -> None:
    asked, came = Asked(), asyncio.Event()
    completer = CommandCompleter(Names(asked, came.set), {}, EN)
    completer.catalogue = Catalogue([SERVER_SHOW])
    assert await offered(completer, "server show w") == []
    assert await offered(completer, "server show we") == []
    asked.go.set()
    await came.wait()
    assert await offered(completer, "server show we") == ["web-1", '"web 2"']
    assert asked.count == 1


async def test_a_graph_that_refuses_leaves_typing_alone() -> None:
    async def refuse(query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ChatError("no")

    completer = CommandCompleter(Names(refuse), {}, EN)
    completer.catalogue = Catalogue([SERVER_SHOW])
    assert await offered(completer, "server show w", 5.0) == []


def test_the_bots_own_commands_are_known_in_both_languages() -> None:
    assert own_commands("en")["whoami"] != own_commands("ko-KR")["whoami"]


@pytest.mark.parametrize(
    "text",
    [
        "server create x --user-data=hunter2",
        "server create x --user-data hunter2",
        "server create x userData=hunter2",
        "server create x —user-data hunter2",
        "login --password 'open",
        "volume-transfer accept t --key abc",
        "volume-transfer accept t abc",
        "note https://me:hunter2@example.org",
        "note password: hunter2",
        "note -----BEGIN OPENSSH PRIVATE KEY-----",
        "keypair create k 'ssh-ed25519 AAAA me'",
    ],
)
def test_a_command_that_carries_a_secret_is_not_written(text: str) -> None:
    spec = SERVER_SHOW.__class__(
        name="volumeTransfer.accept",
        parameters=(ParameterSpec("transfer", position=0), ParameterSpec("key", required=True)),
    )
    assert carries_secret(text, Catalogue([spec]))


@pytest.mark.parametrize("text", ["server list", "server create x --keypair mine", "search tokenizer", "it's", ""])
def test_ordinary_commands_are_written(text: str) -> None:
    assert not carries_secret(text, Catalogue(ALL))


def test_a_history_that_others_could_read_is_closed_and_a_long_one_is_shortened(tmp_path: Path) -> None:
    path = tmp_path / "9rum" / "history"
    path.parent.mkdir()
    path.write_text("".join(f"line {number}\n" for number in range(2 * KEPT + 1)))
    path.chmod(0o644)
    history = FileOfCommands(path, lambda text: False, EN)
    found = list(history.load_history_strings())
    assert (len(found), found[0]) == (KEPT, f"line {2 * KEPT}")
    history.store_string("two\nlines")
    assert path.read_text().splitlines()[-1] == "two lines"
    assert len(path.read_text().splitlines()) == KEPT + 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_history_that_can_not_be_kept_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = FileOfCommands(tmp_path / "file" / "history", lambda text: False, EN)
    history.store_string("server list")
    assert (history.told() or "").startswith(f"The history can not be kept in {tmp_path}/file/history: ")
    history.store_string("server list")
    assert history.told() is None


def test_a_history_takes_what_is_no_text(tmp_path: Path) -> None:
    history = FileOfCommands(tmp_path / "history", lambda text: False, EN)
    history.store_string("caf\udce9")
    assert history.told() is None
    assert (tmp_path / "history").read_text() == "caf?\n"


@pytest.mark.parametrize("path", ["~nosuchuser/x", "n" * 300, "\ud800", "a\0b", "missing/x"])
def test_a_place_that_can_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(tmp_path)
    done, sentence = save(File(name="log.txt", text="one\n"), path, EN)
    assert done is False
    assert "could not be written" in sentence
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_text_is_saved_as_far_as_it_is(tmp_path: Path) -> None:
    assert save(File(name="log.txt", text="one \ud800\n"), str(tmp_path), EN) == (True, f"Saved {tmp_path}/log.txt.")
    assert (tmp_path / "log.txt").read_bytes() == b"one ?\n"


def test_events_are_read_however_they_are_cut() -> None:
    stream = b': hello\n\nevent: ready\ndata: {}\n\nevent: entry\r\ndata: {"a":\r\ndata: "\xea\xb5\xac"}\r\n\r\nid: 7\n\ndata: x\n\n'
    for size in range(1, len(stream) + 1):
        events = Events()
        found = [event for start in range(0, len(stream), size) for event in events.feed(stream[start : start + size])]
        assert found == [("ready", "{}"), ("entry", '{"a":\n"구"}'), ("message", "x")]


def test_an_event_without_an_end_is_given_up() -> None:
    events = Events()
    with pytest.raises(EventTooLong):
        for _ in range(3):
            list(events.feed(b"x" * (LONGEST // 2)))


def test_the_languages_to_choose_from_are_those_of_the_texts() -> None:
    assert set(options.LANGUAGES) == set(texts.LANGUAGES)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko-KR"),
        ({"LC_ALL": "en_US", "LANG": "ko_KR"}, "en-US"),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "ko\r\nX: y"}, None),
        ({}, None),
    ],
)
def test_the_language_of_the_terminal_is_told(environment: dict[str, str], expected: str | None) -> None:
    assert options.language(environment) == expected


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://x", "http://", "http://me:pw@x", "http://x/?a=b", "http://[::1", "http://x:a"]
)
def test_an_address_that_can_not_be_right_is_refused(url: str) -> None:
    with pytest.raises(ChatError) as refused:
        checked(url, EN)
    assert refused.value.code == "INVALID"


def test_spaces_stay_and_words_are_not_broken_while_they_fit() -> None:
    assert [text_of_line(line) for line in wrap([("", "one two  three\n\nfour")], 9)] == [
        "one two",
        "three",
        "",
        "four",
    ]
