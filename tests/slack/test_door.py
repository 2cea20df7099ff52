"""Over HTTP, only what Slack signed comes in."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.platforms.slack import door
from bot.platforms.slack.door import MAX_BODY
from resolvers.clock import Clock
from tests.slack.conftest import Connected, connected
from tests.slack.standin.delivery import signed

pytestmark = pytest.mark.anyio
COMMAND = {"command": "/cloud", "text": "server list", "team_id": "T1", "user_id": "U1", "channel_id": "C1"}


def command(it: Connected, trigger: str = "t1") -> tuple[bytes, str]:
    return it.slack.written("slash_commands", {**COMMAND, "trigger_id": trigger})


@pytest.mark.parametrize("wrong", ["secret", "none", "old", "future", "changed", "words", "letters", "long", "endless"])
async def test_a_forged_or_old_signature(http: Connected, wrong: str) -> None:
    body, kind = command(http)
    headers = {
        "secret": lambda: signed(body, "another-secret"),
        "none": lambda: dict[str, str](),
        "old": lambda: signed(body, at=time.time() - 301),
        "future": lambda: signed(body, at=time.time() + 400),
        "changed": lambda: signed(body + b"&x=1"),
        "words": lambda: signed(body) | {"x-slack-request-timestamp": "soon"},
        "letters": lambda: signed(body) | {"x-slack-signature": "v0=é"},
        "long": lambda: signed(body) | {"x-slack-request-timestamp": "1" * 400},
        "endless": lambda: signed(body) | {"x-slack-request-timestamp": "1" * 5_000},
    }[wrong]()
    ack = await http.slack.send(body, kind, headers)

    assert ack.status == 401
    assert http.inbox.received == []
    assert [(platform, reason) for platform, reason, _ in http.inbox.refused] == [("slack", "signature")]
    assert "xo" not in str(http.inbox.refused) and "v0=" not in str(http.inbox.refused)


async def test_our_clock_decides_what_is_old() -> None:
    class Later(Clock):
        def now(self) -> datetime:
            return datetime.fromtimestamp(time.time() + 400, UTC)

    async with connected("http", clock=Later()) as it:
        body, kind = command(it)
        assert (await it.slack.send(body, kind, signed(body))).status == 401
        assert (await it.slack.send(body, kind, signed(body, at=time.time() + 400))).status == 200
        assert it.inbox.texts == ["server list"]


async def test_a_replayed_request_does_nothing_and_is_told(http: Connected) -> None:
    body, kind = command(http)
    headers = signed(body)
    first, second = [await http.slack.send(body, kind, headers) for _ in range(2)]

    assert (first.status, second.status) == (200, 200)
    assert len(http.inbox.received) == 1
    [(platform, reason, facts)] = http.inbox.refused
    assert (platform, reason) == ("slack", "replayed")
    assert facts == {"id": http.inbox.received[0].id, "channel": "C1"}


async def test_a_repetition_that_slack_marks_is_no_replay(http: Connected) -> None:
    body, kind = command(http)
    await http.slack.send(body, kind, signed(body))
    await http.slack.send(body, kind, signed(body) | {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"})

    assert len(http.inbox.received) == 1 and http.inbox.refused == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"\xff\xfe", "application/json", 401),
        (b"{", "application/json", 400),
        (b"[" * 900_000, "application/json", 400),
        (b'{"a":' * 150_000, "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"payload=%7B", "application/x-www-form-urlencoded", 400),
        (b"x" * (MAX_BODY + 1), "application/x-www-form-urlencoded", 413),
        (b"", "application/json", 200),
        (b"a=1", "application/x-www-form-urlencoded", 200),
        (b'{"type": "event_callback", "event": {}}', "application/json", 200),
    ],
)
async def test_a_body_that_is_none_of_slacks(http: Connected, body: bytes, kind: str, status: int) -> None:
    headers = signed(body) if status in (200, 400) else {}
    ack = await http.slack.send(body, kind, headers)

    assert ack.status == status and http.inbox.received == []


@pytest.mark.parametrize("body", [b"[" * 900_000, b"a=1&" * 240_000, b"payload=%7B"])
async def test_nothing_is_parsed_that_is_not_signed(
    http: Connected, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parsed(*_: object, **__: object) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(door, "AsyncBoltRequest", parsed)
    ack = await http.slack.send(body, "application/x-www-form-urlencoded", {})
    assert ack.status == 401


async def test_a_body_that_does_not_come_is_not_waited_for(http: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silence() -> Any:
        await asyncio.Event().wait()

    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    monkeypatch.setattr(door, "BODY_SECONDS", 0.01)
    [mounted] = http.platform.mounts.values()
    await mounted({"type": "http", "method": "POST", "headers": []}, silence, send)
    assert sent[0]["status"] == 408


async def test_only_post(http: Connected) -> None:
    [mounted] = http.platform.mounts.values()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(mounted), base_url="http://bot") as client:
        response = await client.get("/slack/events")

    assert response.status_code == 405


async def test_socket_mode_mounts_nothing(socket: Connected) -> None:
    assert socket.platform.mounts == {}
    assert list((await _of_http()).keys()) == ["/slack/events"]


async def _of_http() -> dict[str, object]:
    async with connected("http") as it:
        return dict(it.platform.mounts)


async def test_a_stopped_bot_takes_nothing() -> None:
    async with connected("http") as it:
        await it.platform.stop()
        ack = await it.slack.send(*command(it), signed(command(it)[0]))

        assert ack.status == 200 and "nothing was done" in ack.text and it.inbox.received == []
