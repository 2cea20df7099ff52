"""The end of an offer to undo: what is being taken back is taken back once. Called by `operations`, when that has begun.

A plan alone begins nothing: while it waits, or after it was dropped, the offer stands.
"""

import contextlib
from collections.abc import AsyncIterator

from bot.kept import Taken
from bot.outbox import Undelivered
from bot.turn import Refused, Turn


@contextlib.asynccontextmanager
async def once(turn: Turn, name: str | None, *, private: bool = False) -> AsyncIterator[None]:
    """While the body begins to take an operation back, nothing else does; the offer stands again where nothing began. Raises Refused."""
    if name is None:
        yield
        return
    undos = turn.services.undos
    if await undos.take(name, "undo", turn.name) is Taken.OTHERS:  # a plan may be confirmed after its offer has ended
        raise Refused("undo.again", code="CONFLICT", private=private)
    turn.undoing = name
    try:
        yield
    finally:
        if turn.undoing is not None:  # nothing runs: it was refused, explained, or is a plan yet
            await undos.release(name, "undo", turn.name)


async def begun(turn: Turn) -> None:
    """The operation that takes `turn.undoing` back runs, where there is one."""
    name, turn.undoing = turn.undoing, None
    if name is None:
        return
    services = turn.services
    await services.undos.take(name, "undo", turn.name)
    edit = await services.due.look(f"undo:{name}")
    await services.due.drop(f"undo:{name}")
    if edit is not None:
        with contextlib.suppress(Undelivered):  # the message is gone, and its button with it
            await services.outbox.edit(edit.place, edit.message_id, edit.message)
