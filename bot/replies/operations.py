"""An operation as its reply shows it: state, progress, steps, time, resource, and the undo button that is passed in.

Called by `follow.py` for every state of it, so that one message is edited as the operation moves.
"""

from collections.abc import Mapping
from typing import Any

from bot.messages import (
    Block,
    Button,
    Message,
    Note,
    Paragraph,
    Progress,
    Source,
    Span,
    Steps,
    Text,
    Tone,
    clean,
)
from bot.replies.errors import SENTENCE
from bot.replies.wording import code, noted, row_of, said, short, span, typed
from bot.texts import Texts

MAX_STEPS = 12  # the last ones of a long operation
_TONES = {"SUCCEEDED": Tone.GOOD, "FAILED": Tone.BAD}
_STATES = ("PENDING", "RUNNING", "SUCCEEDED", "FAILED")


def of_operation(
    texts: Texts,
    operation: Mapping[str, Any],
    source: Source | None = None,
    elapsed: float = 0.0,
    buttons: tuple[Button, ...] = (),
) -> Message:
    """`operation` has the fields of OPERATION_FIELDS; `elapsed` is seconds since it started."""
    state = operation["state"] if operation.get("state") in _STATES else "RUNNING"
    action, subject = typed(operation.get("action")), _subject(texts, operation)
    title = texts(f"operation.{state}", action=action, subject=subject, elapsed=span(texts, elapsed))
    blocks: list[Block] = [Paragraph(title)]
    if state not in _TONES:
        share = min(max(float(operation.get("progress") or 0.0), 0.0), 1.0)
        blocks.append(Progress(share=share, label=f"{share:.0%}"))
    if steps := _steps(texts, operation):
        blocks.append(Steps(steps))
    blocks.extend(_failure(texts, operation))
    blocks.extend(row_of(buttons))
    blocks.append(_note(texts, operation))
    return Message(
        summary="".join(part.text for part in title),
        blocks=tuple(blocks),
        tone=_TONES.get(state, Tone.WAIT),
        source=source,
    )


def _subject(texts: Texts, operation: Mapping[str, Any]) -> Text:
    """What it is about, with a space before it; nothing while that is not known. A resource that is gone is told by its old name."""
    resource = operation.get("resource") or {}
    ids = operation.get("resourceIds") or ([operation["resourceId"]] if operation.get("resourceId") else [])
    names = operation.get("resourceNames") or []
    name = resource.get("name") or (names[0] if names else "") or (short(ids[0]) if ids else "")
    if not name:
        return ()
    count = max(len(ids), len(names))
    more = texts("operation.others", count=count - 1) if count > 1 else ()
    return (Span(" "), code(name), *more)


def _steps(texts: Texts, operation: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """The sentence that ended the operation is the detail of its last step, too; it is said once, below the steps."""
    told = (operation.get("error") or {}).get("message")
    return tuple(
        (
            clean(step.get("state")),
            texts.word(step.get("title")),
            "" if told and step.get("detail") == told else texts.word(step.get("detail")),
        )
        for step in (operation.get("steps") or [])[-MAX_STEPS:]
    )


def _failure(texts: Texts, operation: Mapping[str, Any]) -> list[Block]:
    error = operation.get("error")
    if not error:
        return []
    blocks: list[Block] = [Paragraph(texts.graph(error.get("message"), SENTENCE))]
    blocks.append(said(texts, "error.next.retry" if error.get("retryable") else "operation.next"))
    return blocks


def _note(texts: Texts, operation: Mapping[str, Any]) -> Note:
    correlation = operation.get("correlationId")
    if correlation:
        return noted(texts, "operation.note", id=operation.get("id"), correlation=correlation)
    return noted(texts, "operation.id", id=operation.get("id"))
