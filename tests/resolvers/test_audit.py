"""The audit log's chain: whatever is done to a row, to their order or to their end shows; and a search looks at so much and no more."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications.redis import RedisClient
from resolvers.audit import FIRST, HEAD, STREAM, Audit, AuditResult, AuditRow, Chain
from resolvers.clock import Clock
from resolvers.operations.store import KEPT_SECONDS

KEY = b"the key of this installation"
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
OLD = (
    b'{"action":"server.stop","actor_id":"user:c/1","actor_name":"jiwoo","at":"2026-09-01T12:00:00Z","backend_request_ids":[],'
    b'"correlation_id":"c","duration":null,"error":null,"input":{},"message":null,"operation_id":null,"origin":"http",'
    b'"plan_hash":null,"project_id":null,"resource_ids":[],"result":"SUCCEEDED"}'
)


def row(number: int, **values: Any) -> AuditRow:
    given: dict[str, Any] = {
        "at": NOON + timedelta(minutes=number),
        "action": f"thing.make{number}",
        "result": AuditResult.SUCCEEDED,
        "actor_id": "user:c/1",
        "actor_name": "jiwoo",
        "origin": "slack",
        "channel": "C1",
        "said": "m-1",
        "correlation_id": f"c-{number}",
    }
    return AuditRow(**(given | values))


@pytest.fixture
async def audit(redis: RedisClient) -> Audit:
    found = Audit(redis, Clock(), KEY)
    for number in range(6):
        await found.append(row(number))
    return found


async def places(redis: RedisClient) -> list[bytes]:
    return [place for place, _ in await redis.xrange(STREAM)]


async def remove(redis: RedisClient) -> None:
    await redis.xdel(STREAM, (await places(redis))[2])


async def remove_the_first(redis: RedisClient) -> None:
    await redis.xtrim(STREAM, maxlen=5, approximate=False)


async def cut_the_end(redis: RedisClient) -> None:
    await redis.xdel(STREAM, *(await places(redis))[4:])


async def remove_all(redis: RedisClient) -> None:
    await redis.delete(STREAM)


async def rewrite(redis: RedisClient, change: Callable[[list[dict[bytes, bytes]]], object]) -> None:
    rows = [fields for _, fields in await redis.xrange(STREAM)]
    change(rows)
    await redis.delete(STREAM)
    for fields in rows:
        await redis.xadd(STREAM, fields)


async def change_a_text(redis: RedisClient) -> None:
    await rewrite(redis, lambda rows: rows[2].update({b"row": rows[2][b"row"].replace(b"jiwoo", b"minsu")}))


async def change_the_last(redis: RedisClient) -> None:
    await rewrite(redis, lambda rows: rows[5].update({b"row": rows[5][b"row"].replace(b"jiwoo", b"minsu")}))


async def swap(redis: RedisClient) -> None:
    await rewrite(redis, lambda rows: rows.insert(2, rows.pop(3)))


async def repeat(redis: RedisClient) -> None:
    await rewrite(redis, lambda rows: rows.insert(2, rows[1]))


async def slip_one_in(redis: RedisClient) -> None:
    await rewrite(redis, lambda rows: rows.insert(2, {b"row": OLD, b"before": rows[1][b"hash"], b"hash": b"0" * 64}))


async def spoil(redis: RedisClient) -> None:
    await rewrite(redis, lambda rows: rows[2].pop(b"before"))


async def spoil_a_hash(redis: RedisClient) -> None:
    await rewrite(redis, lambda rows: rows[2].update({b"before": b"\xff"}))


def remade(rows: list[dict[bytes, bytes]], chain: Chain) -> str:
    """Each row behind the one before it, with hashes made anew; the last hash."""
    before = FIRST
    for fields in rows:
        fields[b"before"] = before.encode()
        before = chain.hash(before, fields[b"row"])
        fields[b"hash"] = before.encode()
    return before


async def remake_with_another_key(redis: RedisClient) -> None:
    """By who has the store and this code, and not the key."""
    chain, rows = Chain(b"a guess"), [fields for _, fields in await redis.xrange(STREAM)]
    rows.pop(2)
    newest = remade(rows, chain)
    await rewrite(redis, lambda kept: kept.__setitem__(slice(None), rows))
    await redis.set(HEAD, chain.head(newest))


async def cut_the_end_and_say_so(redis: RedisClient) -> None:
    """The hash of the row that is the last now is known to whoever reads the store."""
    await cut_the_end(redis)
    newest = (await redis.xrange(STREAM))[-1][1][b"hash"].decode()
    await redis.set(HEAD, Chain(b"a guess").head(newest))


async def test_a_log_that_nobody_touched_is_whole(audit: Audit) -> None:
    found = await audit.verify()
    assert (found.rows, found.place, found.fault) == (6, None, None)


@pytest.mark.parametrize(
    ("harm", "fits", "fault"),
    [
        (remove, 2, "removed"),
        (remove_the_first, 0, "removed"),
        (cut_the_end, 4, "the newest rows were removed"),
        (remove_all, 0, "the newest rows were removed"),
        (change_a_text, 2, "changed"),
        (change_the_last, 5, "changed"),
        (swap, 2, "removed, or it was moved"),
        (repeat, 2, "moved"),
        (slip_one_in, 2, "changed"),
        (spoil, 2, "no row of this log"),
        (spoil_a_hash, 2, "changed"),
        (remake_with_another_key, 0, "changed"),
        (cut_the_end_and_say_so, 4, "the newest rows were removed"),
    ],
)
async def test_whatever_is_done_to_the_log_shows_at_its_place(
    audit: Audit, redis: RedisClient, harm: Callable[[RedisClient], Awaitable[None]], fits: int, fault: str
) -> None:
    await harm(redis)
    found = await audit.verify()
    assert found.rows == fits
    assert fault in str(found.fault)
    after = await places(redis)
    assert found.place == ("end" if fits == len(after) else after[fits].decode())


async def test_what_is_told_once_is_one_row_for_as_long_as_operations_are_kept(
    audit: Audit, redis: RedisClient
) -> None:
    for number, once in ((7, "a:start"), (8, "a:start"), (9, "a:end"), (10, None), (11, None)):
        await audit.append(row(number), once)
    told = [stored.row.action for stored in reversed(await audit.newest(5))]
    assert told == ["thing.make5", "thing.make7", "thing.make9", "thing.make10", "thing.make11"]
    assert (await audit.verify()).rows == 10
    marks = await redis.keys("gurum:audit:once:*")
    assert len(marks) == 2
    assert min([await redis.ttl(mark) for mark in marks]) > KEPT_SECONDS


async def test_rows_of_an_older_version_are_read_and_stay_whole(redis: RedisClient) -> None:
    digest = Chain(KEY).hash(FIRST, OLD)
    await redis.xadd(STREAM, {"row": OLD, "before": FIRST, "hash": digest})
    await redis.set(HEAD, Chain(KEY).head(digest))
    audit = Audit(redis, Clock(), KEY)
    await audit.append(row(1))
    assert (await audit.verify()).fault is None
    newest, oldest = await audit.newest(2)
    assert (oldest.row.channel, oldest.row.said, oldest.row.actor_name, oldest.intact) == (None, None, "jiwoo", True)
    assert (newest.row.channel, newest.row.said) == ("C1", "m-1")


async def test_a_search_finds_from_the_newest_back_and_says_how_far_it_came(redis: RedisClient) -> None:
    audit = Audit(redis, Clock(), KEY)
    for number in range(1_200):
        await audit.append(row(number % 3, correlation_id=f"c-{number}"))

    def ids(found: Any) -> list[str]:
        return [stored.row.correlation_id for stored in found.rows]

    two = await audit.search(lambda found: found.action == "thing.make0", 2)
    assert ids(two) == ["c-1197", "c-1194"]
    more = await audit.search(lambda found: found.action == "thing.make0", 2, before=two.rows[-1].id)
    assert ids(more) == ["c-1191", "c-1188"]
    first = await audit.search(lambda found: found.correlation_id == "c-3", 5)
    assert (ids(first), first.looked_at) == (["c-3"], None)
    bounded = await audit.search(lambda found: found.correlation_id == "c-3", 5, most=500)
    assert ids(bounded) == []
    assert bounded.looked_at is not None
    assert bounded.looked_at.row.correlation_id == "c-700"
    on = await audit.search(lambda found: found.correlation_id == "c-3", 5, before=bounded.looked_at.id)
    assert ids(on) == ["c-3"]
