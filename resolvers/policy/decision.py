"""What policy says of one command, asked by one person from one place."""

import enum
from dataclasses import dataclass


class Confirmation(enum.StrEnum):
    """What the asker does after seeing the plan. NONE: nothing. BUTTON: press. TYPED: type the name of the target."""

    NONE = "NONE"
    BUTTON = "BUTTON"
    TYPED = "TYPED"


@dataclass(frozen=True, slots=True)
class Decision:
    """`approval_role` is the role that a second person needs on the plan's project; None when nobody is needed.

    `sentence` says why it is refused; None when it is allowed.
    """

    allowed: bool
    confirmation: Confirmation = Confirmation.NONE
    approval_role: str | None = None
    sentence: str | None = None
