"""Replies follow their operations to the end, though processes die, on a real store. The graph and the chat system are far servers here."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot import gql
from bot.counters import Counters
from bot.follow import LEASE_MS, Followed, Follower
from bot.messages import Message, Source
from bot.outbox import Outbox
from bot.people import People
from bot.ports import Acting, Answer, GraphError
from notifications.redis import RedisClient
from resolvers.clock import Clock
from tests.bot.recording import RecordingPlatform, own_seal, person, place
from tests.clock import HandClock
from tests.polling import eventually

SEAL = own_seal()


class FarGraph:
    """A gateway elsewhere with one operation; `broken` subscriptions end at once, as after a lost connection."""

    def __init__(self) -> None:
        self.state = operation("RUNNING", 0.1)
        self.known = True
        self.broken = 0
        self.seen: list[Acting] = []
        self._changed = asyncio.Condition()

    async def becomes(self, state: str, progress: float) -> None:
        async with self._changed:
            self.state = operation(state, progress)
            self._changed.notify_all()

    async def execute(
        self,
        acting: Acting,
        document: str,
        variables: Mapping[str, Any],
        *,
        command: str | None = None,
        correlation_id: str | None = None,
    ) -> Answer:
        assert document == gql.OPERATION
        return self._answer()

    async def subscribe(self, acting: Acting, document: str, variables: Mapping[str, Any]) -> AsyncIterator[Answer]:
        self.seen.append(acting)
        if self.broken:
            self.broken -= 1
            return
        while True:
            yield self._answer()
            if not self.known or self.state["state"] in gql.ENDED:
                return
            async with self._changed:
                await self._changed.wait()

    def _answer(self) -> Answer:
        if not self.known:
            return Answer(None, (GraphError("NOT_FOUND", "There is no such operation."),))
        return Answer({"operation": self.state})


def operation(state: str, progress: float) -> dict[str, Any]:
    return {"id": "op1", "state": state, "progress": progress, "undo": None}


class Process:
    """One process's follower, with the shared store, graph and chat system."""

    def __init__(
        self, redis: RedisClient, graph: FarGraph, platform: RecordingPlatform, owner: str, clock: Clock | None = None
    ) -> None:
        clock = clock or Clock()
        platforms = {platform.name: platform}
        people = People(redis, None, SEAL, clock, platforms)  # type: ignore[arg-type] # nobody is linked here
        self.people = people
        self.counters = Counters()
        self.outbox = Outbox(platforms, clock, self.counters)
        self.follower = Follower(redis, graph, people, self.outbox, clock, owner, self.counters, self.show, self.ended)

    @staticmethod
    def show(followed: Followed, state: Mapping[str, Any] | None) -> Message:
        return Message(summary="lost" if state is None else f"{state['state']} {state['progress']:.1f}")

    async def ended(self, followed: Followed, state: Mapping[str, Any]) -> Message:
        return self.show(followed, state)

    async def begin(self) -> str:
        """Say that it began, as a reply does, and follow it."""
        asker = person()
        await self.people.acting(asker, place(), None, None)  # the asker is signed in, and remembered so
        message_id = await self.outbox.post(place(), Message(summary="begun"))
        await self.follower.follow(followed(message_id))
        return message_id


def followed(message_id: str | None) -> Followed:
    return Followed(
        operation="op1",
        person=person(),
        place=place(),
        message_id=message_id,
        source=Source(command="server start web-1"),
        language="en",
    )


@asynccontextmanager
async def running(*processes: Process) -> AsyncIterator[None]:
    for process in processes:
        await process.follower.start()
    try:
        yield
    finally:
        for process in processes:
            await process.follower.stop()
            await process.outbox.stop()


async def test_the_reply_is_edited_to_the_end(redis: RedisClient) -> None:
    graph, platform = FarGraph(), RecordingPlatform()
    process = Process(redis, graph, platform, "one")
    async with running(process):
        message_id = await process.begin()
        await eventually(lambda: says(platform, message_id, "RUNNING 0.1"), "the first state is shown")
        await graph.becomes("RUNNING", 0.6)
        await eventually(lambda: says(platform, message_id, "RUNNING 0.6"), "progress is shown")
        await graph.becomes("SUCCEEDED", 1.0)
        await eventually(lambda: says(platform, message_id, "SUCCEEDED 1.0"), "the end is shown")
        await eventually(lambda: forgotten(redis), "it is followed no more")
    assert platform.summaries("post") == ["begun"]
    assert graph.seen[0].token == "token-of-jiwoo"


async def test_no_token_is_written_down_with_it(redis: RedisClient) -> None:
    process = Process(redis, FarGraph(), RecordingPlatform(), "one")
    await process.follower.follow(followed("m1"))
    await process.follower.stop()
    assert b"token-of-jiwoo" not in await redis.get("gurum:bot:follow:op1")


async def test_edits_are_few_however_many_states_there_are(redis: RedisClient) -> None:
    graph, platform = FarGraph(), RecordingPlatform()
    process = Process(redis, graph, platform, "one", HandClock())  # not a second passes, however slow the machine is
    async with running(process):
        message_id = await process.begin()
        for step in range(200):
            await graph.becomes("RUNNING", step / 200)
            await asyncio.sleep(0)
        await graph.becomes("SUCCEEDED", 1.0)
        await eventually(lambda: says(platform, message_id, "SUCCEEDED 1.0"), "the end is shown at once")
    assert len(platform.summaries("edit")) <= 2


