"""Operations in replies: the first state, the ones that follow, the last with its undo. Used by `changes`, `confirm` and `follow`.

Nothing here waits for an operation: `follow` does, in whichever process lives.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from bot import gql, texts
from bot.due import DueEdit
from bot.follow import Followed
from bot.messages import Button, Message, Source, Tone
from bot.outbox import Undelivered
from bot.platforms.base import Person
from bot.ports import Answer, Clock
from bot.replies.errors import sentence
from bot.replies.operations import of_operation
from bot.services import KeptUndo, Services
from bot.turn import Answered, Turn
from bot.undoing import begun


async def started(
    turn: Turn,
    answer: Answer,
    source: Source,
    project: str | None,
    invocation: Any = None,
    asker: Person | None = None,
    language: str | None = None,
    short: Message | None = None,
) -> None:
    """Show the operation that a mutation answered, and follow it for the asker. Raises Answered when there is none.

    `short` as in `Turn.reply`.
    """
    operation = gql.found(answer, "it")
    if operation is None:
        raise Answered(answer.errors, invocation)
    turn.services.counters.executed += 1
    followed = Followed(
        operation=operation["id"],
        person=asker or turn.person,
        place=turn.stands,
        message_id=None,
        source=source,
        language=language or turn.texts.language,
        project=project,
        link=turn.link,
    )
    over = operation["state"] in gql.ENDED
    shown = (
        await ended(turn.services, followed, operation) if over else _message(turn.services.clock, followed, operation)
    )
    try:
        await turn.reply(shown, short)
        await turn.settle()
        message_id = turn.message_id if turn.capabilities.edits else None
        followed = msgspec.structs.replace(followed, message_id=message_id, place=turn.stands)
    except Undelivered:
        over = False  # its end is said anew when the channel takes messages again
    await begun(turn)
    if over:
        await _end_undo(turn.services, followed, operation)
    else:
        await turn.services.follower.follow(followed)


def shower(clock: Clock) -> Callable[[Followed, Mapping[str, Any] | None], Message]:
    """What `Follower` renders states with."""

    def show(followed: Followed, operation: Mapping[str, Any] | None) -> Message:
        if operation is None:
            return sentence(texts.of(followed.language), "follow.lost", tone=Tone.WARN, id=followed.operation)
        return _message(clock, followed, operation)

    return show


async def ended(services: Services, followed: Followed, operation: Mapping[str, Any]) -> Message:
    """The last message of an operation. Offers its undo for a while, to its asker; after that the button disappears."""
    if not _undoable(services, followed, operation):
        return _message(services.clock, followed, operation)
    name = followed.operation
    seconds = services.settings.undo_minutes * 60
    until = services.clock.now().timestamp() + seconds
    kept = KeptUndo(person=followed.person.key, project=followed.project, until=until)
    await services.undos.keep(name, kept, seconds)
    await _end_undo(services, followed, operation)
    label = texts.of(followed.language).line("button.undo")
    document = services.known.document(operation["undo"]["action"])
    return _message(services.clock, followed, operation, Button(label=label, command=f"undo {name}", document=document))


async def _end_undo(services: Services, followed: Followed, operation: Mapping[str, Any]) -> None:
    if followed.message_id is not None and _undoable(services, followed, operation):
        plain = _message(services.clock, followed, operation)
        edit = DueEdit(place=followed.place, message_id=followed.message_id, message=plain)
        await services.due.put(f"undo:{followed.operation}", services.settings.undo_minutes * 60, edit)


def _undoable(services: Services, followed: Followed, operation: Mapping[str, Any]) -> bool:
    platform = services.platforms.get(followed.place.platform)
    offered = bool(operation["undo"]) and operation["state"] == "SUCCEEDED"
    return offered and services.settings.undo_minutes > 0 and platform is not None and platform.capabilities.buttons


def _message(clock: Clock, followed: Followed, operation: Mapping[str, Any], *buttons: Button) -> Message:
    begun = datetime.fromisoformat(operation["startedAt"])
    end = datetime.fromisoformat(operation["finishedAt"]) if operation["finishedAt"] else clock.now()
    elapsed = max((end - begun).total_seconds(), 0.0)
    return of_operation(texts.of(followed.language), dict(operation), followed.source, elapsed, buttons)
