"""What a backend offers to the read model: for each kind, a full list, what changed since a moment, and one row by id.

Adapters (`<domain>/openstack.py`, `<domain>/sandbox.py`) build Feeds; `collector` calls them with the installation's own
read-only account, never with a person's token.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from resolvers.inventory.kinds import Kind, Row

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Changes(Generic[R]):
    """Rows that changed, and global ids of rows that are gone."""

    rows: Sequence[R]
    deleted: Sequence[str] = ()


@dataclass(frozen=True)
class Feed(Generic[R]):
    """`one` takes a native id and answers None when the backend does not know it; what was changed before the call is in its answer.
    `changes` is None where a backend can not tell.

    `every_full`: how many polls by `changes` pass before a full list is made again, to heal what was missed.
    """

    kind: Kind[R]
    full: Callable[[], Awaitable[Sequence[R]]]
    one: Callable[[str], Awaitable[R | None]]
    changes: Callable[[datetime], Awaitable[Changes[R]]] | None = None
    every_full: int = 20
