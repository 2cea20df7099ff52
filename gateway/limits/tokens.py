"""How many lexical tokens a document may have: bounds parsing and validation, whose worst cases grow faster than the text."""

from typing import Final

from gateway.limits.settings import LimitSettings
from resolvers.errors import TooExpensive


class TokenLimit:
    name: Final = "tokens"
    setting: Final = "tokens"
    code: Final = TooExpensive.code

    def __init__(self, settings: LimitSettings) -> None:
        self.most = settings.tokens  # handed to the parser, which stops there

    def refusal(self) -> TooExpensive:
        return TooExpensive(f"The document has more than {self.most} tokens, the limit for a document.")
