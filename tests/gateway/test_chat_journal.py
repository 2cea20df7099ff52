"""What a chat system's door refused, as audit rows: one a minute for each reason, and no delivery untold."""

import asyncio
from typing import Any, cast

import pytest

from gateway.chat.journal import AuditJournal
from resolvers.audit import Audit, AuditRow
from tests.clock import HandClock, settle


class Log:
    """The audit log's place: keeps rows, fails while it is `away`, and takes its time while it is `slow`."""

    def __init__(self) -> None:
        self.rows: list[AuditRow] = []
        self.away = False
        self.slow: asyncio.Event | None = None

    async def append(self, row: AuditRow) -> None:
        if self.slow is not None:
            await self.slow.wait()
        if self.away:
            raise OSError("the store is away")
        self.rows.append(row)

    @property
    def counts(self) -> list[Any]:
        return [row.input["deliveries"] for row in self.rows]


async def refuse(journal: AuditJournal, times: int) -> None:
    for _ in range(times):
        await journal.rejected_at_the_door("slack", "signature", {"address": "192.0.2.1"})


async def test_the_rest_of_a_burst_is_written_though_nothing_comes_any_more() -> None:
    audit, clock = Log(), HandClock()
    journal = AuditJournal(cast(Audit, audit), clock)
    await refuse(journal, 5)
    assert audit.counts == [1]
    await clock.advance(61)
    assert audit.counts == [1, 4]
    await clock.advance(300)
    await refuse(journal, 1)
    assert audit.counts == [1, 4, 1]
    await journal.close()


async def test_what_comes_while_a_row_is_written_is_told_once() -> None:
    audit, clock = Log(), HandClock()
    journal = AuditJournal(cast(Audit, audit), clock)
    audit.slow = asyncio.Event()
    flood = [asyncio.create_task(refuse(journal, 1)) for _ in range(5)]
    await settle()
    for _ in range(3):  # while the store is so slow, minutes go by
        await clock.advance(61)
        flood += [asyncio.create_task(refuse(journal, 1)) for _ in range(10)]
        await settle()
    audit.slow.set()
    await asyncio.gather(*flood)
    for _ in range(3):
        await clock.advance(61)
    assert sum(audit.counts) == 35 and min(audit.counts) > 0
    await journal.close()


async def test_what_could_not_be_written_is_told_by_the_next_row() -> None:
    audit, clock = Log(), HandClock()
    journal = AuditJournal(cast(Audit, audit), clock)
    audit.away = True
    with pytest.raises(OSError, match="away"):
        await refuse(journal, 1)
    await refuse(journal, 2)
    await clock.advance(61)
    assert audit.counts == []
    audit.away = False
    await clock.advance(60)
    assert audit.counts == [3]
    await journal.close()


async def test_what_is_left_at_the_end_is_written() -> None:
    audit = Log()
    journal = AuditJournal(cast(Audit, audit), HandClock())
    await refuse(journal, 3)
    await journal.close()
    assert audit.counts == [1, 2]
