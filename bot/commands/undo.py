"""`undo ID`: take a finished operation back, while its reply offers that, for whom it offers that.

It runs the command that undoes it, so policy, confirmation and audit are those of that command.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot import gql, run, undoing
from bot.commands.own import Own, of_its_project
from bot.invocation import Flags, Invocation
from bot.parser import fold
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
    async with of_its_project(turn):
        offer = await _offer(turn, name)
    spec = (await turn.catalogue()).get(offer["action"])
    if spec is None:
        raise Refused("undo.old", private=True)
    async with undoing.once(turn, name, private=True):
        await run.execute(turn, Invocation(spec, dict(offer["input"]), flags=_flags(turn), text=turn.text))


async def _offer(turn: Turn, name: str) -> Mapping[str, Any]:
    """Raises Answered, Refused."""
    answer = await turn.ask(gql.OPERATION, {"id": name})
    offer: Mapping[str, Any] | None = gql.found(answer, "operation", "undo")
    if offer is None:
        if answer.errors:
            raise Answered(answer.errors)
        raise Refused("undo.old", private=True)
    return offer


def _flags(turn: Turn) -> Flags:
    given = {fold(option) for option, _ in turn.words.options} if turn.words is not None else set()
    return Flags(plan="plan" in given, explain="explain" in given)


UNDO = Own("undo", "undo ID", "own.undo", undo, frozenset({"plan", "explain"}))
