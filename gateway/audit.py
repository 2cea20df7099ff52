"""`9rum audit verify`: follows the chain of the audit log, and says whether a row was removed, changed or moved.

Called by `gateway/__main__.py`. It only reads, so it may run beside a 9rum that serves: an embedded store is asked through its socket.
"""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, TextIO

from cryptography.fernet import Fernet
from pydantic import SecretStr
from redis.exceptions import RedisError

from gateway.embedded import FolderInUse
from gateway.secret import differs, existing_key
from gateway.settings import Settings, StoreSettings
from gateway.store import Store, StoreError
from notifications.redis import RedisClient
from resolvers.audit import Audit, Verification
from resolvers.clock import Clock

OTHER_KEY: Final = "The audit log can not be verified: its hashes are made with another key; run this where 9rum runs, with its settings."


async def verify(settings: Settings, out: TextIO) -> int:
    """The exit status: 0 when the log is whole, 1 when it is not or can not be read. Raises SettingsError for a key that is none."""
    key = existing_key(settings) or Fernet.generate_key()  # a store that no 9rum has used yet is empty
    try:
        async with _opened(settings.store) as redis:
            if await differs(redis, key):
                out.write(f"{OTHER_KEY}\n")
                return 1
            found = await Audit(redis, Clock(), key).verify()
    except (StoreError, RedisError, OSError) as error:
        out.write(f"The audit log can not be read: {str(error).rstrip('.')}.\n")
        return 1
    out.write(f"{_sentence(found)}\n")
    return 0 if found.fault is None else 1


def _sentence(found: Verification) -> str:
    rows = f"{found.rows:,} row{'' if found.rows == 1 else 's'}"
    if found.fault is None:
        return f"The audit log is whole: {rows}, each as it was written and behind the one before it."
    if found.place == "end":
        return f"The audit log is not whole: {found.fault}. The {rows} before that fit."
    return (
        f"The audit log is not whole: row {found.place} does not fit, because {found.fault}. The {rows} before it fit."
    )


@contextlib.asynccontextmanager
async def _opened(settings: StoreSettings) -> AsyncIterator[RedisClient]:
    store = Store(settings)
    try:
        await store.open()
    except FolderInUse:
        async with _beside(settings) as redis:
            yield redis
        return
    try:
        yield store.redis
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def _beside(settings: StoreSettings) -> AsyncIterator[RedisClient]:
    """The embedded store of a 9rum that runs, through a link that is short enough for the name of a socket."""
    with tempfile.TemporaryDirectory(prefix="9rum-") as folder:
        link = Path(folder) / "s"
        link.symlink_to(settings.folder.absolute(), target_is_directory=True)
        store = Store(settings.model_copy(update={"url": SecretStr(f"unix://{link / 'store.sock'}")}))
        await store.open()
        try:
            yield store.redis
        finally:
            await store.close()
