"""`approve ID`: a second person agrees to a plan that policy lets nobody run alone."""

from bot import confirm
from bot.commands.own import Own, of_its_project
from bot.turn import Refused, Turn


async def run(turn: Turn) -> None:
    if not turn.rest:
        raise Refused("confirm.which", words="approve ID")
    async with of_its_project(turn):
        await confirm.approve(turn, turn.rest[0].lower())


APPROVE = Own("approve", "approve ID", "own.approve", run, frozenset({"project"}))
