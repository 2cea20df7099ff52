"""What the suites of the ports share: who acts where, names that are used once, removal in reverse order, and refusals that are looked
at closely."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pytest

from resolvers.actor import Credential
from resolvers.errors import Denied, GurumError, NotFound
from tests.contract.conftest import Cloud

UNKNOWN = "00000000-0000-4000-8000-000000000000"  # the id of nothing
# Of a thing in the project shop: another project's is not there; a reader of the project sees it and may not touch it.
OTHERS = (("sora", "search", NotFound), ("minsu", "talk", NotFound), ("haneul", "shop", Denied))

Port = TypeVar("Port")


def unique(what: str) -> str:
    return f"contract-{what}-{secrets.token_hex(4)}"


class Removal:
    """Calls that bring the cloud back to what it was; what a test removed itself is not there any more, and that is fine."""

    def __init__(self) -> None:
        self._calls: list[Callable[[], Awaitable[Any]]] = []

    def later(self, call: Callable[[], Awaitable[Any]]) -> None:
        self._calls.append(call)

    async def run(self) -> None:
        errors: list[Exception] = []
        for call in reversed(self._calls):
            try:
                await call()
            except NotFound:
                pass
            except Exception as error:  # the others are removed all the same
                errors.append(error)
        if errors:
            raise ExceptionGroup("could not be removed", errors)


@dataclass
class Shop(Generic[Port]):
    """The project shop, and jiwoo who acts in it."""

    cloud: Cloud
    port: Port
    jiwoo: Credential
    removal: Removal

    @property
    def row_project(self) -> str:
        """The project as rows name it."""
        return self.cloud.id("project", self.cloud.native_project("shop"))


@contextlib.asynccontextmanager
async def removing() -> AsyncIterator[Removal]:
    removal = Removal()
    try:
        yield removal
    finally:
        await removal.run()


async def refused(
    error: type[GurumError] | tuple[type[GurumError], ...],
    call: Awaitable[Any],
    look: Callable[[], Awaitable[Any]],
) -> GurumError:
    """The call raises the error with a sentence, and what `look` sees is the same before and after."""
    before = await look()
    with pytest.raises(error) as caught:
        await call
    assert await look() == before, "a refused call changed something"
    assert caught.value.message, "an error has a sentence for people"
    return caught.value


async def made(cloud: Cloud, domain: str, kind: str, native: str) -> Any:
    """The row of something that was just made."""
    row = await cloud.row(domain, kind, native)
    assert row is not None, f"the {kind} that was made is not there"
    assert row.id == cloud.id(kind, native) and row.native_id == native
    return row


async def gone(cloud: Cloud, domain: str, kind: str, native: str) -> None:
    async def look() -> bool:
        return await cloud.row(domain, kind, native) is None

    await cloud.eventually(look, f"the {kind} is gone")
