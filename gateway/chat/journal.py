"""`bot.ports.Journal` and the door's own refusals: what never reached the graph is in the audit log all the same, and so is linking.

Made by `gateway/app.py`. Deliveries without a valid signature come from anybody, so they get one row a minute for each reason, with their
number; every one is counted at `/metrics`.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ports import Attempt, Deed
from resolvers.audit import Audit, AuditResult, AuditRow
from resolvers.clock import Clock
from resolvers.errors import Denied

log = logging.getLogger("gurum.audit")

ROW_EVERY = 60.0  # seconds between two rows of deliveries refused for the same reason
SENTENCES = {
    "signature": "A delivery was refused: its signature is wrong or too old.",
    "replayed": "A delivery was refused: it was sent again by somebody else than the chat system.",
}


@dataclass(slots=True)
class _Burst:
    """Deliveries refused for one reason: those that no row tells of yet, and the pause until the next row."""

    count: int = 0
    written: float = -ROW_EVERY  # monotonic
    facts: Mapping[str, str] = field(default_factory=dict)
    pause: asyncio.Task[None] | None = None


class AuditJournal:
    """`close` it at the end."""

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock
        self._bursts: dict[tuple[str, str], _Burst] = {}

    async def refused(self, attempt: Attempt) -> None:
        await self._audit.append(
            AuditRow(
                at=self._clock.now(),
                action=attempt.command,
                result=AuditResult.DENIED if attempt.code == Denied.code else AuditResult.REFUSED,
                actor_id=attempt.user or attempt.person,
                actor_name=attempt.user_name or attempt.person,
                origin=attempt.platform,
                channel=attempt.channel or None,
                said=attempt.message,
                correlation_id=attempt.correlation_id or "",
                input={"person": attempt.person, **({"text": attempt.text} if attempt.text else {})},
                error=attempt.code,
                message=attempt.sentence,
            )
        )

    async def done(self, deed: Deed) -> None:
        await self._audit.append(
            AuditRow(
                at=self._clock.now(),
                action=deed.command,
                result=AuditResult.SUCCEEDED,
                actor_id=deed.user or deed.person,
                actor_name=deed.user_name or deed.person,
                origin=deed.platform,
                channel=deed.channel,
                said=deed.message,
                correlation_id="",
                input={"person": deed.person, **deed.facts},
            )
        )

    async def rejected_at_the_door(self, platform: str, reason: str, facts: Mapping[str, str]) -> None:
        """A delivery of `platform` that was not taken; `facts` may go into the log."""
        burst = self._bursts.setdefault((platform, reason), _Burst())
        burst.count += 1
        burst.facts = facts
        now = self._clock.monotonic()
        if now - burst.written >= ROW_EVERY:
            burst.written = now
            if burst.pause is None or burst.pause.done():
                burst.pause = asyncio.create_task(self._rest(platform, reason, burst))
            await self._write(platform, reason, burst)

    async def close(self) -> None:
        """What no row tells of yet is written now."""
        for (platform, reason), burst in self._bursts.items():
            if burst.pause is not None:
                burst.pause.cancel()
                await asyncio.gather(burst.pause, return_exceptions=True)
            if burst.count:
                await self._try(platform, reason, burst)

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _rest(self, platform: str, reason: str, burst: _Burst) -> None:
        """Tells of what came within each minute, until one was quiet."""
        while True:
            await self._clock.sleep(ROW_EVERY)
            if not burst.count:
                return
            burst.written = self._clock.monotonic()
            await self._try(platform, reason, burst)

    async def _try(self, platform: str, reason: str, burst: _Burst) -> None:
        try:
            await self._write(platform, reason, burst)
        except Exception:
            log.exception("refused deliveries (%s, %s) could not be written to the audit log now", platform, reason)

    async def _write(self, platform: str, reason: str, burst: _Burst) -> None:
        count, burst.count = burst.count, 0  # before the row is written: more come meanwhile, and are another row's
        row = AuditRow(
            at=self._clock.now(),
            action="chat",
            result=AuditResult.REFUSED,
            actor_id=f"{platform}:unknown",
            actor_name="unknown",
            origin=platform,
            correlation_id="",
            input={"deliveries": count, **burst.facts},
            error="UNAUTHENTICATED",
            message=SENTENCES.get(reason, "A delivery was refused."),
        )
        try:
            await self._audit.append(row)
        except BaseException:
            burst.count += count
            raise
