"""What can be typed next: the client's own commands, rooms, and the commands that this person may run, with their options and values.

Nouns, verbs, options and enums come from `Query.commands`, asked once; names of resources are asked of the graph when somebody is about to
type one, and kept for a moment. Typing never waits for them: they are offered when they are there. Only Tab waits, and not for long.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.catalogue import ALLOWED_QUERY, CATALOGUE_QUERY, Catalogue, CommandSpec, ParameterSpec, catalogue_of
from bot.forms import choice_query, choices_of
from bot.messages import Choice
from bot.parser import fold, kebab, quote
from bot.terminal.cells import shown
from bot.terminal.client import ChatError
from bot.texts import Texts

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
DEADLINE: Final = 1.0  # seconds that Tab waits for names
FRESH: Final = 20.0  # seconds that names are kept
MOST: Final = 200  # names offered at once
FLAGS: Final = {
    "--explain": "terminal.flag.explain",
    "--plan": "terminal.flag.plan",
    "--json": "terminal.flag.json",
    "--project": "terminal.flag.project",
    "--help": "terminal.flag.help",
}  # what each does, as a key of the texts


@dataclass(frozen=True, slots=True)
class Option:
    """Something to type, and what it means."""

    text: str
    help: str = ""


class Names:
    """Names of resources for parameters that take one. `came` is called when names came that were not waited for."""

    def __init__(
        self, ask: Ask, came: Callable[[], None] = lambda: None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._came = came
        self._now = now
        self._kept: dict[tuple[str, str | None], tuple[float, list[Choice]]] = {}
        self._asking: dict[tuple[str, str | None], asyncio.Task[None]] = {}

    async def of(self, parameter: ParameterSpec, project: str | None, seconds: float) -> list[Choice]:
        """What is known within so many seconds; older names rather than none."""
        asked = choice_query(parameter)
        if asked is None:
            return []
        key = (parameter.choices_from or "", project)
        kept = self._kept.get(key)
        if kept is None or self._now() - kept[0] > FRESH:
            task = self._asking.get(key)
            if task is None or task.done():
                task = self._asking[key] = asyncio.create_task(self._read(key, *asked))
            if seconds > 0:
                await asyncio.wait({task}, timeout=seconds)
        return self._kept.get(key, (0.0, []))[1]

    async def close(self) -> None:
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _read(self, key: tuple[str, str | None], query: str, variables: Mapping[str, Any]) -> None:
        try:
            self._kept[key] = (self._now(), choices_of(await self._ask(query, variables)))
        except ChatError:  # typing goes on without them; the next key asks again
            self._kept.setdefault(key, (self._now(), []))
        else:
            self._came()


async def read_catalogue(ask: Ask) -> Catalogue:
    """The commands that this person may run. Raises ChatError."""
    allowed = {each["name"] for each in (await ask(ALLOWED_QUERY, {}))["commands"]}
    return Catalogue(command for command in catalogue_of(await ask(CATALOGUE_QUERY, {})) if command.name in allowed)


class CommandCompleter(Completer):
    """`catalogue` None while it is not read. `own` are the bot's commands, `client` the terminal's, with what they do in `said`."""

    def __init__(self, names: Names, client: Mapping[str, str], said: Texts) -> None:
        self.catalogue: Catalogue | None = None
        self.own: Mapping[str, str] = {}
        self.rooms: Sequence[str] = ()
        self.project: str | None = None
        self._names = names
        self._client = client
        self._said = said

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Asked for asynchronously only; names can not be waited for here."""
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        if not document.text and not complete_event.completion_requested:
            return  # the line was sent while this waited
        *before, word = document.text_before_cursor.split(" ")
        seconds = DEADLINE if complete_event.completion_requested else 0.0
        for option in matching(await self.options([part for part in before if part], word, seconds), word):
            yield Completion(option.text, start_position=-len(word), display_meta=shown(self._said.word(option.help)))

    async def options(self, before: Sequence[str], word: str, seconds: float) -> Iterable[Option]:
        """All that can stand after the words `before`; `word` is what is typed of it. Names are waited for so many seconds."""
        if not before and word[:1] in ("/", ":"):
            return [Option(name, does) for name, does in self._client.items()]
        if before[:1] == ["/room"]:
            return [Option(room) for room in self.rooms] if len(before) == 1 else []
        catalogue = self.catalogue or Catalogue(())
        if not before:
            nouns = [Option(kebab(noun), _verbs(catalogue, noun)) for noun in catalogue.nouns()]
            return [*nouns, *(Option(name, does) for name, does in self.own.items())]
        if before[0] == "help":
            return [] if len(before) > 2 else await self.options(before[1:], word, seconds)
        found = catalogue.find(before, {})
        if found is None:
            noun = catalogue.noun(before, {})
            return [] if noun is None else [Option(kebab(c.verb), c.summary) for c in catalogue.of_noun(noun)]
        command, rest = found
        return await self._of_command(command, rest, word, seconds)

    async def _of_command(
        self, command: CommandSpec, rest: Sequence[str], word: str, seconds: float
    ) -> Iterable[Option]:
        name, sign, _ = word.partition("=")
        if sign and (parameter := command.parameter(name.lstrip("-"))) is not None:
            values = await self._values(command, parameter, seconds)
            return [Option(f"{name}={each.text}", each.help) for each in values]
        if word.startswith("-"):
            return self._options(command, rest)
        if rest and rest[-1].startswith("--") and "=" not in rest[-1]:
            parameter = command.parameter(rest[-1].lstrip("-"))
            if parameter is not None and parameter.type != "Boolean":
                return await self._values(command, parameter, seconds)
        placed = sum(1 for each, after in zip(rest, ["", *rest], strict=False) if not _of_option(command, each, after))
        positional = command.positional
        if positional and (placed < len(positional) or positional[-1].many):
            values = await self._values(command, positional[min(placed, len(positional) - 1)], seconds)
            return [*values, *([] if word else self._options(command, rest))]
        return self._options(command, rest)

    async def _values(self, command: CommandSpec, parameter: ParameterSpec, seconds: float) -> list[Option]:
        if parameter.choices:
            return [Option(choice) for choice in parameter.choices]
        if parameter.type == "Boolean":
            return [Option("true"), Option("false")]
        if parameter.choices_from is None:
            return []
        found = await self._names.of(parameter, self.project, seconds)
        return [Option(quote(choice.value), "" if choice.label == choice.value else choice.label) for choice in found]

    def _options(self, command: CommandSpec, rest: Sequence[str]) -> list[Option]:
        """Options that were not given yet."""
        given = {fold(word.lstrip("-").partition("=")[0]) for word in rest if word.startswith("-") or "=" in word}
        own = [Option(each.option, each.help) for each in command.parameters]
        known = {each.text for each in own}
        flags = [Option(name, self._said.line(does)) for name, does in FLAGS.items() if name not in known]
        return [option for option in [*own, *flags] if fold(option.text.lstrip("-")) not in given]


