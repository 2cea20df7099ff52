"""Whoever reads Korean reads Korean at the doors of the page as well: signing in, linking, the rooms."""

import httpx
import pytest

from tests.running import Running

KOREAN = {"accept-language": "ko-KR,ko;q=0.9,en;q=0.8"}


def message(response: httpx.Response) -> str:
    return str(response.json()["errors"][0]["message"])


@pytest.mark.parametrize(
    ("method", "path", "given", "told"),
    [
        ("POST", "/session", {"user": "jiwoo", "password": "wrong"}, "비밀번호"),
        ("GET", "/session", None, "로그인되어 있지 않습니다."),
        ("POST", "/chat/link/look", {"secret": "x" * 43}, "채팅 계정을 연결하려면 로그인하세요."),
        ("GET", "/chat/rooms", None, "대화를 보려면 로그인하세요."),
        ("GET", "/chat/events", None, "대화를 보려면 로그인하세요."),
    ],
)
async def test_a_refusal_is_read_in_the_readers_language(
    graph: Running, method: str, path: str, given: dict[str, str] | None, told: str
) -> None:
    accept = {"accept": "text/event-stream" if path.endswith("events") else "application/json"}
    korean = await graph.http.request(method, path, json=given, headers={**accept, **KOREAN})
    english = await graph.http.request(method, path, json=given, headers=accept)
    assert korean.status_code == english.status_code >= 400
    assert told in message(korean)
    assert message(english).isascii()


async def test_a_room_that_is_not_there_is_told_in_korean(graph: Running) -> None:
    headers = {"x-auth-token": await graph.token("jiwoo"), **KOREAN}
    answer = await graph.http.get("/chat/rooms/nope/messages", headers=headers)
    assert message(answer) == "그런 방이 없거나 들어갈 수 없는 방입니다."
