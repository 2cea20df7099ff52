"""How deep an operation may nest."""

from typing import Final

from gateway.limits.measure import Shape
from gateway.limits.settings import LimitSettings
from resolvers.errors import TooExpensive


class DepthLimit:
    name: Final = "depth"
    setting: Final = "depth"
    code: Final = TooExpensive.code

    def __init__(self, settings: LimitSettings) -> None:
        self._most = settings.depth

    def check(self, shape: Shape) -> None:
        if shape.depth > self._most:
            raise TooExpensive(f"The operation is {shape.depth} fields deep; the limit for depth is {self._most}.")
