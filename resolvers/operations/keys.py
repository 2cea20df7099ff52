"""Idempotency keys: the same call with the same key is the same operation, however often and wherever it arrives. Called by `engine`."""

from typing import Any

import orjson

from resolvers.clock import Clock
from resolvers.errors import Conflict, Invalid, Unavailable
from resolvers.operations.record import Record
from resolvers.operations.store import LEASE_MS, OperationStore

LOOK_EVERY = 0.1  # seconds
PATIENCE = LEASE_MS / 1000 + 2.0  # seconds: until the end of a process that died while it planned has shown


async def bound(
    store: OperationStore, clock: Clock, user_id: str, key: str, operation_id: str, call: list[Any]
) -> Record | None:
    """The operation that has the key already; None when the key is now bound to `operation_id`, which the caller makes.

    `call` is what makes it the same call: action, input, and the project that the caller works in, where things are made unless said.
    Raises Conflict when the key was used for another call, Unavailable when the first call is still being checked.
    """
    if not 1 <= len(key) <= 128 or not key.isprintable():
        raise Invalid("An idempotency key has 1 to 128 printable characters.", field="idempotencyKey")
    digest = store.digest(orjson.dumps(call, option=orjson.OPT_SORT_KEYS))
    for _ in range(int(PATIENCE / LOOK_EVERY)):
        held = await store.reserve(user_id, key, operation_id, digest)
        if held is None:
            return None
        known_id, known_digest = held
        if known_digest != digest:
            raise Conflict(
                "This idempotency key was used for another call or with another input; take a new key for a new call.",
                field="idempotencyKey",
            )
        if (record := await store.get(known_id)) is not None:
            return record
        await clock.sleep(
            LOOK_EVERY
        )  # the first call is between taking the key and storing its operation, or its process died
    raise Unavailable("The first call with this idempotency key is still being checked; call again in a moment.")
