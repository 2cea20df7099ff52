"""Everything that a store holds, as somebody who stole it would read it."""

from typing import Any

from notifications.redis import RedisClient


async def dump(redis: RedisClient, but: str = "-") -> bytes:
    """Keys and values of every type, in one text to search in. `but`: not of keys that begin so."""
    parts: list[bytes] = []
    async for key in redis.scan_iter():
        if key.startswith(but.encode()):
            continue
        parts.append(key)
        _flatten(await _content(redis, key), parts)
    return b"\n".join(parts)


async def _content(redis: RedisClient, key: bytes) -> Any:
    kind = (await redis.type(key)).decode()
    match kind:
        case "none":
            return b""  # it ended between the looks
        case "string":
            return await redis.get(key)
        case "hash":
            return await redis.hgetall(key)
        case "list":
            return await redis.lrange(key, 0, -1)
        case "set":
            return list(await redis.smembers(key))
        case "zset":
            return await redis.zrange(key, 0, -1)
        case "stream":
            return await redis.xrange(key)
    raise AssertionError(f"nothing here reads a {kind}")


def _flatten(value: Any, parts: list[bytes]) -> None:
    if isinstance(value, bytes):
        parts.append(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            parts.append(name)
            _flatten(inner, parts)
    elif isinstance(value, list | tuple):
        for inner in value:
            _flatten(inner, parts)
