"""Words bound to the parameters of a command: what will run. Called by `app.py` after `catalogue`; `values.py` reads the single values.

An option is looked for in every spelling. What can not be right is said in one sentence (`Misused`) and nothing runs.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from bot import redact
from bot.catalogue import CommandSpec, ParameterSpec
from bot.parser import SWITCHES, VALUED, Token, Words, fold, kebab, quote
from bot.values import Misused as Misused
from bot.values import is_switch_word, read, written

PAGE = 20  # rows of a list, unless said


@dataclass(frozen=True, slots=True)
class Flags:
    """Options of every command. `project` is whom to act for: a parameter too where the command has it, not where that is its object."""

    explain: bool = False
    plan: bool = False
    json: bool = False
    help: bool = False
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """`values` by parameter name, in the types of the graph; `text` as it was typed."""

    spec: CommandSpec
    values: dict[str, Any]
    missing: tuple[ParameterSpec, ...] = ()
    flags: Flags = field(default_factory=Flags)
    text: str = ""

    def variables(self, key: str | None = None) -> dict[str, Any]:
        """Of the command's document: flat for what reads; an input and the idempotency key for what changes."""
        if not self.spec.change:
            paged = self.spec.next is not None or self.spec.parameter("before") is not None
            small = paged and self.spec.parameter("first") is not None
            return {"first": PAGE, **self.values} if small else dict(self.values)
        return {"input": dict(self.values), "idempotencyKey": key}


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form brought, by parameter; `text` is the command that it was opened for, `begun` what that means, once it is known."""

    text: str
    values: dict[str, list[str]]
    begun: Invocation | None = None


def bind(spec: CommandSpec, words: Words, rest: Sequence[str]) -> Invocation:
    """`rest` are the words after those that named the command. Raises Misused."""
    binding = _Binding(spec, len(words.words) - len(rest))
    binding.read(words.tokens)
    values = binding.values()
    return Invocation(spec, values, _missing(spec, values), binding.flags(), words.raw)


def with_values(invocation: Invocation, values: Mapping[str, Sequence[str]]) -> Invocation:
    """With what a form brought; an empty field takes a value away. Raises Misused."""
    spec = invocation.spec
    merged = dict(invocation.values)
    for name, given in values.items():
        parameter = spec.parameter(name)
        if parameter is None:
            raise _unknown(spec, name)
        texts = [text for text in given if text.strip()]
        if texts:
            merged[parameter.name] = read(parameter, _form_parts(parameter, texts), "\n".join(texts))
        elif parameter.type == "Boolean" and str(merged.get(parameter.name, parameter.default)).lower() == "true":
            merged[parameter.name] = False  # a switch that was on and came back empty was turned off
        else:
            merged.pop(parameter.name, None)
    return replace(invocation, values=merged, missing=_missing(spec, merged))


def retyped(invocation: Invocation, **changes: Any) -> str:
    """Command text that means this invocation, with some values changed (None: left out). For buttons that run it again."""
    spec, flags = invocation.spec, invocation.flags
    values = {name: value for name, value in {**invocation.values, **changes}.items() if value is not None}
    words: list[str] = []
    for parameter in spec.positional:
        if parameter.name not in values or parameter.many:
            break  # the words after a gap would fall into it
        words.append(quote(written(parameter, values.pop(parameter.name))))
    for parameter in spec.parameters:
        if parameter.name in values:
            words += _options(parameter, values[parameter.name])
    if flags.project is not None and spec.parameter("project") is None:
        words.append(f"--project={quote(flags.project)}")
    words += [f"--{switch}" for switch in SWITCHES if getattr(flags, switch)]
    return " ".join([spec.typed, *words])


def masked(invocation: Invocation) -> str | None:
    """`retyped` with secrets hidden; None when no secret was given. Such text can not be run again."""
    hidden = {
        name: value for name, value in redact.values(invocation.values).items() if value != invocation.values[name]
    }
    return retyped(invocation, **hidden) if hidden else None


def _options(parameter: ParameterSpec, value: Any) -> list[str]:
    if not parameter.many:
        return [f"{parameter.option}={quote(written(parameter, value))}"]
    return [f"{parameter.option}={quote(written(parameter, each))}" for each in value] or [f"{parameter.option}="]


class _Binding:
    """One pass over the tokens: which texts each parameter was given, and the flags."""

    def __init__(self, spec: CommandSpec, named: int) -> None:
        self._spec = spec
        self._named = named  # words that named the command
        self._given: dict[str, list[Token]] = {}
        self._loose: list[Token] = []
        self._flags: dict[str, Any] = {}

    def read(self, tokens: Sequence[Token]) -> None:
        place = 0
        while place < len(tokens):
            token = tokens[place]
            after = tokens[place + 1] if place + 1 < len(tokens) else None
            if token.option is not None:
                place += self._option(token, after)
            elif self._named:
                self._named -= 1
            elif token.pair is not None and self._known(token.pair.option or ""):
                self._option(token.pair, None)
            else:
                self._loose.append(token)
            place += 1
        self._place()

    def flags(self) -> Flags:
        return Flags(**self._flags)

    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for parameter in self._spec.parameters:
            tokens = self._given.get(parameter.name)
            if tokens is not None:
                parts = [part for token in tokens for part in _parts(parameter, token)]
                found[parameter.name] = read(parameter, parts, ",".join(token.typed for token in tokens))
        return found

    def _known(self, name: str) -> bool:
        return self._spec.parameter(name) is not None or fold(name) in VALUED

    def _option(self, token: Token, after: Token | None) -> int:
        """Takes an option; how many tokens after it were its value."""
        name = fold(token.option or "")
        if name in SWITCHES:
            self._flags[name] = token.value is None or read(_switch(name), [token.value], token.value)
            return 0
        parameter = self._spec.parameter(name)
        if parameter is None and name == "project":
            parameter = ParameterSpec(name)
        if parameter is None:
            return self._off(token)
        value, used = _value_of(parameter, token, after)
        if (parameter.name in self._given and not parameter.many) or parameter.name in self._flags:
            raise Misused("bind.twice", option=parameter.option)
        if name == "project" and parameter.position is None:
            self._flags[name] = value.value
        if self._spec.parameter(name) is not None:
            self._given.setdefault(parameter.name, []).append(value)
        return used

    def _off(self, token: Token) -> int:
        """`--no-wait` turns `wait` off."""
        name = fold(token.option or "")
        switch = self._spec.parameter(name[2:]) if name.startswith("no") else None
        if switch is None or switch.type != "Boolean" or token.value is not None:
            raise _unknown(self._spec, token.option or "")
        if switch.name in self._given:
            raise Misused("bind.twice", option=switch.option)
        self._given[switch.name] = [Token(option=switch.name, value="false", parts=("false",), typed="false")]
        return 0

    def _place(self) -> None:
        """Give the loose words to the parameters that take words, in order; the last of many takes all that are left."""
        for token in self._loose:
            if token.bare and (token.value or "").startswith("-") and (token.value or "")[1:2].isalpha():
                raise Misused("bind.dash", word=token.value or "", option=f"-{token.value}")
        open_places = [p for p in self._spec.positional if p.name not in self._given]
        for parameter in open_places:
            if not self._loose:
                return
            taken = len(self._loose) if parameter.many or parameter.type == "JSON" else 1  # a=1 b=2 are one object
            self._given[parameter.name] = self._loose[:taken]
            del self._loose[:taken]
        if self._loose:
            raise _too_many(self._spec, self._loose[0])


def _value_of(parameter: ParameterSpec, token: Token, after: Token | None) -> tuple[Token, int]:
    if token.value is not None:
        return token, 0
    if parameter.type == "Boolean":
        if after is not None and after.option is None and after.bare and is_switch_word(after.value or ""):
            return after, 1
        return Token(option=token.option, value="true", parts=("true",), typed="true"), 0
    if after is None or after.option is not None:
        raise Misused("bind.value", option=parameter.option, expected=f"{parameter.option} {parameter.placeholder}")
    return after, 1


def _parts(parameter: ParameterSpec, token: Token) -> Iterator[str]:
    if parameter.many or parameter.type == "JSON":
        yield from token.parts
    else:
        yield token.value or ""


def _form_parts(parameter: ParameterSpec, texts: Sequence[str]) -> list[str]:
    """A text field of many values has one in each line, or commas between them. (Choices have no comma in them, see `forms.py`.)"""
    if not parameter.many or len(texts) > 1:
        return list(texts)
    return [part.strip() for line in texts[0].splitlines() for part in line.split(",") if part.strip()]


def _switch(name: str) -> ParameterSpec:
    return ParameterSpec(name, "Boolean")


def _missing(spec: CommandSpec, values: Mapping[str, Any]) -> tuple[ParameterSpec, ...]:
    needed = [p for p in spec.parameters if p.required and p.default is None and p.name not in values]
    return tuple(sorted(needed, key=lambda p: (p.position is None, p.position or 0)))


def _unknown(spec: CommandSpec, name: str) -> Misused:
    known = {kebab(p.name): p.option for p in spec.parameters} | {flag.name: f"--{flag.name}" for flag in fields(Flags)}
    near = difflib.get_close_matches(kebab(name), known, 3, 0.5)
    found = tuple(known[each] for each in near)
    option = f"--{kebab(name)}"
    if found:
        return Misused("bind.unknown_near", option=option, command=spec.typed, nearest=", ".join(found))
    return Misused("bind.unknown", option=option, command=spec.typed)


def _too_many(spec: CommandSpec, token: Token) -> Misused:
    word = token.value or ""
    if token.pair is not None and (token.pair.value or "").strip("="):  # what ends with `=` is no pair, but base64
        return _unknown(spec, token.pair.option or "")
    if spec.positional:
        return Misused("bind.words", word=word, usage=spec.usage)
    return Misused("bind.no_words", word=word, command=spec.typed)
