"""How many aliased fields an operation may have: aliases ask for the same expensive field many times in a short text."""

from typing import Final

from gateway.limits.measure import Shape
from gateway.limits.settings import LimitSettings
from resolvers.errors import TooExpensive


class AliasLimit:
    name: Final = "aliases"
    setting: Final = "aliases"
    code: Final = TooExpensive.code

    def __init__(self, settings: LimitSettings) -> None:
        self._most = settings.aliases

    def check(self, shape: Shape) -> None:
        if shape.aliases > self._most:
            # A bomb of fragments can count to a number of a thousand digits, which nobody wants to read.
            seen = str(shape.aliases) if shape.aliases < 1_000_000 else "more than a million"
            raise TooExpensive(f"The operation has {seen} aliases; the limit for aliases is {self._most}.")
