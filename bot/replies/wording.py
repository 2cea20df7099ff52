"""Small pieces that several answers share: values, spans of time and names as people read them. Called by the other files here.

What comes from outside leaves here clean; what is long leaves here bounded.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.messages import MAX_CELL, Button, Buttons, Note, Paragraph, Span, Style, Text, clean
from bot.parser import kebab
from bot.texts import Texts

NOTHING = "–"  # in a cell without a value
FIRST = 10  # of a list that may be long
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)")
_TIMES = re.compile(r"(^|\.)at$|At$|(^|\.)asOf$")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-Z\\-_]")
_UNSHOWN = re.compile(r"[^\n\t -~]")


def said(texts: Texts, key: str, /, **values: object) -> Paragraph:
    return Paragraph(texts(key, **values))


def noted(texts: Texts, key: str, /, **values: object) -> Note:
    return Note(texts(key, **values))


def code(text: object) -> Span:
    return Span(clean(text), Style.CODE)


def row_of(buttons: Sequence[Button]) -> tuple[Buttons, ...]:
    return (Buttons(tuple(buttons)),) if buttons else ()


def value(texts: Texts, given: Any, path: str = "") -> str:
    """One value for a cell. `path` is where it stands: moments are told by their names."""
    if isinstance(given, str) and given:  # most are; a long table has thousands
        return moment(given) if _MOMENT.fullmatch(given) and _TIMES.search(path) else clean(given)
    if given in (None, "", [], {}):
        return NOTHING
    match given:
        case bool():
            return texts.line("value.yes" if given else "value.no")
        case float():
            return f"{given:,.2f}".rstrip("0").rstrip(".").replace(",", "")
        case list() | tuple():
            return clean(", ".join(value(texts, each, path) for each in given), MAX_CELL)
        case Mapping():
            return clean(", ".join(f"{key}={value(texts, each)}" for key, each in given.items()), MAX_CELL)
        case _:
            return clean(given)


def at(row: Any, path: str) -> Any:
    """What stands at a dotted path; through a list, what stands there in each member."""
    for place, name in enumerate(names := path.split(".")):
        if isinstance(row, list):
            return [at(each, ".".join(names[place:])) for each in row]
        row = row.get(name) if isinstance(row, dict | Mapping) else None
    return row


def moment(given: str) -> str:
    """`2026-11-27 20:11`, in UTC."""
    try:
        then = datetime.fromisoformat(given)
    except ValueError:
        return clean(given)
    return then.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def span(texts: Texts, seconds: float) -> str:
    """`8 s`, `1 min 5 s`, `2 h 3 min`, `4 d 1 h`."""
    left = max(round(seconds), 0)
    for unit, smaller, size, part in (
        ("day", "hour", 86_400, 3_600),
        ("hour", "minute", 3_600, 60),
        ("minute", "second", 60, 1),
    ):
        if left >= size:
            big = texts.line(f"span.{unit}", count=left // size)
            rest = left % size // part
            return f"{big} {texts.line(f'span.{smaller}', count=rest)}" if rest else big
    return texts.line("span.second", count=left)


def typed(action: object) -> str:
    """`server.rebootSoft` -> `server reboot-soft`."""
    noun, _, verb = str(action or "").partition(".")
    return clean(f"{kebab(noun)} {kebab(verb)}".strip())


def kind(name: object) -> str:
    """`securityGroup` -> `security group`."""
    return clean(kebab(str(name or "")).replace("-", " "))


def short(global_id: object) -> str:
    """The id in its own cloud, as far as it tells things apart."""
    return clean(str(global_id or "").rsplit("/", 1)[-1], 12)


def listed(texts: Texts, items: Sequence[Text], total: int | None = None) -> Text:
    """The first ones, with commas, and how many there are besides."""
    count = len(items) if total is None else total
    spans: list[Span] = []
    for item in items[:FIRST]:
        spans.extend([Span(", "), *item] if spans else item)
    if count > FIRST:
        spans.extend([Span(" "), *texts("list.more", count=count - FIRST)])
    return tuple(spans)


def lines_of(text: str, limit: int) -> tuple[str, bool]:
    """The end of a long text of outside, such as a log, and whether something was cut off before it.

    Its lines are kept; colours and control characters are taken out.
    """
    plain = _ANSI.sub("", text[-2 * limit :]).replace("\r\n", "\n")
    end = plain[-limit:]
    shown = _UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", end) if end.isascii() else clean(end, limit, lines=True)
    return shown, len(text) > 2 * limit or len(plain) > limit


def file_name(*parts: object) -> str:
    """A name that every system takes."""
    return "-".join(re.sub(r"[^A-Za-z0-9]+", "-", str(part)).strip("-")[:60] for part in parts if part)
