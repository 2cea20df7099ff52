"""Operations that a crash cut off between the backend's doing and our knowing. Used by the tests of resumed operations."""

from datetime import timedelta
from typing import Any

import msgspec

from resolvers.operations.record import OperationState, StepState
from tests.running import Running

LONG_AGO = timedelta(minutes=10)  # how long the process was away


async def cut_off(
    graph: Running, operation: dict[str, Any], project: str, step: str | None = None, **args: Any
) -> None:
    """Leave an operation of jiwoo in the store as a crash leaves it when the backend has done a step and nobody wrote it down.

    The step is the first one unless it is named. `args` replace arguments: with them it was sent somewhere else, and never arrived.
    """
    await leave(graph, operation["id"], operation["id"], project, step, **args)


async def leave(graph: Running, operation: str, under: str, project: str, step: str | None = None, **args: Any) -> None:
    """As `cut_off`, under another id when the operation itself is still under way."""
    store = graph.app.engine.store
    record = await store.get(operation)
    assert record is not None
    last = next(place for place, held in enumerate(record.steps) if step in (None, held.name))
    cut = msgspec.structs.replace(
        record.steps[last],
        state=StepState.RUNNING,
        started_at=record.steps[last].started_at - LONG_AGO,
        finished_at=None,
        result=None,
    )
    left = msgspec.structs.replace(
        record,
        id=under,
        state=OperationState.PENDING,
        args=record.args | args,
        steps=[*record.steps[:last], cut],
        finished_at=None,
        resource_id=None,
        resource_ids=[],
        outcome=None,
        undo=None,
        progress=0.0,
    )
    await store.create(left, await graph.token("jiwoo", project), {})