class ChoiceCompleter(Completer):
    """The choices of the form's field that is asked now; the last of them after a comma where it takes several."""

    def __init__(self, choices: Callable[[], Sequence[Choice]]) -> None:
        self._choices = choices

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        word = document.text_before_cursor.rpartition(",")[2].lstrip()
        options = [Option(shown(choice.label), "") for choice in self._choices()]
        for option in matching(options, word):
            yield Completion(option.text, start_position=-len(word))


def matching(options: Iterable[Option], word: str) -> list[Option]:
    """Those that begin with what is typed, before those that hold it, or are explained with it: `make` finds `create`."""
    wanted = fold(word)
    begins, holds = [], []
    for option in options:
        known = fold(option.text)
        if known.startswith(wanted):
            begins.append(option)
        elif wanted and (wanted in known or (known.isalnum() and fold(option.help).startswith(wanted))):
            holds.append(option)
    return [*begins, *holds][:MOST]


def _of_option(command: CommandSpec, word: str, before: str) -> bool:
    """Whether a word is an option, or the value of the option before it."""
    if word.startswith("--") or "=" in word:
        return True
    if not before.startswith("--") or "=" in before:
        return False
    parameter = command.parameter(before.lstrip("-"))
    return before in ("--project", "--cloud") or (parameter is not None and parameter.type != "Boolean")


def _verbs(catalogue: Catalogue, noun: str) -> str:
    return ", ".join(kebab(command.verb) for command in catalogue.of_noun(noun))
