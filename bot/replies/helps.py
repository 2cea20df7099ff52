"""Help: what one may run here, how it is written, and what it would send. Called by `commands/help.py` and `app.py`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot import redact
from bot.catalogue import LONGEST, Catalogue, CommandSpec, ParameterSpec
from bot.messages import (
    Block,
    Button,
    Code,
    Fields,
    Message,
    Paragraph,
    Source,
    Span,
    Style,
    Text,
    Tone,
    clean,
)
from bot.parser import kebab, quote
from bot.replies.wording import code, noted, row_of, said
from bot.texts import Texts
from bot.values import is_json

MAX_LABEL = 60  # characters of a button
_DANGERS = ("LOW", "HIGH", "DESTRUCTIVE")
_FIRST = ("list", "show", "create")  # verbs that one looks for first
BUTTONS = 3
_SAMPLES = {"Int": "1", "Float": "1.5", "Boolean": "yes", "Duration": "5m", "DateTime": "2026-01-31T09:00:00Z"}


def overview(texts: Texts, catalogue: Catalogue, allowed: frozenset[str], own: Sequence[tuple[str, str]]) -> Message:
    """Every noun with the verbs that this person may run here, and the bot's own commands as (usage, summary)."""
    pairs = tuple(
        (kebab(noun), _verbs(commands))
        for noun in catalogue.nouns()
        if (commands := [each for each in catalogue.of_noun(noun) if each.name in allowed])
    )
    blocks: list[Block] = [said(texts, "help.intro" if pairs else "help.nothing")]
    if pairs:
        blocks.append(Fields(pairs))
    if own:
        blocks.append(said(texts, "help.own"))
        blocks.append(Fields(tuple((clean(usage), (Span(clean(summary)),)) for usage, summary in own)))
    blocks.append(noted(texts, "help.options"))
    return Message(summary=texts.line("help.summary"), blocks=tuple(blocks))


def of_noun(texts: Texts, catalogue: Catalogue, noun: str, allowed: frozenset[str]) -> Message:
    """The commands of one noun that this person may run here."""
    commands = [each for each in catalogue.of_noun(noun) if each.name in allowed]
    if not commands:
        return Message(
            summary=texts.line("help.noun_nothing", noun=kebab(noun)),
            blocks=(said(texts, "help.noun_nothing", noun=kebab(noun)),),
            tone=Tone.WARN,
        )
    pairs = tuple((each.typed, _summary(texts, each)) for each in commands)
    first = sorted(commands, key=lambda each: _FIRST.index(each.verb) if each.verb in _FIRST else len(_FIRST))
    buttons = tuple(Button(label=each.typed, command=_tried(each)) for each in first[:BUTTONS])
    blocks: tuple[Block, ...] = (
        said(texts, "help.noun", noun=kebab(noun)),
        Fields(pairs),
        *row_of(buttons),
        noted(texts, "help.noun_hint", command=f"help {first[0].typed}"),
    )
    return Message(summary=texts.line("help.noun", noun=kebab(noun)), blocks=blocks)


def of_command(texts: Texts, spec: CommandSpec, allowed: bool = True) -> Message:
    """How one command is written, its parameters, an example, its danger, and the role it needs."""
    facts: list[tuple[str, Text]] = [
        (texts.line("help.usage"), (code(spec.usage),)),
        (texts.line("help.example"), (code(example(spec)),)),
    ]
    if spec.change:
        danger = spec.danger if spec.danger in _DANGERS else "HIGH"
        facts.append((texts.line("help.danger"), texts(f"danger.{danger}")))
    if spec.role:
        facts.append((texts.line("help.role"), (code(spec.role),)))
    blocks: list[Block] = [
        Paragraph((Span(spec.typed, Style.BOLD), Span(" "), *texts.graph(spec.summary))),
        Fields(tuple(facts)),
    ]
    if not allowed:
        blocks.append(said(texts, "help.denied"))
    if spec.parameters:
        placed = [*spec.positional, *(p for p in spec.parameters if p.position is None)]
        ordered = sorted(placed, key=lambda p: (p.position is None, not p.required))
        blocks.append(said(texts, "help.parameters"))
        blocks.append(Fields(tuple((_label(p), _about(texts, p)) for p in ordered)))
    blocks.append(noted(texts, "help.options"))
    return Message(summary=f"{spec.typed}: {texts.word(spec.summary)}", blocks=tuple(blocks))


def of_own(texts: Texts, usage: str, summary: str) -> Message:
    """How a command of the bot itself is written; `summary` is a key of the texts."""
    text = (code(usage), Span(" "), *texts(summary))
    return Message(summary=texts.line(summary), blocks=(Paragraph(text),))


def unknown(
    texts: Texts, words: Sequence[str], nearest: Sequence[str], meant: Mapping[str, str] | None = None
) -> Message:
    """`words` without any that may be a value; `nearest` are commands as typed. Each becomes a button, for the text that was `meant` with
    it, else for its help.
    """
    said_words = clean(" ".join(words[:LONGEST]), 80) or "…"
    if not nearest:
        return Message(
            summary=texts.line("help.unknown", words=said_words),
            blocks=(said(texts, "help.unknown", words=said_words), *row_of((Button(label="help", command="help"),))),
            tone=Tone.WARN,
        )
    if meant is None:
        buttons = tuple(Button(label=each, command=f"help {each}") for each in nearest)
    else:
        buttons = tuple(Button(label=clean(meant[each], MAX_LABEL), command=meant[each]) for each in nearest)
    blocks: tuple[Block, ...] = (
        said(texts, "help.unknown_near", words=said_words, nearest=_codes(nearest)),
        *row_of(buttons),
    )
    summary = texts.line("help.unknown_near", words=said_words, nearest=_codes(nearest))
    return Message(summary=summary, blocks=blocks, tone=Tone.WARN)


