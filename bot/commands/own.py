"""What a command of the bot itself is. One file for each, listed in `COMMANDS`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.turn import Turn


@dataclass(frozen=True, slots=True)
class Own:
    """`name` are its words (`audit replay` has two), `usage` how it is typed, `summary` a key of the texts.

    `run` finds the words after the name in `turn.rest`; it raises what `app` answers for: Refused, Answered, what `People.acting` raises.
    """

    name: str
    usage: str
    summary: str
    run: Callable[[Turn], Awaitable[None]]
