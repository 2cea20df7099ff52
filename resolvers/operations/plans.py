"""Plans that were shown to somebody, kept for a while so that `apply(planId, hash)` can run exactly that. Called by `graph/actions.py`.

The input may hold secrets (user data), so a kept plan is encrypted like the tokens of operations.
"""

import secrets
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken

from notifications.redis import RedisClient

KEPT_SECONDS = 15 * 60


class PlanStore:
    def __init__(self, redis: RedisClient, key: bytes) -> None:
        self._redis = redis
        self._fernet = Fernet(key)

    async def keep(self, user_id: str, action: str, plain_input: dict[str, Any], plan_hash: str) -> str:
        """An id that only this user can use, for KEPT_SECONDS."""
        plan_id = secrets.token_hex(8)
        document = orjson.dumps([user_id, action, plain_input, plan_hash])
        await self._redis.set(f"gurum:plan:{plan_id}", self._fernet.encrypt(document), ex=KEPT_SECONDS)
        return plan_id

    async def take(self, user_id: str, plan_id: str) -> tuple[str, dict[str, Any], str] | None:
        """(action, input, hash), or None when the plan is unknown, too old, or somebody else's."""
        secret = await self._redis.get(f"gurum:plan:{plan_id}") if plan_id.isalnum() else None
        if secret is None:
            return None
        try:
            owner, action, plain_input, plan_hash = orjson.loads(self._fernet.decrypt(secret))
        except InvalidToken:
            return None
        return (action, plain_input, plan_hash) if owner == user_id else None
