"""`bot.ports.Seal` with the installation's key: what the bot keeps of people's tokens rests encrypted. Made by `wiring.py`."""

from cryptography.fernet import Fernet, InvalidToken


class FernetSeal:
    """`key` is a Fernet key that is not in the store; see `gateway/secret.py`."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def close(self, secret: bytes) -> bytes:
        return self._fernet.encrypt(secret)

    def open(self, sealed: bytes) -> bytes | None:
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            return None
