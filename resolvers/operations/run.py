"""What an action sees while it works: durable steps. A resumed run is the same code from its start; steps that are done answer at once.

`once` has something done by a backend once: after a crash in the middle, and when the answer was lost, it first looks whether the
backend took it, or sends again what is harmless to repeat.
`until` follows a row of the read model, read live, to a wanted state. Created by `engine`, used by every `Action.run`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from resolvers.actor import Credential
from resolvers.clock import Clock
from resolvers.errors import Conflict, GurumError, TimedOut, Unavailable
from resolvers.inventory.kinds import Row
from resolvers.inventory.store import Inventory
from resolvers.operations.hiding import without
from resolvers.operations.record import OperationState, Record, Step, StepState

UNCERTAIN = timedelta(seconds=30)  # a request whose answer is not known may still be at work in the backend for so long
FIRST_LOOK, SLOWEST_LOOK = 0.25, 2.0  # seconds between two looks at a row that is followed
AGAIN = 1.0  # seconds between two looks for what may have been made, and before it is sent again
FOLLOW_LIMIT = 600.0  # seconds until a row that does not move is given up; what copies content takes another limit


class Run:
    """`args` are the plan's resolved arguments; `credential` acts as the person; `port(domain, cloud)` gives the backend.

    `answered` is the longest that any client waits for the answer to a change. `secrets` are those of the arguments: no sentence that is
    kept repeats them.
    """

    def __init__(
        self,
        record: Record,
        credential: Credential,
        inventory: Inventory,
        port: Callable[[str, str], Any],
        clock: Clock,
        save: Callable[[Record], Awaitable[None]],
        reveal: Callable[[str], Awaitable[None]],
        answered: timedelta,
        secrets: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.record = record
        self.args = {**record.args, **secrets}
        self.secrets = secrets
        self.credential = credential
        self.inventory = inventory
        self.port = port
        self.clock = clock
        self.accepted = asyncio.Event()
        self._save = save
        self._answered = answered
        self.reveal = reveal  # keep a secret, encrypted, for the person to read once

    async def once(
        self,
        name: str,
        title: str,
        send: Callable[[], Awaitable[Any]],
        find: Callable[[], Awaitable[Any]] | None = None,
        already: type[GurumError] | None = None,
    ) -> Any:
        """The step's result (plain data). `find` answers the result of an earlier sending, or None when the backend has not got it.

        Without `find` a step that was interrupted, or whose answer was lost, is sent again, so `send` must then be harmless to repeat;
        `already` is how the backend says that it was done, where it does not take it twice (NotFound, for a deletion). With `find`, an
        error is raised when the backend has surely not got it.
        """
        step = self._step(name)
        if step is not None and step.state is StepState.DONE:
            return step.result
        if step is not None:
            return await self._again(step, send, find, already)
        step = Step(name=name, title=title, state=StepState.RUNNING, started_at=self.clock.now())
        self.record.steps.append(step)
        await self._save(self.record)
        return await self._finish(step, await self._sent(step, send, find, already))

    async def until(
        self,
        name: str,
        title: str,
        row_id: str,
        wanted: Callable[[Any], bool],
        failed: Callable[[Any], str | None] = lambda row: None,
        limit: float = FOLLOW_LIMIT,
        progress: Callable[[Any], float | None] = lambda row: None,
    ) -> None:
        """Follow a row until `wanted`. Conflict with the sentence of `failed`, or when the row is gone; TimedOut when it stays as it
        is for `limit` seconds. What was reached once stays reached: a resumed run only brings the row into the read model again."""
        step = await self._begin(name, title)
        if step.state is StepState.DONE:
            await self.reread(row_id)
            return
        async for row in self._watch(step, row_id, limit):
            if row is None:
                raise Conflict(f"`{row_id}` is gone: it was deleted while the operation was waiting for it.")
            if wanted(row):
                await self._finish(step, None)
                return
            if (sentence := failed(row)) is not None:
                raise Conflict(sentence)
            await self._tell(step, str(getattr(row, "status", "")) or None, progress(row))
        raise AssertionError("a watch ends by an answer or an error")

    async def until_gone(
        self, name: str, title: str, row_id: str, failed: Callable[[Any], str | None], limit: float = FOLLOW_LIMIT
    ) -> None:
        """Follow a row until the backend does not know it any more; Conflict with the sentence of `failed`."""
        await self.until_gone_or(name, title, row_id, lambda row: False, failed, limit)

    async def until_gone_or(
        self,
        name: str,
        title: str,
        row_id: str,
        enough: Callable[[Any], bool],
        failed: Callable[[Any], str | None] = lambda row: None,
        limit: float = FOLLOW_LIMIT,
    ) -> None:
        """Follow a row until it is gone or `enough` holds: a detached port may stay or go with its server."""
        step = await self._begin(name, title)
        if step.state is StepState.DONE:
            await self.reread(row_id)
            return
        async for row in self._watch(step, row_id, limit):
            if row is None or enough(row):
                await self._finish(step, None)
                return
            if (sentence := failed(row)) is not None:
                raise Conflict(sentence)

    async def reread(self, *row_ids: str) -> None:
        """Bring rows that the action touched into the read model now, so that the author's next read sees them.

        A backend that fails here does not fail the operation: the next poll brings the rows.
        """
        for row_id in row_ids:
            with contextlib.suppress(Unavailable, TimedOut):
                await self.inventory.reread(row_id)

    async def resource(self, *row_ids: str) -> None:
        """Name what the operation is about; the first is `Operation.resource`."""
        self.record.resource_id = self.record.resource_id or row_ids[0]
        self.record.resource_ids = list(dict.fromkeys([*self.record.resource_ids, *row_ids]))
        await self._save(self.record)

    def request_id(self, request_id: str | None) -> None:
        """Keep the backend's own id of a call, for the audit row and for whoever reads the backend's logs."""
        if request_id and request_id not in self.record.backend_request_ids:
            self.record.backend_request_ids.append(request_id)

    # -- own -----------------------------------------------------------------------------------------------------------

    def _step(self, name: str) -> Step | None:
        return next((step for step in self.record.steps if step.name == name), None)

    async def _begin(self, name: str, title: str) -> Step:
        step = self._step(name)
        if step is None:
            step = Step(name=name, title=title, state=StepState.RUNNING, started_at=self.clock.now())
            self.record.steps.append(step)
            await self._save(self.record)
        return step

    async def _again(
        self,
        step: Step,
        send: Callable[[], Awaitable[Any]],
        find: Callable[[], Awaitable[Any]] | None,
        already: type[GurumError] | None,
    ) -> Any:
        if find is None:
            return await self._finish(step, await self._repeated(send, already))
        # Whoever sent it is gone by now, and with it the connection on which the backend was asked.
        lost_at = step.lost_at or min(step.started_at + self._answered, self.clock.now())
        while True:
            certain = self.clock.now() > lost_at + UNCERTAIN
            if (found := await self._patiently(find)) is not None:
                return await self._finish(step, found)
            if certain:
                step.started_at, step.lost_at, step.detail = self.clock.now(), None, None
                await self._save(self.record)
                return await self._finish(step, await self._sent(step, send, find))
            await self.clock.sleep(AGAIN)

    async def _sent(
        self,
        step: Step,
        send: Callable[[], Awaitable[Any]],
        find: Callable[[], Awaitable[Any]] | None,
        already: type[GurumError] | None = None,
    ) -> Any:
        """What `send` answers; where its answer was lost, what it made all the same, or its error when it made nothing."""
        try:
            return await send()
        except (TimedOut, Unavailable) as error:
            if not error.lost:
                raise
            step.lost_at = self.clock.now()
            if find is None:
                await self._tell(step, f"{error.message} Asking for it again.", None)
                return await self._repeated(send, already)
            await self._tell(step, f"{error.message} Looking whether it was done all the same.", None)
            if (found := await self._made(find)) is None:
                raise
            return found

    async def _repeated(self, send: Callable[[], Awaitable[Any]], already: type[GurumError] | None) -> Any:
        """What is harmless to repeat, until the backend answers; its error when that takes longer than UNCERTAIN."""
        pause, waited = AGAIN, 0.0
        while True:
            await self.clock.sleep(pause)
            waited += pause
            try:
                return await send()
            except (Unavailable, TimedOut):
                if waited >= UNCERTAIN.total_seconds():
                    raise
            except GurumError as error:
                if already is None or not isinstance(error, already):
                    raise
                return None
            pause *= 2

    async def _made(self, find: Callable[[], Awaitable[Any]]) -> Any:
        """None when the backend has not got it after all. A backend that does not answer is asked again, for FOLLOW_LIMIT at most."""
        began, waited = self.clock.monotonic(), 0.0
        while True:
            with contextlib.suppress(Unavailable, TimedOut):
                if (found := await find()) is not None or waited >= UNCERTAIN.total_seconds():
                    return found
            if self.clock.monotonic() - began > FOLLOW_LIMIT:
                return None
            await self.clock.sleep(AGAIN)
            waited += AGAIN

    async def _patiently(self, find: Callable[[], Awaitable[Any]]) -> Any:
        """After a crash the backend may be away too: keep asking, because only its answer tells whether to send again."""
        while True:
            try:
                return await find()
            except (Unavailable, TimedOut):
                await self.clock.sleep(SLOWEST_LOOK)

    async def _finish(self, step: Step, result: Any) -> Any:
        step.state, step.finished_at, step.result = StepState.DONE, self.clock.now(), result
        step.detail = None
        if self.record.state is OperationState.PENDING:
            self.record.state = OperationState.RUNNING
        await self._save(self.record)
        return result

    async def _watch(self, step: Step, row_id: str, limit: float) -> AsyncIterator[Row | None]:
        """Look at a row again and again. A backend that is away for a moment is waited for, not taken for a failure."""
        moved, pause, last = self.clock.monotonic(), FIRST_LOOK, None
        while True:
            try:
                row = await self.inventory.reread(row_id)
            except (Unavailable, TimedOut) as error:
                self.accepted.set()
                await self._tell(step, error.message, None)
            else:
                self.accepted.set()  # only now: the author's next read sees what the backend accepted
                yield row
                if (now := _place(row)) != last:
                    moved, last = self.clock.monotonic(), now
            if self.clock.monotonic() - moved > limit:
                raise TimedOut(f"{step.title}: nothing moved for {limit:g} s; the backend may still get there.")
            await self.clock.sleep(pause)
            pause = min(pause * 1.5, SLOWEST_LOOK)

    async def _tell(self, step: Step, detail: str | None, share: float | None) -> None:
        detail = None if detail is None else without(detail, self.secrets)
        if detail != step.detail or (share is not None and share != self.record.progress):
            step.detail = detail
            self.record.progress = share if share is not None else self.record.progress
            await self._save(self.record)


def _place(row: Row | None) -> tuple[Any, ...]:
    """How far a row is on its way: while this changes, it moves."""
    return tuple(getattr(row, name, None) for name in ("status", "task_state", "progress"))
