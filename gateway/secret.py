"""The installation's own key: what rests sealed in the store is encrypted with it (`resolvers/seal.py`), and the audit log hashed.

Called once by `gateway/app.py`, and by `9rum check`. Whoever has the store but not the key has no token.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet

from gateway.settings import Settings, SettingsError
from notifications.redis import RedisClient

FILE = "secret.key"  # in the data folder, when the settings name no key
FINGERPRINT: Final = "gurum:secret_key"  # in the store: which key its processes work with, not the key
OTHER_KEY: Final = (
    "secret_key: the store is used with another key, with which this one can open nothing; "
    "give every 9rum on one store the same `secret_key` or `secret_key_file`."
)


def secret_key(settings: Settings) -> bytes:
    """The Fernet key of the settings, of their file, or of the data folder, where it is made once. Raises SettingsError."""
    key = existing_key(settings)
    if key is None:
        path = settings.store.folder / FILE
        _make(path)
        key = _checked(_read(path), str(path))
    return key


def existing_key(settings: Settings) -> bytes | None:
    """The same; None where it is still to be made. Raises SettingsError."""
    if settings.secret_key is not None:
        return _checked(settings.secret_key.get_secret_value().encode(), "secret_key")
    if settings.secret_key_file is not None:
        return _checked(_read(settings.secret_key_file), f"secret_key_file: {settings.secret_key_file}")
    path = settings.store.folder / FILE
    return _checked(_read(path), str(path)) if path.exists() else None


async def agree(redis: RedisClient, key: bytes) -> None:
    """The first process on a store says which key it is, and the others have that one. Raises SettingsError."""
    await redis.set(FINGERPRINT, _fingerprint(key), nx=True)
    if await differs(redis, key):
        raise SettingsError([OTHER_KEY])


async def differs(redis: RedisClient, key: bytes) -> bool:
    """Whether the processes on this store work with another key."""
    known = await redis.get(FINGERPRINT)
    return known is not None and known.decode() != _fingerprint(key)


def _fingerprint(key: bytes) -> str:
    return hmac.new(key, b"the key of this installation", hashlib.sha256).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes().strip()
    except OSError as error:
        raise SettingsError([f"secret_key_file: {path} can not be read: {error.strerror}."]) from error


def _make(path: Path) -> None:
    """Written aside and linked into place: two processes that start at once end up with one whole key."""
    # No process id: containers that share the folder have the same one.
    aside = path.with_name(f"{FILE}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(aside)
        aside.unlink()
    except OSError as error:
        raise SettingsError([f"store.folder: the key {path} can not be written: {error.strerror}."]) from error


def _checked(key: bytes, place: str) -> bytes:
    try:
        Fernet(key)
    except ValueError:
        raise SettingsError(
            [
                f"{place}: is not a Fernet key; make one by "
                '`python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"`.'
            ]
        ) from None
    return key
