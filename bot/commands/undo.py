"""`undo ID`: take a finished operation back, while its reply offers that, for whom it offers that.

It runs the command that undoes it, so policy, confirmation and audit are those of that command.
"""

import contextlib
import re

from bot import gql, run
from bot.commands.own import Own
from bot.invocation import Invocation
from bot.kept import Taken
from bot.outbox import Undelivered
from bot.turn import Answered, Refused, Turn


async def undo(turn: Turn) -> None:
    if not turn.rest or not re.fullmatch(r"[A-Za-z0-9]{1,64}", turn.rest[0]):
        raise Refused("undo.which")
    name = turn.rest[0]
    undos = turn.services.undos
    kept = await undos.look(name)
    if kept is None or kept.until <= turn.services.clock.now().timestamp():
        raise Refused("undo.old", private=True)
    if kept.person != turn.person.key:
        raise Refused("undo.others", code="DENIED", private=True)
    turn.use_project(kept.project)
    answer = await turn.ask(gql.OPERATION, {"id": name})
    offer = gql.found(answer, "operation", "undo")
    if offer is None:
        if answer.errors:
            raise Answered(answer.errors)
        raise Refused("undo.old", private=True)
    spec = (await turn.catalogue()).get(offer["action"])
    if spec is None:
        raise Refused("undo.old", private=True)
    if await undos.take(name, "undo", turn.name) is not Taken.MINE:
        raise Refused("undo.again", code="CONFLICT", private=True)
    try:
        await run.execute(turn, Invocation(spec, dict(offer["input"]), text=turn.text))
    except Exception:
        await undos.release(name, "undo", turn.name)
        raise
    await _without_button(turn, name)


async def _without_button(turn: Turn, name: str) -> None:
    """What is being undone offers no undo any more."""
    edit = await turn.services.due.look(f"undo:{name}")
    await turn.services.due.drop(f"undo:{name}")
    if edit is not None:
        with contextlib.suppress(Undelivered):  # the message is gone, and its button with it
            await turn.services.outbox.edit(edit.place, edit.message_id, edit.message)


UNDO = Own("undo", "undo ID", "own.undo", undo)
