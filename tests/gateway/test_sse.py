"""Server-Sent Events over a real socket: one operation per request, as the distinct-connections mode of graphql-sse has it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from tests.gateway import graph
from tests.gateway.server import SECONDS, Live, serving, until

EVENTS = {"accept": "text/event-stream"}
SIGNED_IN = {**EVENTS, "x-auth-token": graph.ALICE}


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


class Stream:
    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def event(self) -> tuple[str, Any]:
        """The next event that is no comment: its name and its data."""
        name, data = "", ""
        async with asyncio.timeout(SECONDS):
            async for line in self._lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data:"):
                    data = line.removeprefix("data:").strip()
                elif not line and name:
                    return name, orjson.loads(data) if data else None
        raise AssertionError("the stream ended without a further event")


@asynccontextmanager
async def opened(live: Live, query: str, headers: Mapping[str, str] = SIGNED_IN) -> AsyncIterator[Stream]:
    async with (
        httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client,
        client.stream("POST", f"{live.http}/stream", json={"query": query}, headers=dict(headers)) as response,
    ):
        yield Stream(response)


def test_a_subscription_streams_its_events_and_its_end() -> None:
    async def test() -> None:
        async with serving() as live, opened(live, "subscription { count(to: 2) }") as stream:
            assert stream.response.headers["content-type"].startswith("text/event-stream")
            events = [await stream.event() for _ in range(3)]
        assert [(name, data and data["data"]) for name, data in events] == [
            ("next", {"count": 1}),
            ("next", {"count": 2}),
            ("complete", None),
        ]

    run(test())


def test_a_query_and_a_mutation_stream_one_answer() -> None:
    async def test() -> None:
        async with serving() as live:
            for query, data in (("{ me }", {"me": "alice"}), ("mutation { bump }", {"bump": 1})):
                async with opened(live, query) as stream:
                    assert (await stream.event())[1]["data"] == data
                    assert await stream.event() == ("complete", None)

    run(test())


@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ("{ unknown }", SIGNED_IN, 400, "INVALID"),
        ("{ hello", SIGNED_IN, 400, "INVALID"),
        ("subscription { count }", {**EVENTS, "x-auth-token": "garbage"}, 401, "UNAUTHENTICATED"),
        ("subscription { count }", EVENTS, 401, "UNAUTHENTICATED"),
        ("subscription { count }", {"accept": "application/json", "x-auth-token": graph.ALICE}, 406, "INVALID"),
    ],
)
def test_a_refused_request_answers_json_with_its_status(
    query: str, headers: Mapping[str, str], status: int, code: str
) -> None:
    async def test() -> None:
        async with serving() as live, opened(live, query, headers) as stream:
            await stream.response.aread()
            assert stream.response.status_code == status
            assert stream.response.json()["errors"][0]["extensions"]["code"] == code

    run(test())


def test_a_mutation_by_get_changes_nothing() -> None:
    async def test() -> None:
        async with serving() as live, httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            address = f"{live.http}/stream"
            refused = await client.get(address, params={"query": "mutation { bump }"}, headers=SIGNED_IN)
            assert refused.status_code == 405
            assert live.world.value == 0
            streamed = await client.get(address, params={"query": "subscription { count(to: 1) }"}, headers=SIGNED_IN)
            assert streamed.text.startswith("event: next\n")

    run(test())


def test_a_source_that_breaks_says_so_and_completes() -> None:
    async def test() -> None:
        async with serving() as live, opened(live, "subscription { breaks }") as stream:
            await stream.event()
            name, data = await stream.event()
            assert (name, data["errors"][0]["extensions"]["code"]) == ("next", "INTERNAL")
            assert graph.SECRET not in str(data)
            assert await stream.event() == ("complete", None)

    run(test())


def test_a_client_that_leaves_closes_the_source() -> None:
    async def test() -> None:
        async with serving() as live:
            async with opened(live, "subscription { quiet }"):
                await until(lambda: live.world.waiting == 1, "the subscription listens")
            await until(lambda: live.world.closed == 1, "the source is closed")
            await until(
                lambda: 'gurum_connections{transport="sse"} 0.0' in live.metrics.text().decode(), "the place is free"
            )

    run(test())


def test_a_quiet_stream_is_kept_alive_by_comments() -> None:
    async def test() -> None:
        async with serving(live={"ping_seconds": 0.05}) as live, opened(live, "subscription { quiet }") as stream:
            async with asyncio.timeout(SECONDS):
                assert await anext(stream.response.aiter_lines()) == ":"

    run(test())


def test_a_token_that_is_gone_ends_the_stream_with_an_error() -> None:
    async def test() -> None:
        async with serving(live={"recheck_seconds": 0.05}) as live, opened(live, "subscription { quiet }") as stream:
            await until(lambda: live.world.waiting == 1, "the subscription listens")
            del live.world.people[graph.ALICE]
            _, data = await stream.event()
            assert data["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
            assert await stream.event() == ("complete", None)
            await until(lambda: live.world.closed == 1, "the source is closed")

    run(test())


def test_a_slow_reader_is_told_and_dropped() -> None:
    async def test() -> None:
        limits = {"buffer_bytes": 40_000, "slow_seconds": 0.1, "send_seconds": 60}
        async with serving(live=limits) as live, opened(live, "subscription { flood(size: 20000) }") as stream:
            await until(lambda: live.world.closed == 1, "the flood is closed")
            while "errors" not in (data := (await stream.event())[1]):
                pass
            assert data["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
            assert await stream.event() == ("complete", None)

    run(test())


def test_streams_count_as_connections_of_their_caller() -> None:
    async def test() -> None:
        async with serving(live={"connections_per_caller": 1}) as live, opened(live, "subscription { quiet }"):
            await until(lambda: live.world.waiting == 1, "the subscription listens")
            async with opened(live, "subscription { quiet }") as second:
                await second.response.aread()
                assert second.response.status_code == 429
                assert int(second.response.headers["retry-after"]) >= 1
            assert live.world.waiting == 1

    run(test())
