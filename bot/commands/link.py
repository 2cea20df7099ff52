"""`link`: an address at which the person signs in to Keystone once and delegates roles to 9rum."""

from bot.commands.own import Own
from bot.linking import offer
from bot.turn import Turn


async def run(turn: Turn) -> None:
    if turn.capabilities.signed_in:
        await turn.say("link.signed_in")
        return
    await offer(turn, "link.offer")


LINK = Own("link", "link", "own.link", run)
