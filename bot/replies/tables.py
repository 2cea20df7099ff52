"""Answers of reading commands: rows as a table with its next page, one object as a card, a long text as a file, all with their age."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bot.catalogue import CommandSpec
from bot.invocation import Invocation, retyped
from bot.messages import (
    Block,
    Button,
    Code,
    Fields,
    File,
    Message,
    Note,
    Paragraph,
    Source,
    Table,
    Text,
    Tone,
    clean,
    plain,
)
from bot.ports import GraphError
from bot.replies.errors import SENTENCE
from bot.replies.raw import fitting
from bot.replies.wording import at, file_name, lines_of, noted, row_of, said, span, value
from bot.texts import Texts

MAX_ROWS = 100  # in a message; more go into a file
FIRST_ROWS = 20  # of those that go into a file
MAX_FILE = 500_000  # characters
MAX_CODE = 1_500
TAIL = 15  # lines of a long text that the message shows
MAX_BACKENDS = 5


def of_read(
    texts: Texts,
    spec: CommandSpec,
    data: Mapping[str, Any] | None,
    source: Source | None,
    invocation: Invocation,
    extensions: Mapping[str, Any] | None = None,
    errors: Sequence[GraphError] = (),
) -> Message:
    """`extensions` and `errors` are those of the answer; `freshness` in the former tells how old the rows are."""
    missing = _missing(texts, spec, data, errors)
    freshness = (extensions or {}).get("freshness")
    notes = [*missing, *_freshness(texts, freshness)]
    if at(data, spec.rows or "") == [] and _away(freshness):  # whether there is nothing, nobody knows
        blocks = (said(texts, "read.away"), *notes)
        return Message(summary=texts.line("read.away"), blocks=blocks, tone=Tone.WARN, source=source)
    message = _read(texts, spec, data, source, invocation, notes)
    return msgspec.structs.replace(message, tone=Tone.WARN) if missing else message


def _read(
    texts: Texts,
    spec: CommandSpec,
    data: Mapping[str, Any] | None,
    source: Source | None,
    invocation: Invocation,
    notes: list[Block],
) -> Message:
    if spec.text is not None:
        return _text(texts, spec, at(data, spec.text), source, notes)
    found = at(data, spec.rows or "")
    if isinstance(found, list):
        return _table(texts, spec, data, found, source, invocation, notes)
    if isinstance(found, Mapping):
        return _card(texts, spec, found, source, notes)
    return Message(summary=texts.line("read.none"), blocks=(said(texts, "read.none"), *notes), source=source)


def of_json(
    texts: Texts, spec: CommandSpec, data: Any, source: Source | None = None, errors: Sequence[GraphError] = ()
) -> Message:
    """The answer as it came, as a file; with fewer rows where a file would not hold them all."""
    missing = _missing(texts, spec, data, errors)
    raw, kept, total = fitting(data, (spec.rows or "").split("."), MAX_FILE)
    key = "read.json_long" if raw is None else "read.json" if kept == total else "read.json_cut"
    values = {"command": spec.typed, "count": kept, "total": total}
    return Message(
        summary=texts.line(key, **values),
        blocks=(said(texts, key, **values), *missing),
        tone=Tone.INFO if key == "read.json" and not missing else Tone.WARN,
        file=None if raw is None else File(name=f"{file_name(spec.typed)}.json", text=raw, title=spec.typed),
        source=source,
    )


def _table(
    texts: Texts,
    spec: CommandSpec,
    data: Mapping[str, Any] | None,
    found: Sequence[Any],
    source: Source | None,
    invocation: Invocation,
    notes: list[Block],
) -> Message:
    if not found:
        key = "read.no_match" if set(invocation.values) - {"first", "project", "cloud"} else "read.empty"
        return Message(summary=texts.line(key), blocks=(said(texts, key), *notes), source=source)
    columns = tuple(texts.word(title) for title, _ in spec.columns)
    rows = tuple(tuple(value(texts, at(row, path), path) for _, path in spec.columns) for row in found)
    total = at(data, spec.total) if spec.total else None
    total = total if isinstance(total, int) else (None if spec.next else len(rows))
    shown = rows if len(rows) <= MAX_ROWS else rows[:FIRST_ROWS]
    caption = _caption(texts, spec, len(shown), total)
    file = None
    if len(shown) < len(rows):
        text, held = _aligned(columns, rows)
        file = File(name=f"{file_name(spec.typed)}.txt", text=text, title=spec.typed)
        key = "read.in_file" if held == len(rows) else "read.some_in_file"
        notes = [*notes, noted(texts, key, count=held, total=len(rows))]
    blocks = (
        Table(columns=columns, rows=shown, caption=caption, total=total),
        *row_of(_more(texts, spec, data, found, invocation)),
        *notes,
    )
    return Message(summary=caption, blocks=blocks, file=file, source=source)


def _caption(texts: Texts, spec: CommandSpec, shown: int, total: int | None) -> str:
    if total is None or total == shown:
        return texts.line("read.all", command=spec.typed, count=shown)
    return texts.line("read.part", command=spec.typed, shown=shown, total=total)


def _more(
    texts: Texts, spec: CommandSpec, data: Mapping[str, Any] | None, found: Sequence[Any], invocation: Invocation
) -> tuple[Button, ...]:
    """The next page: after the cursor that the graph gave, or before the last row where it goes by rows."""
    page = at(data, spec.next) if spec.next else None
    if isinstance(page, Mapping) and page.get("hasNextPage") and page.get("endCursor"):
        command = retyped(invocation, after=str(page["endCursor"]))
    elif spec.next is None and spec.parameter("before") is not None and _full(found, invocation):
        command = retyped(invocation, before=str(found[-1]["id"]))
    else:
        return ()
    return (Button(label=texts.line("read.more"), command=command, document=spec.document or None),)


def _full(found: Sequence[Any], invocation: Invocation) -> bool:
    last = found[-1]
    return (
        isinstance(last, Mapping)
        and bool(last.get("id"))
        and len(found) >= invocation.variables().get("first", len(found) + 1)
    )


def _card(
    texts: Texts, spec: CommandSpec, row: Mapping[str, Any], source: Source | None, notes: list[Block]
) -> Message:
    pairs = tuple((texts.word(title), _value(texts, row, path)) for title, path in spec.columns)
    name = clean(row.get("name") or row.get("id") or spec.typed)
    title = texts("read.card", command=spec.typed, name=name)
    blocks: tuple[Block, ...] = (Paragraph(title), Fields(pairs), *notes)
    return Message(summary="".join(part.text for part in title), blocks=blocks, source=source)


def _value(texts: Texts, row: Mapping[str, Any], path: str) -> Text:
    """Why something failed is a sentence of the graph; all else is data, in which a backtick is a sign like any other."""
    shown = value(texts, at(row, path), path)
    return texts.graph(shown) if path.endswith(".message") else plain(shown)


def _text(texts: Texts, spec: CommandSpec, found: Any, source: Source | None, notes: list[Block]) -> Message:
    given, cut = lines_of(found, MAX_FILE) if isinstance(found, str) else ("", False)
    if not given.strip():
        return Message(summary=texts.line("read.no_text"), blocks=(said(texts, "read.no_text"), *notes), source=source)
    lines = given.rstrip("\n").split("\n")
    if len(given) <= MAX_CODE and len(lines) <= TAIL * 2 and not cut:
        summary = texts.line("read.text", command=spec.typed, count=len(lines))
        return Message(summary=summary, blocks=(Code(text=given, title=spec.typed), *notes), source=source)
    tail = "\n".join(lines[-TAIL:])[-MAX_CODE:]
    key = "read.text_cut" if cut else "read.text_file"
    summary = texts.line(key, command=spec.typed, count=len(lines), last=min(TAIL, len(lines)))
    file = File(name=f"{file_name(spec.typed)}.txt", text=given, title=spec.typed)
    return Message(
        summary=summary,
        blocks=(Note(plain(summary)), Code(text=tail, title=spec.typed), *notes),
        file=file,
        source=source,
    )


def _missing(
    texts: Texts, spec: CommandSpec, data: Mapping[str, Any] | None, errors: Sequence[GraphError]
) -> list[Block]:
    """What could not be read: parts of the answer with an error of their own, and services that the answer itself names."""
    messages = dict.fromkeys(each.message for each in errors)
    told: list[Block] = [said(texts, "read.missing", message=texts.graph(each, SENTENCE)) for each in messages]
    root = at(data, (spec.rows or spec.text or "").partition(".")[0])
    named = (
        root.get("errors") if isinstance(root, Mapping) else None
    )  # a list of rows has none: `at` would ask each row
    for each in named or ():
        cloud, service, message = at(each, "cloud"), at(each, "service"), texts.graph(at(each, "message"), SENTENCE)
        told.append(said(texts, "read.missing_service", cloud=cloud, service=service, message=message))
    correlation = next((each.correlation_id for each in errors if each.correlation_id), None)
    return [*told[:MAX_BACKENDS], *([noted(texts, "error.correlation", id=correlation)] if correlation else [])]


def _freshness(texts: Texts, freshness: Mapping[str, Any] | None) -> list[Block]:
    if not freshness:
        return []
    backends: list[Mapping[str, Any]] = list(freshness.get("backends") or [])
    lags = [each["lagSeconds"] for each in backends if each.get("lagSeconds") is not None]
    notes: list[Block] = []
    if freshness.get("source") == "LIVE":
        notes.append(noted(texts, "fresh.LIVE"))
    elif lags:
        key = "fresh.STALE" if freshness.get("source") == "STALE" else "fresh.CACHE"
        notes.append(noted(texts, key, age=span(texts, max(lags))))
    for backend in [each for each in backends if each.get("status") not in (None, "OK")][:MAX_BACKENDS]:
        down = backend["status"] == "DOWN"
        reason = texts.graph(backend.get("error"), 160)
        key = "fresh.DOWN_why" if down and reason else "fresh.DOWN" if down else "fresh.DEGRADED"
        notes.append(noted(texts, key, cloud=backend.get("name"), kind=backend.get("kind"), reason=reason))
    return notes


def _away(freshness: Mapping[str, Any] | None) -> bool:
    return any(backend.get("status") == "DOWN" for backend in (freshness or {}).get("backends") or ())


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, int]:
    """A table for people in a text file, and how many of the rows it holds."""
    table = [columns, *rows]
    widths = [max(_cells(row[place]) for row in table) for place in range(len(columns))]
    lines: list[str] = []
    left = MAX_FILE
    for row in table:
        line = (
            "  ".join(cell + " " * (width - _cells(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
            + "\n"
        )
        left -= len(line)
        if left < 0:
            break
        lines.append(line)
    return "".join(lines), len(lines) - 1


def _cells(text: str) -> int:
    """Hangul and the like are two wide where all letters have one width."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
