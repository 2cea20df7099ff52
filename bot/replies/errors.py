"""What went wrong, in one sentence, what to do next, and the correlation id. Called by `app.py`, `confirm.py` and the commands."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.catalogue import ParameterSpec
from bot.invocation import Invocation, masked, retyped
from bot.messages import Block, Button, Message, Paragraph, Source, Text, Tone, clean, text_of
from bot.parser import kebab
from bot.ports import GraphError
from bot.replies.wording import FIRST, noted, row_of, said, short, span
from bot.texts import Texts

SENTENCE = 600  # characters of a sentence of the graph
SHOWN = 3  # errors of one answer


def sentence(texts: Texts, key: str, tone: Tone = Tone.BAD, **values: object) -> Message:
    """One sentence of the bot's own."""
    return Message(summary=texts.line(key, **values), blocks=(said(texts, key, **values),), tone=tone)


def of_errors(
    texts: Texts, errors: Sequence[GraphError], source: Source | None = None, listing: str | None = None
) -> Message:
    """The first error with what to do; others, when they say something else, below it. `listing`: the command that lists what is meant."""
    if not errors:
        return sentence(texts, "error.INTERNAL", message="")
    first = errors[0]
    blocks: list[Block] = []
    for error in _different(errors)[:SHOWN]:
        blocks.append(Paragraph(_sentence(texts, error)))
    if first.code == "NOT_FOUND" and listing is not None:
        blocks.append(said(texts, "error.next.listing", command=listing))
    elif (advice := _advice(texts, first)) is not None:
        blocks.append(advice)
    if first.correlation_id:
        blocks.append(noted(texts, "error.correlation", id=first.correlation_id))
    return Message(summary=text_of(_sentence(texts, first)), blocks=tuple(blocks), tone=Tone.BAD, source=source)


def of_ambiguous(texts: Texts, error: GraphError, invocation: Invocation, source: Source | None = None) -> Message:
    """The candidates as buttons that run the same command with an id."""
    buttons = tuple(
        Button(label=f"{clean(name, 50)} ({short(row_id)})", command=command, document=invocation.spec.document or None)
        for row_id, name in error.candidates[:FIRST]
        if (command := _with(invocation, error.field, row_id, name)) is not None
    )
    if not buttons:
        return of_errors(texts, [error], source)
    key = "ambiguous.project" if error.field == "project" else "ambiguous.name"
    blocks: list[Block] = [said(texts, key, message=_message(texts, error)), *row_of(buttons)]
    if len(error.candidates) > FIRST:
        blocks.append(noted(texts, "list.more", count=len(error.candidates) - FIRST))
    summary = texts.line(key, message=_message(texts, error))
    return Message(summary=summary, blocks=tuple(blocks), tone=Tone.WARN, source=source)


def to_blame(invocation: Invocation | None, error: GraphError) -> str | None:
    """The name of the parameter that an error is about: it names that, or the kind of one."""
    if invocation is None or error.field is None:
        return None
    spec = invocation.spec
    of_kind = [p for p in spec.parameters if p.choices_from == error.field]
    found = spec.parameter(error.field) or (of_kind[0] if len(of_kind) == 1 else None)
    return found.name if found is not None else None


def _with(invocation: Invocation, field: str | None, row_id: str, name: str) -> str | None:
    """The command text with the candidate in the place of what was ambiguous; None when that place is not found, or a secret is in it."""
    if masked(invocation) is not None:
        return None
    parameter = _meant(invocation, field, name)
    if parameter is not None:
        given = invocation.values.get(parameter.name)
        if isinstance(given, list):
            return retyped(invocation, **{parameter.name: [row_id if each == name else each for each in given]})
        return retyped(invocation, **{parameter.name: row_id})
    if field == "project":
        return retyped(replace(invocation, flags=replace(invocation.flags, project=row_id)))
    return None


def _meant(invocation: Invocation, field: str | None, name: str) -> ParameterSpec | None:
    """An error names a parameter or a kind. Of several parameters of the kind it is the one that was given this name."""
    spec = invocation.spec
    fitting = [p for p in spec.parameters if field in (p.name, p.choices_from)] or list(spec.parameters)
    given = [p for p in fitting if _holds(invocation.values.get(p.name), name)]
    if given:
        return given[0]
    return spec.parameter(field) if field else None


def _holds(given: Any, name: str) -> bool:
    return name in given if isinstance(given, list) else given == name


def _sentence(texts: Texts, error: GraphError) -> Text:
    key = f"error.{error.code}"
    # Codes are in capitals; what else begins with `error.` in the catalogue is about other things.
    known = error.code.isupper() and key in texts
    return texts(key if known else "error.INTERNAL", message=_message(texts, error))


def _message(texts: Texts, error: GraphError) -> Text:
    return texts.graph(error.message, SENTENCE)


def _advice(texts: Texts, error: GraphError) -> Paragraph | None:
    if error.retry_after is not None:
        return said(texts, "error.next.wait", span=span(texts, error.retry_after))
    if error.code == "INVALID" and error.field:
        return said(texts, "error.next.field", option=f"--{kebab(error.field)}")
    if error.retryable:
        return said(texts, "error.next.retry")
    key = f"error.next.{error.code}"
    return said(texts, key) if key in texts else None


def _different(errors: Sequence[GraphError]) -> list[GraphError]:
    return list({(error.code, error.message): error for error in errors}.values())
