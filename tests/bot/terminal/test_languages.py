"""What `9rum chat` says itself, in the language of the person: chosen by the locale or by `--language`, in terminals and to scripts."""

from pathlib import Path
from typing import Any

import pytest

from tests.bot.terminal.examples import DONE, OPEN
from tests.bot.terminal.running import chat_here, in_terminal
from tests.bot.terminal.server import scripted
from tests.bot.terminal.test_interactive_forms import FORM

KOREAN = {"LANG": "ko_KR.UTF-8"}


async def test_a_korean_terminal_speaks_korean(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path, LANG="ko_KR.UTF-8") as terminal:

        async def answer(given: dict[str, Any]) -> None:
            await (it.ask(FORM, given["id"]) if "text" in given else it.say(DONE, given["thread"]))

        it.answer = answer
        await terminal.sees("jiwoo · 연결됨")
        terminal.type("/help\r")
        await terminal.sees("/quit     나가기. 실행 중인 작업은 계속됩니다")
        terminal.type("/room nowhere\r")
        await terminal.sees("nowhere 방이 없거나 들어갈 수 없습니다.")
        terminal.type("77\r")
        await terminal.sees("77번 버튼이 없습니다.")
        terminal.type("server create web-3\r")
        await terminal.sees("Ctrl-C로 양식 닫기")
        terminal.type("huge\r")
        await terminal.sees("'huge': 선택할 수 있는 항목이 아닙니다.")
        terminal.type("\x03")
        await terminal.sees("양식을 닫았습니다. 아무것도 보내지 않았습니다.")
        await it.lose_connections()
        await terminal.sees("게이트웨이가 연결을 끊었습니다. 다시 연결하고 있습니다.")
        await terminal.sees("다시 연결되었습니다.")
        terminal.type("\x03")
        await terminal.sees("나가려면 Ctrl-D를 누르거나 /quit")


async def test_the_language_is_chosen_by_an_option_whatever_the_locale(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path, "--language", "en", LANG="ko_KR.UTF-8") as terminal:
        await terminal.sees(OPEN)
        assert set(it.languages) == {"en"}


@pytest.mark.parametrize(
    ("arguments", "environment", "wrong"),
    [
        (["--room", "nowhere", "-c", "help"], KOREAN, "nowhere 방이 없거나 들어갈 수 없습니다. 들어갈 수 있는 방: direct, shop."),
        (["--yes"], {**KOREAN, "GURUM_PASSWORD": ""}, "여기서는 비밀번호 값을 물어볼 수 없습니다."),
        (["--language", "ko", "-c", "help", "--password-stdin"], {}, "비밀번호 값이 비어 있습니다."),
        (["--language", "en", "-c", "help", "--password-stdin"], KOREAN, "Nothing was given: the password is empty."),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_to_scripts_in_the_language(
    arguments: list[str], environment: dict[str, str], wrong: str
) -> None:
    async with scripted() as it:
        done = await chat_here(it.url, *arguments, typed=b"\n", environment=environment)
    assert (done.status, done.out) == (2, ""), done
    assert done.err.startswith(wrong) and done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            "ko_KR.UTF-8",
            ("사용법: 9rum chat", "옵션:", "답변과 터미널의 언어", "이 도움말을 보고 끝냅니다", "종료 상태"),
        ),
        (
            "C.UTF-8",
            ("usage: 9rum chat", "options:", "http://127.0.0.1:8080", "show this help and end", "exit status"),
        ),
    ],
)
async def test_the_help_of_the_program_is_in_the_language(locale: str, words: tuple[str, ...]) -> None:
    done = await chat_here("http://127.0.0.1:9", "--help", environment={"LANG": locale})
    assert done.status == 0
    assert [word for word in words if word not in done.out] == [], done.out
    assert "terminal." not in done.out


async def test_the_output_for_programs_is_the_same_in_every_language() -> None:
    outputs = []
    for language in ("en", "ko"):
        async with scripted() as it:

            async def answer(given: dict[str, Any], it: Any = it) -> None:
                await it.say(DONE, given["thread"])

            it.answer = answer
            for more in ([], ["--json"]):
                done = await chat_here(it.url, "--language", language, *more, "-c", "server list")
                outputs.append((done.status, done.out, done.err))
    assert outputs[:2] == outputs[2:]
    assert {status for status, _, _ in outputs} == {0}
