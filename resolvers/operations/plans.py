"""Plans that were shown to somebody, kept for a while so that `apply(planId, hash)` can run exactly that. Called by `approvals`.

The input may hold secrets (user data), so a kept plan is sealed like the tokens of operations.

    gurum:plan:{id}            the plan as it was shown, sealed
    gurum:plan:{id}:approval   what a second person said of it, a hash, with a proof that 9rum wrote it; there when policy asks for one
"""

import enum
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from notifications.redis import RedisClient
from resolvers.action import Danger, Difference, QuotaEffect, Target
from resolvers.policy.decision import Confirmation
from resolvers.seal import Seal

KEPT = timedelta(minutes=15)
KEPT_FOR_APPROVAL = timedelta(hours=24)  # the approver may be asleep
_SETTLE = """
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return {'none'} end
local applied = redis.call('HGET', KEYS[1], 'applied')
if ARGV[1] == state or state == 'REFUSED' or applied then return {state, applied or ''} end
redis.call('HSET', KEYS[1], 'state', ARGV[1], 'by_id', ARGV[2], 'by_name', ARGV[3], 'at', ARGV[4], 'reason', ARGV[5],
  'proof', ARGV[6])
return {ARGV[1], ''}
"""
_BEGIN = """
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'APPROVED' or redis.call('HGET', KEYS[1], 'proof') ~= ARGV[2] then return 0 end
redis.call('HSETNX', KEYS[1], 'applied', ARGV[1])
return 1
"""
_GIVE_BACK = """
if redis.call('HGET', KEYS[1], 'applied') == ARGV[1] then redis.call('HDEL', KEYS[1], 'applied') end
"""


class ApprovalState(enum.StrEnum):
    """WAITING: nobody said anything yet. A refusal stays; an approval may be withdrawn until the plan is applied."""

    WAITING = "WAITING"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"


class Approval(msgspec.Struct, kw_only=True, frozen=True):
    """`role` is what the second person needs on the plan's project."""

    role: str
    state: ApprovalState = ApprovalState.WAITING
    by_id: str | None = None
    by_name: str | None = None
    at: datetime | None = None
    reason: str | None = None


class KeptPlan(msgspec.Struct, kw_only=True, frozen=True):
    """`given` is the input as it came, `input` the same with secrets masked. The rest is what the asker was shown."""

    id: str
    actor_id: str
    actor_name: str
    action: str
    given: dict[str, Any]
    input: dict[str, Any]
    hash: str
    danger: Danger
    requires: str
    project_id: str | None
    project_name: str | None
    expires_at: datetime
    confirmation: Confirmation
    targets: list[Target]
    changes: list[Difference]
    quota: list[QuotaEffect]
    dependants: list[Target]
    warnings: list[str]
    undo: str | None
    approval: Approval | None = None


_SAID = ("state", "by_id", "by_name", "at", "reason")  # in the order in which `settle` gives them
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(KeptPlan).decode


class PlanStore:
    def __init__(self, redis: RedisClient, key: bytes) -> None:
        self._redis = redis
        self._seal = Seal(key)

    @staticmethod
    def new_id() -> str:
        return secrets.token_hex(8)

    async def keep(self, plan: KeptPlan, kept: timedelta) -> None:
        pipe = self._redis.pipeline(transaction=True)
        pipe.set(_name(plan.id), self._seal.close(_encode(plan), _name(plan.id)), ex=kept)
        if plan.approval is not None:
            pipe.hset(_approval(plan.id), mapping={"state": plan.approval.state.value})
            pipe.expire(_approval(plan.id), kept)
        await pipe.execute()

    async def get(self, plan_id: str) -> KeptPlan | None:
        """With what was said of it until now. None when it is unknown, too old, of another place or of an installation with another key."""
        if not plan_id.isalnum():
            return None
        sealed, said = await self._redis.get(_name(plan_id)), await self._redis.hgetall(_approval(plan_id))
        document = None if sealed is None else self._seal.open(sealed, _name(plan_id))
        try:
            plan = None if document is None else _decode(document)
        except msgspec.DecodeError:
            return None
        if plan is None or plan.approval is None:
            return plan
        if b"state" not in said:
            return None  # it ends with its plan; a moment apart
        known = said if self._proved(plan_id, said) else {}
        told = {name: value for name in _SAID if (value := known.get(name.encode(), b"").decode())}
        return msgspec.structs.replace(
            plan, approval=msgspec.convert({"role": plan.approval.role, **told}, type=Approval)
        )

    async def settle(
        self, plan_id: str, state: ApprovalState, by_id: str, by_name: str, at: datetime, reason: str | None
    ) -> bool:
        """Approve or refuse, at once and for every process. A refusal stays; an approval may be withdrawn until the plan is applied.

        False when it stands otherwise already: another state that stays, or applied.
        """
        given = (state.value, by_id, by_name, at.isoformat(), reason or "")
        answer = await self._redis.eval(_SETTLE, 1, _approval(plan_id), *given, self._proof(plan_id, given))
        return bool(answer[0] == state.value.encode())

    async def begin(self, plan_id: str, attempt: str) -> bool:
        """Take an approved plan for running: from now on it can not be refused. False when it is not approved."""
        said = await self._redis.hgetall(_approval(plan_id))
        proved = self._proved(plan_id, said)
        return proved and bool(await self._redis.eval(_BEGIN, 1, _approval(plan_id), attempt, said[b"proof"]))

    async def give_back(self, plan_id: str, attempt: str) -> None:
        """That attempt did not run it after all."""
        await self._redis.eval(_GIVE_BACK, 1, _approval(plan_id), attempt)

    def _proof(self, plan_id: str, said: Sequence[str]) -> str:
        """Of what a second person said: whoever can write to the store can make none, and that of another plan does not fit."""
        return self._seal.digest(_encode(["approval", plan_id, *said]))

    def _proved(self, plan_id: str, said: dict[bytes, bytes]) -> bool:
        """Whether somebody said it, and 9rum wrote it down."""
        proof = self._proof(plan_id, [said.get(name.encode(), b"").decode(errors="replace") for name in _SAID])
        return hmac.compare_digest(proof.encode(), said.get(b"proof", b""))


def _name(plan_id: str) -> str:
    return f"gurum:plan:{plan_id}"


def _approval(plan_id: str) -> str:
    return f"gurum:plan:{plan_id}:approval"
