"""The catalogue that a process keeps: read anew when it is old, and never by making people wait for each other."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from bot.catalogue import Catalogue
from bot.known import FRESH_SECONDS, Known
from bot.ports import Acting, Answer
from tests.clock import HandClock


class SlowGraph:
    """Answers whoever is not made to wait."""

    def __init__(self) -> None:
        self.turn = asyncio.Event()
        self.asked: list[str] = []

    async def execute(self, acting: Acting, document: str, variables: Mapping[str, Any], **more: str | None) -> Answer:
        self.asked.append(acting.person)
        if acting.person == "flooding":
            await self.turn.wait()
        return Answer({"commands": []})

    def subscribe(self, acting: Acting, document: str, variables: Mapping[str, Any]) -> AsyncIterator[Answer]:
        raise AssertionError("nobody subscribes to commands")


def acting(person: str) -> Acting:
    return Acting("token", None, "recorded", "C1", None, person)


async def test_nobody_waits_for_the_turn_of_somebody_else() -> None:
    graph, clock = SlowGraph(), HandClock()
    known = Known(graph, clock)
    first = asyncio.create_task(known.get(acting("flooding")))
    await asyncio.sleep(0)
    assert isinstance(await asyncio.wait_for(known.get(acting("minsu")), 20), Catalogue)
    graph.turn.set()
    await first
    graph.turn.clear()
    await clock.advance(FRESH_SECONDS + 1)
    again = asyncio.create_task(known.get(acting("flooding")))
    await asyncio.sleep(0)
    assert isinstance(await asyncio.wait_for(known.get(acting("minsu")), 20), Catalogue)
    assert graph.asked == ["flooding", "minsu", "flooding"]
    graph.turn.set()
    await again


async def test_one_question_is_enough_for_a_while() -> None:
    graph, clock = SlowGraph(), HandClock()
    known = Known(graph, clock)
    for _ in range(3):
        await known.get(acting("minsu"))
    assert graph.asked == ["minsu"]
    await clock.advance(FRESH_SECONDS + 1)
    await known.get(acting("jiwoo"))
    assert graph.asked == ["minsu", "jiwoo"]
