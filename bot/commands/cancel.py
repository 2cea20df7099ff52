"""`cancel ID`: the asker drops a plan, before or after confirming it."""

from bot import confirm
from bot.commands.own import Own
from bot.turn import Refused, Turn


async def run(turn: Turn) -> None:
    if not turn.rest:
        raise Refused("confirm.which", words="cancel ID")
    await confirm.cancel(turn, turn.rest[0].lower())


CANCEL = Own("cancel", "cancel ID", "own.cancel", run)
