"""`/chat/events`: what happens in a person's rooms, as Server-Sent Events, for as long as the person may see it.

Events: `ready` once the stream hears everything, `entry` (a new or edited entry, whole), `form` (for whoever sent the id `said` to open),
`ended` with the reason, when the gateway ends it; then, or when the line is lost, the client comes again with `after`, the newest time it
has seen.
Mounted by `chat.py`.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from bot.platforms.console import ConsolePlatform
from bot.platforms.console.rooms import AskedForm, Entry
from gateway import media
from gateway.console.members import Member, Members
from gateway.errors import Refusal, log_unknown, masked
from gateway.event_stream import COMMENT, HEADERS, disconnected
from gateway.json_routes import locale_of, refused
from gateway.live import Connections, LiveSettings, Place, still_welcome
from gateway.request import caller_key, correlation_of, headers_of
from notifications.bus import SlowSubscriber
from resolvers.errors import Invalid

log = logging.getLogger("gurum.console")

RECHECK_SECONDS: Final = 30.0  # at most between checks whether the person may still see the rooms
TOO_SLOW: Final = "Events came faster than they were read; connect again."


class ChatEvents:
    def __init__(
        self, platform: ConsolePlatform, members: Members, connections: Connections, settings: LiveSettings
    ) -> None:
        self._platform = platform
        self._members = members
        self._connections = connections
        self._settings = settings
        self._recheck = min(settings.recheck_seconds, RECHECK_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        place: Place | None = None
        try:
            try:
                if not media.accepts_events(headers.get(b"accept", b"").decode("latin-1")):
                    raise Refusal(Invalid(f"Events are {media.EVENT_STREAM}; accept it."), 406)
                after = number(QueryParams(scope["query_string"]), "after")
                member = await self._members.member(scope, headers, "sse")
                place = self._connections.open("sse")
                self._connections.claim(place, caller_key(member.actor, member.facts.address))
            except Exception as error:
                await refused(error, correlation_of(scope, headers), locale_of(headers))(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self._stream(member, after, place, receive, send)
        finally:
            if place is not None:
                self._connections.close(place)

    async def _stream(self, member: Member, after: float | None, place: Place, receive: Receive, send: Send) -> None:
        """Once the head of the answer has left, everything that goes wrong is told by an event."""

        async def tell(message: bytes, more: bool = True) -> None:
            async with asyncio.timeout(self._settings.send_seconds):
                await send({"type": "http.response.body", "body": message, "more_body": more})

        left = asyncio.create_task(disconnected(receive))
        try:
            reason = await self._follow(member, after, place, left, tell)
            if reason is not None:
                await tell(event("ended", {"reason": reason}), more=False)
        except TimeoutError:
            log.info("a page did not read its events in time")
        finally:
            left.cancel()
            await asyncio.gather(left, return_exceptions=True)

    async def _follow(
        self, member: Member, after: float | None, place: Place, left: "asyncio.Task[None]", tell: Any
    ) -> str | None:
        """Until the caller goes (None), or must go: the reason."""
        items = self._platform.listen(member.person, member.rooms, after)
        coming = asyncio.create_task(_next(items))
        now = asyncio.get_running_loop().time
        recheck = now() + self._recheck
        try:
            await asyncio.sleep(0)  # the task has begun: it hears what is said from here on
            await tell(event("ready", {}))
            while True:
                pause = max(0.0, min(self._settings.ping_seconds, recheck - now()))
                awaited: set[asyncio.Future[Any]] = {coming, left, place.ending}
                await asyncio.wait(awaited, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                if left.done():
                    return None
                if place.ending.done():
                    return place.ending.result().reason
                if now() >= recheck:
                    reason = await still_welcome(self._members.callers.make_context, member.facts, member.actor)
                    if reason is not None:
                        return reason
                    recheck = now() + self._recheck
                if coming.done():
                    await tell(_told(coming.result()))
                    coming = asyncio.create_task(_next(items))
                else:
                    await tell(COMMENT)
        except SlowSubscriber:
            return TOO_SLOW
        except TimeoutError:
            raise
        except Exception as error:
            log_unknown(error, member.facts.correlation_id)
            return masked(member.facts.correlation_id)
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
            await items.aclose()  # type: ignore[attr-defined] # an async generator, which its type does not say


def number(query: QueryParams, name: str) -> float | None:
    """A parameter of the address that is a time or a count. Raises Invalid."""
    text = query.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,12}(\.\d{1,9})?", text):
        raise Invalid(f"`{name}` must be a number.", field=name)
    return float(text)


def event(name: str, content: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(content))


def _told(item: Entry | AskedForm) -> bytes:
    return event("form" if isinstance(item, AskedForm) else "entry", item)


async def _next(items: AsyncIterator[Entry | AskedForm]) -> Entry | AskedForm:
    return await anext(items)