async def test_another_process_goes_on_when_one_dies(redis: RedisClient) -> None:
    graph, platform = FarGraph(), RecordingPlatform()
    one, two = Process(redis, graph, platform, "one"), Process(redis, graph, platform, "two")
    async with running(one):
        message_id = await one.begin()
        await eventually(lambda: says(platform, message_id, "RUNNING 0.1"), "the first state is shown")
    await graph.becomes("SUCCEEDED", 1.0)
    await redis.pexpire("gurum:bot:follow:op1:lease", 1)  # the dead one's lease would end by itself in LEASE_MS
    async with running(two):
        await eventually(lambda: says(platform, message_id, "SUCCEEDED 1.0"), "the other one shows the end")
        await eventually(lambda: forgotten(redis), "it is followed no more")


async def test_two_processes_do_not_follow_the_same(redis: RedisClient) -> None:
    graph, platform = FarGraph(), RecordingPlatform()
    one, two = Process(redis, graph, platform, "one"), Process(redis, graph, platform, "two")
    async with running(one, two):
        message_id = await one.begin()
        await eventually(lambda: says(platform, message_id, "RUNNING 0.1"), "the first state is shown")
        assert 0 < await redis.pttl("gurum:bot:follow:op1:lease") <= LEASE_MS
        await two.follower._look()
        assert len(graph.seen) == 1
        await graph.becomes("FAILED", 0.4)
        await eventually(lambda: says(platform, message_id, "FAILED 0.4"), "the end is shown")
    assert len(graph.seen) == 1


async def test_followed_twice_at_once_it_goes_on_in_one_message(redis: RedisClient) -> None:
    graph, platform = FarGraph(), RecordingPlatform()
    process = Process(redis, graph, platform, "one")
    first, second = await process.begin(), await process.outbox.post(place(), Message(summary="begun"))
    async with running(process):
        await asyncio.gather(*(process.follower.follow(followed(each)) for each in (first, second)))
        await eventually(lambda: says(platform, second, "RUNNING 0.1"), "the newer message shows it")
        await graph.becomes("SUCCEEDED", 1.0)
        await eventually(lambda: says(platform, second, "SUCCEEDED 1.0"), "the end is shown")
        await eventually(lambda: forgotten(redis), "it is followed no more")
    assert platform.summaries("edit").count("SUCCEEDED 1.0") == 1
    assert process.counters.following == 0


async def test_one_that_can_not_be_read_keeps_no_other_from_being_followed(
    redis: RedisClient, caplog: pytest.LogCaptureFixture
) -> None:
    graph, platform = FarGraph(), RecordingPlatform()
    for name in (f"other{number}" for number in range(20)):  # before and after the one that can be read
        await redis.sadd("gurum:bot:follows", name)
        await redis.set(f"gurum:bot:follow:{name}", b'{"of": "another 9rum"}')
    one, two = Process(redis, graph, platform, "one"), Process(redis, graph, platform, "two")
    message_id = await one.begin()
    await one.follower.stop()
    await one.outbox.stop()
    await redis.delete("gurum:bot:follow:op1:lease")
    async with running(two):
        await eventually(lambda: says(platform, message_id, "RUNNING 0.1"), "it is taken over")
        await graph.becomes("SUCCEEDED", 1.0)
        await eventually(lambda: forgotten(redis), "nothing is left to follow")
    assert "another 9rum wrote down how" in caplog.text


async def test_a_lost_subscription_is_taken_up_again(redis: RedisClient) -> None:
    graph, platform = FarGraph(), RecordingPlatform()
    graph.broken = 1
    process = Process(redis, graph, platform, "one")
    async with running(process):
        message_id = await process.begin()
        await eventually(lambda: says(platform, message_id, "RUNNING 0.1"), "the state is asked for in between")
        await eventually(lambda: asked(graph, 2), "it subscribes again")
        await graph.becomes("SUCCEEDED", 1.0)
        await eventually(lambda: says(platform, message_id, "SUCCEEDED 1.0"), "the end is shown")


async def test_what_can_not_be_seen_any_more_is_said(redis: RedisClient) -> None:
    graph, platform = FarGraph(), RecordingPlatform()
    graph.known = False
    process = Process(redis, graph, platform, "one")
    async with running(process):
        message_id = await process.begin()
        await eventually(lambda: says(platform, message_id, "lost"), "the reply says so")
        await eventually(lambda: forgotten(redis), "it is followed no more")


async def test_a_platform_without_edits_gets_the_end_as_a_message(redis: RedisClient) -> None:
    graph, platform = FarGraph(), RecordingPlatform()
    process = Process(redis, graph, platform, "one")
    await process.people.acting(person(), place(), None, None)
    async with running(process):
        await process.follower.follow(followed(None))
        await eventually(lambda: asked(graph, 1), "it is followed")
        await graph.becomes("RUNNING", 0.5)
        await graph.becomes("SUCCEEDED", 1.0)
        await eventually(lambda: forgotten(redis), "it is followed no more")
    assert platform.summaries("post") == ["SUCCEEDED 1.0"]


async def says(platform: RecordingPlatform, message_id: str, summary: str) -> bool:
    return platform.shown[message_id].summary == summary


async def asked(graph: FarGraph, times: int) -> bool:
    return len(graph.seen) >= times


async def forgotten(redis: RedisClient) -> bool:
    return not await redis.smembers("gurum:bot:follows") and not await redis.exists("gurum:bot:follow:op1")
