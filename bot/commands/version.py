"""`version`: which 9rum this is."""

from bot.commands.own import Own
from bot.turn import Turn


async def run(turn: Turn) -> None:
    await turn.say("version.is", version=turn.services.version)


VERSION = Own("version", "version", "own.version", run)
