"""What `9rum check` learns from a backend: one line per thing that was tried. Made by adapters, printed by `gateway/check.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`sentence` says what works or does not; `mend` what to do about it, empty when it is fine. `offered` False: the backend has no
    such service, which is all right."""

    name: str
    ok: bool
    sentence: str
    mend: str = ""
    offered: bool = True
