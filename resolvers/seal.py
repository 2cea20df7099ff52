"""What rests sealed in the store: encrypted with the installation's key (`gateway/secret.py`), for one place and readable there alone.

Each place has a key of its own, made of the installation's key and the place. So what somebody who can write to the store moves to another
place, or to another person, is as little opened there as what was changed. Used by the stores of operations and plans, and by the
bot as its `Seal`.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


class Seal:
    """`key` is a Fernet key that never leaves the installation. A place is the name of a key in the store, and of whom or what it is."""

    def __init__(self, key: bytes) -> None:
        self._places = hmac.digest(key, b"the places of what rests sealed", hashlib.sha256)
        self._digests = hmac.digest(key, b"the digests of what may be secret", hashlib.sha256)

    def close(self, secret: bytes, place: str) -> bytes:
        return self._at(place).encrypt(secret)

    def open(self, sealed: bytes, place: str) -> bytes | None:
        """None when it was sealed for another place or with another key, or was changed."""
        try:
            return self._at(place).decrypt(sealed)
        except InvalidToken:
            return None

    def digest(self, content: bytes) -> str:
        """Equal for equal contents. Without the key nobody can try out what a secret in them was."""
        return hmac.new(self._digests, content, hashlib.sha256).hexdigest()

    def _at(self, place: str) -> Fernet:
        name = place.encode(errors="surrogatepass")
        return Fernet(base64.urlsafe_b64encode(hmac.digest(self._places, name, hashlib.sha256)))
