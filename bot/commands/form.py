"""`form ID`: open a form of one's own once more that was refused, as it was filled. The button below the refusal says the same."""

from bot import run
from bot.commands.own import Own
from bot.turn import Refused, Turn


async def form(turn: Turn) -> None:
    if not turn.rest:
        raise Refused("form.which")
    await run.refill(turn, turn.rest[0].lower())


FORM = Own("form", "form ID", "own.form", form)
