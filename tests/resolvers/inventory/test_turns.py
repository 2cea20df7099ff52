"""Looking at many rows gives the loop back in between, however many do so at once, and answers what is there soon without waiting."""

import asyncio
import inspect
import itertools
from typing import Any

import pytest

from resolvers.inventory.turns import AT_ONCE, Steps, Turns, whole

STEPS = 30


def counting(to: int = STEPS) -> Steps[int]:
    yield from range(to)
    return to


def slow_turns() -> Turns:
    """Each look at the clock finds it 3 ms later, so that each step is a slice."""
    return Turns(itertools.count(0.0, 0.003).__next__)


class Beats:
    """How often the loop came round while something ran, and the most steps between two of its rounds."""

    def __init__(self) -> None:
        self.count = self.held = self.since = 0

    def step(self, _: int) -> None:
        self.since += 1
        self.held = max(self.held, self.since)

    async def beat(self) -> None:
        while True:
            self.count += 1
            self.since = 0
            await asyncio.sleep(0)


@pytest.mark.parametrize("at_once", [1, 4])
async def test_the_loop_is_given_back_between_slices_however_many_look(at_once: int) -> None:
    turns, beats = slow_turns(), Beats()
    beating = asyncio.create_task(beats.beat())
    begun: list[Any] = []
    for _ in range(at_once):
        begun.append(turns.begin(counting(), beats.step)[0])
        await asyncio.sleep(0)
    assert all(inspect.isawaitable(each) for each in begun)
    assert await asyncio.gather(*begun) == [STEPS] * at_once
    beating.cancel()
    assert beats.count >= at_once * (STEPS - 1)
    assert beats.held <= 2, "of all together one slice, and the first of one that begins"


async def test_what_is_there_soon_is_answered_at_once() -> None:
    asked: list[int] = []
    found, left = Turns(itertools.count(0.0, 0.0001).__next__).begin(counting(3), asked.append)
    assert found == 3
    assert left == pytest.approx(AT_ONCE - 6 * 0.0001)
    assert asked == [0, 1, 2]
    assert whole(counting(3)) == 3


async def test_an_error_of_a_later_step_reaches_whoever_waits() -> None:
    def breaking() -> Steps[int]:
        yield from counting()
        raise ValueError("broken")

    begun: Any = slow_turns().begin(breaking(), lambda _: None)[0]
    with pytest.raises(ValueError, match="broken"):
        await begun
