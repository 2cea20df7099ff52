"""`bot.ports.Journal` and the door's own refusals: what never reached the graph is in the audit log all the same, and so is linking.

Made by `gateway/app.py`. Deliveries without a valid signature come from anybody, so they get one row a minute for each reason, with their
number; every one is counted at `/metrics`.
"""

from collections.abc import Mapping

from bot.ports import Attempt, Deed
from resolvers.audit import Audit, AuditResult, AuditRow
from resolvers.clock import Clock
from resolvers.errors import Denied

ROW_EVERY = 60.0  # seconds between two rows of deliveries refused for the same reason
SENTENCES = {
    "signature": "A delivery was refused: its signature is wrong or too old.",
    "replayed": "A delivery was refused: it was sent again by somebody else than the chat system.",
}


class AuditJournal:
    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock
        self._written: dict[tuple[str, str], float] = {}
        self._unwritten: dict[tuple[str, str], int] = {}
        self.rejected: dict[tuple[str, str], int] = {}

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
        key = (platform, reason)
        self.rejected[key] = self.rejected.get(key, 0) + 1
        self._unwritten[key] = self._unwritten.get(key, 0) + 1
        now = self._clock.monotonic()
        if now - self._written.get(key, -ROW_EVERY) < ROW_EVERY:
            return
        count, self._unwritten[key], self._written[key] = self._unwritten[key], 0, now
        await self._audit.append(
            AuditRow(
                at=self._clock.now(),
                action="chat",
                result=AuditResult.REFUSED,
                actor_id=f"{platform}:unknown",
                actor_name="unknown",
                origin=platform,
                correlation_id="",
                input={"deliveries": count, **facts},
                error="UNAUTHENTICATED",
                message=SENTENCES.get(reason, "A delivery was refused."),
            )
        )
