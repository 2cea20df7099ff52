"""What WebSocket and SSE share: their settings, how many connections may be open, and whether a caller may stay.

Used by `websocket.py` and `sse.py`; `gateway/transport.py` closes all connections at shutdown through `Connections`.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from gateway.metrics import Metrics
from gateway.request import MakeContext, RequestFacts, TransportKind
from resolvers.actor import Actor
from resolvers.errors import GurumError, RateLimited, Unauthenticated

log = logging.getLogger("gurum.live")

_GOODBYE_SECONDS = 3.0


class LiveSettings(BaseModel):
    """Connections that stay open: WebSocket and SSE."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    connections: int = Field(
        10_000, gt=0, description="Open connections of this process. Raise it with the open-files limit."
    )
    connections_per_caller: int = Field(
        100, gt=0, description="Open connections of one caller. Raise it for a service account that serves many people."
    )
    unclaimed_per_address: int = Field(
        50,
        gt=0,
        description="WebSockets of one address that did not sign in yet. Raise it when many people come through one address.",
    )
    operations_per_connection: int = Field(
        100, gt=0, description="Operations that run at the same time on one WebSocket."
    )
    anonymous: bool = Field(
        False, description="Whether callers who are not signed in may stay connected. For public demos."
    )
    init_seconds: float = Field(10, gt=0, description="Seconds within which connection_init must come.")
    idle_seconds: float = Field(300, gt=0, description="Seconds after which a WebSocket without operations is closed.")
    ping_seconds: float = Field(
        25,
        gt=0,
        description="Seconds between pings (WebSocket) and comments (SSE). Keep it below your reverse proxy's idle timeout.",
    )
    recheck_seconds: float = Field(
        60,
        gt=0,
        description="Seconds between checks whether the caller's token still holds. Lower it to revoke sooner.",
    )
    buffer_messages: int = Field(256, gt=0, description="Messages that may wait for the reader of one connection.")
    buffer_bytes: int = Field(4_000_000, gt=0, description="Bytes that may wait for the reader of one connection.")
    slow_seconds: float = Field(
        5, gt=0, description="Seconds that the buffer may be full before the subscription that waits for it is dropped."
    )
    send_seconds: float = Field(
        20, gt=0, description="Seconds that one message may take to leave before the connection is closed."
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a connection ends. Codes are those of the graphql-transport-ws protocol and of RFC 6455."""

    code: int
    reason: str


class Place:
    """One open connection. `ending` is set by whoever wants it to end; its owner waits for it."""

    def __init__(self, transport: TransportKind, address: str | None) -> None:
        self.transport = transport
        self.address = address  # until there is a caller
        self.caller: str | None = None
        self.ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    def end(self, code: int, reason: str) -> None:
        if not self.ending.done():
            self.ending.set_result(Ending(code, reason))


class Connections:
    """All open connections of the process."""

    def __init__(self, settings: LiveSettings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._places: set[Place] = set()
        self._callers: Counter[str] = Counter()
        self._unclaimed: Counter[str] = Counter()  # by address
        self._left = asyncio.Event()

    def open(self, transport: TransportKind, address: str | None = None) -> Place:
        """`address`: where it comes from, when it has a place before anybody knows whose it is."""
        if len(self._places) >= self._settings.connections:
            raise RateLimited(
                f"This gateway has {self._settings.connections} open connections, its limit.", retry_after=5
            )
        if address is not None:
            if self._unclaimed[address] >= self._settings.unclaimed_per_address:
                raise RateLimited(
                    f"{self._unclaimed[address]} connections of your address did not sign in yet, the limit.",
                    retry_after=5,
                )
            self._unclaimed[address] += 1
        place = Place(transport, address)
        self._places.add(place)
        self._metrics.connections.labels(transport).inc()
        return place

    def claim(self, place: Place, caller: str) -> None:
        """Counts the connection for its caller, once it is known who that is."""
        count = self._callers[caller]
        if count >= self._settings.connections_per_caller:
            raise RateLimited(f"You have {count} open connections, the limit of one caller.", retry_after=5)
        self._callers[caller] += 1
        place.caller = caller
        self._known(place)

    def close(self, place: Place) -> None:
        self._places.discard(place)
        self._left.set()
        self._metrics.connections.labels(place.transport).dec()
        self._known(place)
        if place.caller is not None:
            _less(self._callers, place.caller)

    def _known(self, place: Place) -> None:
        if place.address is not None:
            _less(self._unclaimed, place.address)
            place.address = None

    async def end_all(self) -> None:
        """At shutdown: clients are told to come back. Returns when they have gone, or after a short while."""
        for place in tuple(self._places):
            place.end(1001, "The gateway is going down; connect again.")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                while self._places:
                    self._left.clear()
                    await self._left.wait()


def _less(counts: Counter[str], key: str) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]


async def still_welcome(make_context: MakeContext, facts: RequestFacts, actor: Actor | None) -> str | None:
    """Why the caller may not stay, or None. A connection keeps the rights it was opened with, so changed rights end it."""
    try:
        now = (await make_context(facts)).known_actor
    except Unauthenticated as error:
        return error.message
    except GurumError as error:  # not the caller's fault: who can not be asked now is asked at the next check
        log.warning("a live caller can not be checked: %s", error.message)
        return None
    if (now and now.rights_key()) != (actor and actor.rights_key()):
        return "Your rights have changed; connect again."
    return None
