"""What differs from the seed, kept in Redis: changed rows, and an empty value for a row of the seed that is gone.

`World` notes changes here and waits for `flush` before a method answers, so that an answer is never forgotten, kill -9 included.
Changes of calls that run at the same time go in one transaction.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from redis.exceptions import RedisError

from notifications.redis import RedisClient
from resolvers.errors import Unavailable
from resolvers.sandbox.records import KEPT, KIND_OF, Kept

log = logging.getLogger(__name__)

ABOUT: Final = "about"  # the field that says which seed the rest differs from
Key = tuple[type[Any], str]


@contextlib.contextmanager
def store_errors(cloud: str) -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable(
            f"The sandbox {cloud} can not reach its store; what you asked for may or may not be kept.", backend=cloud
        ) from error


class Journal:
    def __init__(self, redis: RedisClient, cloud: str) -> None:
        self._redis = redis
        self._cloud = cloud
        self._name = f"gurum:sandbox:{cloud}"
        self._changed: dict[Key, Kept | None] = {}
        self._seeded: set[Key] = (
            set()
        )  # rows of the seed that are changed or gone: these need an empty value when deleted
        self._own: set[Key] = set()  # rows that the seed does not have
        self._writing = asyncio.Lock()

    async def load(self, about: str, seeded: Mapping[type[Any], Mapping[str, Any]]) -> dict[Key, Kept | None]:
        """Rows that differ from the seed, None for those that are gone. Empty when the stored changes belong to another seed."""
        with store_errors(self._cloud):
            stored = await self._redis.hgetall(self._name)
            if stored.get(ABOUT.encode(), b"").decode() != about:
                if stored:
                    log.warning("the sandbox %s starts anew, because its size or seed changed", self._cloud)
                await self._redis.delete(self._name)
                await self._redis.hset(self._name, ABOUT, about)
                return {}
        rows: dict[Key, Kept | None] = {}
        for field, value in stored.items():
            kind, _, native = field.decode().partition("/")
            type_ = KEPT.get(kind)
            if type_ is None:
                continue
            try:
                rows[type_, native] = msgspec.json.decode(value, type=type_) if value else None
            except msgspec.ValidationError:
                log.warning("the sandbox %s forgets a %s that another version wrote", self._cloud, kind)
                continue
            (self._seeded if native in seeded[type_] else self._own).add((type_, native))
        return rows

    def note(self, key: Key, row: Kept | None, *, before: bool) -> None:
        """A row is as given now; `before`: whether there was one."""
        if not before and key not in self._seeded:
            self._own.add(key)
        elif key not in self._own:
            self._seeded.add(key)
        self._changed[key] = row

    async def flush(self) -> None:
        """Return when everything noted so far is stored."""
        async with self._writing:
            if not self._changed:
                return
            changed, self._changed = self._changed, {}
            try:
                with store_errors(self._cloud):
                    await self._write(changed)
            except BaseException:
                self._changed = changed | self._changed
                raise

    async def _write(self, changed: dict[Key, Kept | None]) -> None:
        fields: dict[str, bytes] = {}
        gone: list[str] = []
        for (type_, native), row in changed.items():
            field = f"{KIND_OF[type_]}/{native}"
            if row is not None:
                fields[field] = msgspec.json.encode(row)
            elif (type_, native) in self._own:
                gone.append(field)
            else:
                fields[field] = b""
        async with self._redis.pipeline(transaction=True) as pipeline:
            if fields:
                pipeline.hset(self._name, mapping=fields)
            if gone:
                pipeline.hdel(self._name, *gone)
            await pipeline.execute()
        self._own.difference_update(key for key, row in changed.items() if row is None and key not in self._changed)
