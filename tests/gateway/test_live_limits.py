"""Live connections have bounds: how many, how much waits for a slow reader, and what happens at shutdown."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from tests.gateway.server import closed, hear, say, serving, until


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def test_a_slow_subscriber_is_told_and_dropped_while_the_connection_stays() -> None:
    async def test() -> None:
        # Nobody reads, so the flood fills the socket's buffers and then the box behind them.
        async with serving(live={"buffer_bytes": 40_000, "slow_seconds": 0.1, "send_seconds": 60}) as live:
            async with live.signed_in(max_queue=1, close_timeout=0.5) as socket:
                await say(socket, type="subscribe", id="1", payload={"query": "subscription { flood(size: 20000) }"})
                await until(lambda: live.world.closed == 1, "the flood is closed")
                while (message := await hear(socket))["type"] == "next":
                    pass
                assert message["type"] == "error"
                assert message["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
                assert "more slowly" in message["payload"][0]["message"]
                await say(socket, type="subscribe", id="2", payload={"query": "{ hello }"})
                assert (await hear(socket))["payload"]["data"] == {"hello": "world"}
            assert "gurum_slow_subscribers_dropped_total 1.0" in live.metrics.text().decode()

    run(test())


def test_a_reader_that_never_reads_loses_its_connection() -> None:
    async def test() -> None:
        limits = {"buffer_bytes": 40_000, "slow_seconds": 60, "send_seconds": 1}
        async with serving(live=limits) as live, live.signed_in(max_queue=1, close_timeout=0.5) as socket:
            await say(socket, type="subscribe", id="1", payload={"query": "subscription { flood(size: 20000) }"})
            await until(
                lambda: 'gurum_connections{transport="ws"} 0.0' in live.metrics.text().decode(),
                "the connection is given up",
            )
            assert live.world.closed == 1

    run(test())


def test_a_burst_that_outruns_the_writer_loses_nothing() -> None:
    async def test() -> None:
        async with serving(live={"buffer_messages": 4}) as live, live.signed_in() as socket:
            await say(socket, type="subscribe", id="1", payload={"query": "subscription { count(to: 500) }"})
            heard = [(await hear(socket))["payload"]["data"]["count"] for _ in range(500)]
            assert heard == list(range(1, 501))
            assert (await hear(socket))["type"] == "complete"

    run(test())


def test_too_many_connections_of_the_process_are_turned_away() -> None:
    async def test() -> None:
        async with serving(live={"connections": 1}) as live:
            async with live.signed_in() as first:
                async with live.socket() as second:
                    code, reason = await closed(second)
                assert code == 1013
                assert reason is not None
                assert "limit" in reason
                await say(first, type="ping")
                assert await hear(first) == {"type": "pong"}
            await until(
                lambda: 'gurum_connections{transport="ws"} 0.0' in live.metrics.text().decode(), "the place is free"
            )
            async with live.signed_in():
                pass

    run(test())


def test_too_many_connections_of_one_caller_leave_room_for_others() -> None:
    async def test() -> None:
        async with serving(live={"connections_per_caller": 1}) as live, live.signed_in():
            async with live.socket() as second:
                await say(second, type="connection_init", payload={"token": "token-alice"})
                assert (await closed(second))[0] == 1013
            async with live.signed_in("token-bob"):
                pass

    run(test())


def test_who_does_not_sign_in_takes_few_places_and_none_of_who_does() -> None:
    async def test() -> None:
        limits = {"unclaimed_per_address": 2, "connections": 6, "init_seconds": 60}
        async with serving(live=limits) as live, live.signed_in(), live.signed_in("token-bob"):
            async with live.socket() as first, live.socket():
                async with live.socket() as third:
                    code, reason = await closed(third)
                assert (code, reason) == (1013, "2 connections of your address did not sign in yet, the limit.")
                await say(first, type="connection_init", payload={"token": "token-alice"})
                assert await hear(first) == {"type": "connection_ack"}
                async with live.signed_in():  # a place is free again as soon as it is known whose the other is
                    pass
            await until(
                lambda: 'gurum_connections{transport="ws"} 2.0' in live.metrics.text().decode(), "the others are gone"
            )
            async with live.signed_in(), live.signed_in():
                pass

    run(test())


def test_too_many_operations_on_one_connection_are_refused_one_by_one() -> None:
    async def test() -> None:
        async with serving(live={"operations_per_connection": 1}) as live, live.signed_in() as socket:
            await say(socket, type="subscribe", id="1", payload={"query": "subscription { quiet }"})
            await say(socket, type="subscribe", id="2", payload={"query": "{ hello }"})
            refused = await hear(socket)
            assert (refused["id"], refused["type"]) == ("2", "error")
            assert refused["payload"][0]["extensions"]["code"] == "RATE_LIMITED"

    run(test())


def test_subscriptions_of_one_caller_are_bounded_over_all_connections() -> None:
    async def test() -> None:
        async with serving(limits={"subscriptions": 2}) as live, live.signed_in() as first, live.signed_in() as second:
            for socket in (first, second):
                await say(socket, type="subscribe", id="1", payload={"query": "subscription { quiet }"})
            await until(lambda: live.world.waiting == 2, "both listen")
            await say(second, type="subscribe", id="2", payload={"query": "subscription { quiet }"})
            refused = await hear(second)
            assert (refused["id"], refused["type"]) == ("2", "error")
            assert refused["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
            assert "the limit at the same time is 2" in refused["payload"][0]["message"]
            async with live.signed_in("token-bob") as other:
                await say(other, type="subscribe", id="1", payload={"query": "subscription { count(to: 1) }"})
                assert (await hear(other))["payload"]["data"] == {"count": 1}
            await say(first, type="complete", id="1")
            await until(lambda: live.world.waiting == 1, "one has ended")
            await say(second, type="subscribe", id="3", payload={"query": "subscription { count(to: 1) }"})
            assert (await hear(second))["payload"]["data"] == {"count": 1}

    run(test())


def test_at_shutdown_clients_are_told_to_come_back() -> None:
    async def test() -> None:
        async with serving() as live, live.signed_in() as socket:
            await say(socket, type="subscribe", id="1", payload={"query": "subscription { quiet }"})
            await until(lambda: live.world.waiting == 1, "the subscription listens")
            await live.transport.connections.end_all()
            assert (await closed(socket))[0] == 1001
            await until(lambda: live.world.closed == 1, "the source is closed")

    run(test())
