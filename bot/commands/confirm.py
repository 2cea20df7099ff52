"""`confirm ID [NAME]`: the asker agrees to a plan; NAME where policy wants it typed. The button of a plan carries the same text."""

from bot import confirm
from bot.commands.own import Own, of_its_project
from bot.turn import Refused, Turn


async def run(turn: Turn) -> None:
    if not turn.rest:
        raise Refused("confirm.which", words="confirm ID")
    async with of_its_project(turn):
        await confirm.confirm(turn, turn.rest[0].lower(), " ".join(turn.rest[1:]))


CONFIRM = Own("confirm", "confirm ID [NAME]", "own.confirm", run)
