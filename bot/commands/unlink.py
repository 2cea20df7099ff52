"""`unlink`: delete the trusts of the person; 9rum can act for this account no more."""

from bot.commands.own import Own
from bot.messages import Tone
from bot.turn import Turn


async def run(turn: Turn) -> None:
    if turn.capabilities.signed_in:
        await turn.say("link.signed_in", private=True)
    elif await turn.services.people.unlink(turn.person):
        await turn.say("unlink.done", tone=Tone.GOOD, private=True)
    else:
        await turn.say("unlink.none", private=True)


UNLINK = Own("unlink", "unlink", "own.unlink", run)
