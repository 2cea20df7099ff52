"""The end of an offer to undo: what is being taken back is taken back once. Called by `operations`, when that has begun.

A plan alone begins nothing: while it waits, or after it was dropped, the offer stands.
"""

import contextlib

from bot.outbox import Undelivered
from bot.turn import Turn


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
