"""`9rum audit verify`, as a person runs it: beside a 9rum that serves, and over a store of its own."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from redis.asyncio import Redis

from gateway.audit import verify
from gateway.secret import agree
from gateway.settings import Settings, StoreSettings
from notifications.redis import RedisClient
from resolvers.audit import STREAM, Audit, AuditResult, AuditRow
from resolvers.clock import Clock
from tests.gateway.test_cli import run
from tests.running import KEY


class Out:
    """A stream that keeps what was written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)


async def add(redis: RedisClient, count: int) -> None:
    audit = Audit(redis, Clock(), KEY.encode())
    for number in range(count):
        await audit.append(
            AuditRow(
                at=audit.clock.now(),
                action="server.stop",
                result=AuditResult.REFUSED,
                actor_id="user:krane/1",
                actor_name="jiwoo",
                origin="http",
                correlation_id=f"c-{number}",
            )
        )


async def verified(key: str = KEY, **store: object) -> tuple[int, str]:
    out = Out()
    settings = Settings(store=StoreSettings.model_validate(store), secret_key=SecretStr(key))
    status = await verify(settings, out)  # type: ignore[arg-type] # of a stream only `write` is used
    return status, out.text


async def test_a_whole_log_and_one_that_lost_a_row(redis: RedisClient, valkey: str) -> None:
    await add(redis, 3)
    assert await verified(url=valkey) == (
        0,
        "The audit log is whole: 3 rows, each as it was written and behind the one before it.\n",
    )
    place = (await redis.xrange(STREAM))[1][0]
    await redis.xdel(STREAM, place)
    status, text = await verified(url=valkey)
    last = (await redis.xrange(STREAM))[1][0].decode()
    assert status == 1
    assert text.startswith(f"The audit log is not whole: row {last} does not fit, because it does not follow")
    assert "The 1 row before it fit" in text


async def test_a_log_whose_end_is_missing(redis: RedisClient, valkey: str) -> None:
    await add(redis, 3)
    await redis.xdel(STREAM, (await redis.xrange(STREAM))[-1][0])
    assert await verified(url=valkey) == (
        1,
        "The audit log is not whole: the newest rows were removed. The 2 rows before that fit.\n",
    )


async def test_with_another_key_it_says_so_and_blames_no_row(redis: RedisClient, valkey: str) -> None:
    await agree(redis, KEY.encode())
    await add(redis, 1)
    status, text = await verified(Fernet.generate_key().decode(), url=valkey)
    assert (status, text.count("\n")) == (1, 1)
    assert "made with another key" in text
    assert await verified(url=valkey) == (
        0,
        "The audit log is whole: 1 row, each as it was written and behind the one before it.\n",
    )


async def test_a_store_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    status, text = await verified(url=f"unix://{tmp_path / 'nowhere'}")
    assert (status, text.count("\n")) == (1, 1)
    assert text.startswith("The audit log can not be read: The store of `store.url` can not be used")


async def test_it_runs_beside_a_9rum_that_has_the_embedded_store(tmp_path: Path) -> None:
    from gateway.store import Store

    folder = tmp_path / ("deep" * 30)  # longer than the name of a socket may be
    store = Store(StoreSettings(folder=folder))
    await store.open()
    try:
        await add(store.redis, 2)
        status, text = await verified(folder=str(folder))
        assert (status, "2 rows" in text) == (0, True)
        assert isinstance(store.redis, Redis)
        assert await store.redis.ping()
    finally:
        await store.close()


@pytest.mark.parametrize(("arguments", "status"), [(("audit", "verify"), 0), (("audit",), 2), (("audit", "mend"), 2)])
def test_the_command(tmp_path: Path, arguments: tuple[str, ...], status: int) -> None:
    found = run(*arguments, cwd=tmp_path)
    assert found.returncode == status
    assert ("0 rows" in found.stdout) is (status == 0)
    assert not (tmp_path / ".data" / "secret.key").exists()  # it only reads
