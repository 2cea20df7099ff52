"""A conversation with somebody whose language is Korean: what the graph says is read in Korean, names, states and commands stay."""

import re
from collections.abc import AsyncIterator

import pytest

from bot import texts
from bot.forms import label_of
from bot.messages import Message
from tests.bot.chatting import Chatting, button, shown
from tests.bot.talking import waits
from tests.running import Running

HANGUL = re.compile("[가-힣]")
SAME = re.compile(r"[A-Z]*|vCPUs|RAM \(MiB\)")
# Three plain words in a row: English that nobody translated. Commands, options, names and ids have other signs in them.
ENGLISH = re.compile(r"(?<![\w-])[A-Za-z]{2,}( [a-z]{2,}){2,}(?![\w-])")


@pytest.fixture
async def chat(graph: Running) -> AsyncIterator[Chatting]:
    yield Chatting(graph, "ko-KR")


def korean(message: Message) -> str:
    """All of the message; a failure when a line of it is English."""
    text = shown(message)
    assert [line for line in text.splitlines() if ENGLISH.search(line)] == []
    return text


async def test_every_command_and_parameter_and_column_is_explained_in_korean(graph: Running) -> None:
    query = "{ commands { name summary columns { title } parameters { name help } } }"
    commands = (await graph.data("operator", query))["commands"]
    said = texts.of("ko")
    explained = [
        (each["name"], text)
        for each in commands
        for text in (each["summary"], *(parameter["help"] for parameter in each["parameters"]))
    ]
    assert len(explained) > 400
    assert [one for one in explained if not HANGUL.search(said.sentence(one[1]))] == []
    titles = {column["title"] for each in commands for column in each["columns"]}
    assert [each for each in titles if not SAME.fullmatch(each) and not HANGUL.search(said.word(each))] == []


async def test_every_field_of_a_form_has_a_korean_label(graph: Running) -> None:
    commands = (await graph.data("operator", "{ commands { kind parameters { name } } }"))["commands"]
    names = {one["name"] for each in commands if each["kind"] == "CHANGE" for one in each["parameters"]}
    labels = {name: texts.of("ko").label(label_of(name)) for name in names}
    same = re.compile(r"[A-Z]+|RAM \(MiB\)")
    assert {name: label for name, label in labels.items() if not (HANGUL.search(label) or same.fullmatch(label))} == {}
    assert set(texts.LABELS["ko"]) <= {label_of(name) for name in names}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("server start shop-web-1", "shop-web-1 서버의 상태가 ACTIVE입니다."),
        ("server delete nothere", "서버 목록에 nothere 이름이 없습니다."),
        ("network delete shop-net", "shop-net 네트워크에 사용 중인 포트가"),
        ("server rename shop-web-1 shop-web-1", "이미 shop-web-1 이름을 쓰고 있습니다."),
        ("audit list", "감사 로그는 클라우드 운영자가 볼 수 있습니다."),
        ("server list --first 1", "이름 | 상태 | 플레이버"),
        ("server show shop-web-1", "보안 그룹: web, ssh"),
        ("help server resize", "서버의 이름 또는 ID."),
    ],
)
async def test_what_the_graph_answers_is_read_in_korean(chat: Chatting, text: str, told: str) -> None:
    assert told in korean(await chat("jiwoo", text, "shop"))


async def test_a_plan_its_warnings_and_the_steps_of_its_operation_are_read_in_korean(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
    plan = await waits(chat, "jiwoo", said, "실행 계획", "shop")
    assert "멈춰 있는 동안 shop-web-1 서버가 응답하지 않습니다." in korean(plan)
    await chat.press("jiwoo", plan, "확인", "shop")
    done = await waits(chat, "jiwoo", said, "완료했습니다", "shop")
    assert "server stop shop-web-1" in korean(done)
    assert button(done, "되돌리기")
