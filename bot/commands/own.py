"""What a command of the bot itself is. One file for each, listed in `COMMANDS`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.parser import fold, kebab
from bot.people import NoSuchProject
from bot.replies import helps
from bot.turn import Refused, Turn
from bot.values import Misused


@dataclass(frozen=True, slots=True)
class Own:
    """`name` are its words (`audit replay` has two), `usage` how it is typed, `summary` a key of the texts.

    `run` finds the words after the name in `turn.rest`; it raises what `app` answers for: Refused, Answered, what `People.acting` raises.
    `options` are those that it reads itself, besides `help`; None: the graph's command that it becomes reads them.
    """

    name: str
    usage: str
    summary: str
    run: Callable[[Turn], Awaitable[None]]
    options: frozenset[str] | None = frozenset()

    def takes(self, option: str) -> bool:
        return self.options is None or option in self.options

    async def answer(self, turn: Turn) -> None:
        """Run it, unless its help is asked for. Raises what `run` raises, and Misused for an option that it does not have."""
        given = [option for option, _ in turn.words.options] if turn.words is not None else []
        if self.options is not None and any(fold(option) == "help" for option in given):
            await self.help(turn)
            return
        for option in given:
            if not self.takes(fold(option)):
                raise Misused("bind.unknown", option=f"--{kebab(option)}", command=self.name)
        await self.run(turn)

    async def help(self, turn: Turn) -> None:
        await turn.adopt_pressed()
        await turn.reply(helps.of_own(turn.texts, self.usage, self.summary))


@asynccontextmanager
async def of_its_project(turn: Turn) -> AsyncIterator[None]:
    """A plan or an operation tells for which project it is: who can not act there has nothing to choose. Raises Refused."""
    try:
        yield
    except NoSuchProject as error:
        if not error.asked.startswith("project:"):
            raise  # a name is what somebody said
        name = turn.services.people.project_name(error.asked)
        raise Refused("project.link", code="DENIED", private=True, project=name) from error
