"""`refuse ID [REASON]`: a second person does not agree to a plan."""

from bot import confirm
from bot.commands.own import Own, of_its_project
from bot.turn import Refused, Turn


async def run(turn: Turn) -> None:
    if not turn.rest:
        raise Refused("confirm.which", words="refuse ID")
    async with of_its_project(turn):
        await confirm.refuse(turn, turn.rest[0].lower(), " ".join(turn.rest[1:])[:300])


REFUSE = Own("refuse", "refuse ID [REASON]", "own.refuse", run, frozenset({"project"}))
