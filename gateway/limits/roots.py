"""How many fields an operation may have at its root; each may be a list or an upstream call of its own."""

from typing import Final

from gateway.limits.measure import Shape
from gateway.limits.settings import LimitSettings
from resolvers.errors import TooExpensive


class RootFieldLimit:
    name: Final = "root fields"
    setting: Final = "root_fields"
    code: Final = TooExpensive.code

    def __init__(self, settings: LimitSettings) -> None:
        self._most = settings.root_fields

    def check(self, shape: Shape) -> None:
        if shape.roots > self._most:
            seen = str(shape.roots) if shape.roots < 1_000_000 else "more than a million"
            raise TooExpensive(f"The operation has {seen} root fields; the limit for root fields is {self._most}.")