def of_explain(texts: Texts, spec: CommandSpec, variables: Mapping[str, Any], source: Source | None = None) -> Message:
    """What the command would send, and the role it needs; nothing runs."""
    shown = json.dumps(redact.values(variables), ensure_ascii=False, indent=2, default=str)
    blocks: tuple[Block, ...] = (
        said(texts, "explain.intro", command=spec.typed),
        Code(text=clean(printed(spec.document), 8_000, lines=True), title=texts.line("explain.document")),
        Code(text=clean(shown, 8_000, lines=True), title=texts.line("explain.variables")),
        Paragraph(texts("explain.role", role=spec.role)),
    )
    return Message(summary=texts.line("explain.intro", command=spec.typed), blocks=blocks, source=source)


def example(spec: CommandSpec) -> str:
    """A command text with everything that must be given, and one thing that may be."""
    words = [sample(spec, p) for p in spec.positional if p.required]
    named = [p for p in spec.parameters if p.required and p.position is None]
    if not named and not words:
        named = [p for p in spec.parameters if p.choices or p.position == 0][:1]
    options = [f"{p.option} {sample(spec, p)}" for p in named]
    return " ".join([spec.typed, *words, *options])


def sample(spec: CommandSpec, parameter: ParameterSpec) -> str:
    """A value that the parameter takes, such as people give."""
    if parameter.choices:
        return parameter.choices[0]
    if parameter.default is not None:
        return quote(parameter.default)
    if is_json(parameter):
        return "key=value"
    if parameter.type in _SAMPLES:
        return _SAMPLES[parameter.type]
    kind = parameter.choices_from or (spec.noun if parameter.name in ("name", "id") else parameter.name)
    return f"my-{kebab(kind)}" if parameter.choices_from or parameter.name in ("name", "id") else kebab(parameter.name)


def printed(document: str) -> str:
    """A GraphQL document with a line for each level of fields; one that has lines already stays as it is."""
    if "\n" in document:
        return document
    lines, depth, inner = [""], 0, 0
    for c in document:
        inner += (c in "([") - (c in ")]")
        if c == "{" and not inner:
            depth += 1
            lines[-1] = f"{lines[-1].rstrip()} {{".lstrip() if depth == 1 else f"{lines[-1].rstrip()} {{"
            lines.append("  " * depth)
        elif c == "}" and not inner:
            depth -= 1
            lines[-1:] = [*([lines[-1].rstrip()] if lines[-1].strip() else []), "  " * depth + "}", "  " * depth]
        elif c != " " or lines[-1].strip():
            lines[-1] += c
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _tried(spec: CommandSpec) -> str:
    """What a button of a command says: below a help none changes something, unless the command has to ask first."""
    asks = any(parameter.required and parameter.default is None for parameter in spec.parameters)
    return spec.typed if asks or not spec.change else f"help {spec.typed}"


def _verbs(commands: Sequence[CommandSpec]) -> Text:
    return _codes([kebab(each.verb) for each in commands])


def _codes(words: Sequence[str]) -> Text:
    spans: list[Span] = []
    for word in words:
        spans.extend([Span(", "), code(word)] if spans else [code(word)])
    return tuple(spans)


def _summary(texts: Texts, spec: CommandSpec) -> Text:
    if spec.change and spec.danger in _DANGERS and spec.danger != "LOW":
        return (*texts.graph(spec.summary), Span(" "), *texts(f"danger.{spec.danger}"))
    return texts.graph(spec.summary)


def _label(parameter: ParameterSpec) -> str:
    return parameter.option if parameter.position is None else parameter.placeholder


def _default(texts: Texts, parameter: ParameterSpec) -> str:
    given = parameter.default or ""
    return given if parameter.type != "Boolean" else texts.line("value.yes" if given.lower() == "true" else "value.no")


def _about(texts: Texts, parameter: ParameterSpec) -> Text:
    """Help, type, and what may be said about its values."""
    parts: list[Text] = [texts.graph(parameter.help)] if parameter.help else []
    if parameter.position is not None:
        parts.append(texts("help.also", option=parameter.option))
    if parameter.required:
        parts.append(texts("help.required"))
    if parameter.choices:
        parts.append(texts("help.choices", choices=_codes(parameter.choices)))
    else:
        parts.append(texts("help.type", type=f"{parameter.type}, …" if parameter.many else parameter.type))
    if parameter.choices_from:
        parts.append(texts("help.from", command=f"{kebab(parameter.choices_from)} list"))
    if parameter.default is not None:
        parts.append(texts("help.default", value=_default(texts, parameter)))
    spans: list[Span] = []
    for part in parts:
        spans.extend([Span(" "), *part] if spans else part)
    return tuple(spans)
