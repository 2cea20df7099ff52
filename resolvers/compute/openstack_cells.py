"""Servers of a Nova cell that is down: Nova leaves them out of a list with pages, as if they were deleted. Used by `openstack_feeds.py`.

Asked for one of them, Nova says that it is there, in the status UNKNOWN and without what only the cell knows. So the rows are kept as
they were last seen, in that status, until the cell answers again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from msgspec import structs

from resolvers.compute.port import ServerRow, ServerStatus

ASKED: Final = 20  # of those that a list lacks: when they are more, the others are taken to be in the same cell

Read = Callable[[str], Awaitable[ServerRow | None]]


class LastSeen:
    """By native id. `read` answers one server as Nova tells it now, None when it is gone."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._rows: dict[str, ServerRow] = {}

    def saw(self, rows: Iterable[ServerRow], deleted: Iterable[str] = ()) -> None:
        self._rows |= {row.native_id: row for row in rows}
        for native in deleted:
            self._rows.pop(native, None)

    def filled(self, row: ServerRow) -> ServerRow:
        """What Nova tells of a server, with what it told before while the cell is down."""
        known = self._rows.get(row.native_id)
        return _unknown(known) if known is not None and _is_little(row) else row

    async def left_out(self, listed: Sequence[ServerRow]) -> list[ServerRow]:
        """Of the servers that a full list lacks, those that are there all the same."""
        there = {row.native_id: row for row in listed}
        lacking = [row for native, row in self._rows.items() if native not in there]
        asked = lacking[:: max(1, len(lacking) // ASKED)][:ASKED] if len(lacking) > ASKED else lacking
        answers = dict(zip((row.native_id for row in asked), await self._ask(asked), strict=True))
        down = any(row is not None and _is_little(row) for row in answers.values())
        found = [self.filled(row) for row in answers.values() if row is not None]
        if down:
            found += [_unknown(row) for row in lacking if row.native_id not in answers]
        self._rows = there | {row.native_id: row for row in found}
        return found

    async def _ask(self, rows: Sequence[ServerRow]) -> list[ServerRow | None]:
        return await asyncio.gather(*(self._read(row.native_id) for row in rows))


def _is_little(row: ServerRow) -> bool:
    """Whether Nova told no more than the id: a server always has a name."""
    return row.status is ServerStatus.UNKNOWN and row.name == row.native_id


def _unknown(row: ServerRow) -> ServerRow:
    return structs.replace(row, status=ServerStatus.UNKNOWN, task_state=None)
