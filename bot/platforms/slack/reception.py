"""Takes a delivery of Slack: stores it durably, then answers, so that what Slack saw acknowledged is never lost.

One bolt middleware for Socket Mode and HTTP alike; bolt's listeners are not used, since bolt acknowledges events before they run.
"""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import msgspec
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import texts
from bot.platforms.base import Entry, Incoming, PlatformError, Receive, Rejected
from bot.platforms.slack.account import Account
from bot.platforms.slack.intake import NAME, Facts, read, user_of
from bot.platforms.slack.people import People
from bot.platforms.slack.web import Web
from bot.ports import Clock

DOORS = 1_000  # channels whose last response_url is remembered
DOOR_SECONDS = 1_500.0  # Slack lets it be used for 30 minutes
_log = logging.getLogger("bot.platforms.slack")


class Doors:
    """The newest response_url of each channel: the way to say something where the bot is no member. Kept in this process only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, str, str | None]] = OrderedDict()

    def remember(self, channel: str, response_url: str, locale: str | None) -> None:
        self._kept[channel] = (self._clock.monotonic() + DOOR_SECONDS, response_url, locale)
        self._kept.move_to_end(channel)
        while len(self._kept) > DOORS:
            self._kept.popitem(last=False)

    def take(self, channel: str) -> tuple[str, str | None] | None:
        """The address, and the language of whom it answers."""
        until, response_url, locale = self._kept.pop(channel, (0.0, "", None))
        return (response_url, locale) if until > self._clock.monotonic() else None


class Reception:
    def __init__(self, command: str, account: Account, people: People, web: Web, doors: Doors, clock: Clock) -> None:
        self._command = command
        self._account = account
        self._people = people
        self._web = web
        self._doors = doors
        self._clock = clock
        self._receive: Receive | None = None
        self._rejected: Rejected | None = None

    def open(self, receive: Receive, rejected: Rejected) -> None:
        self._receive, self._rejected = receive, rejected

    def close(self) -> None:
        self._receive = None

    async def refuse(self, reason: str, facts: Mapping[str, str]) -> None:
        if self._rejected is not None:
            await self._rejected(NAME, reason, facts)

    async def take(self, request: AsyncBoltRequest) -> BoltResponse:
        body: Mapping[str, Any] = request.body
        facts = Facts(self._command, self._account.bot_user, self._account.team_url)
        incoming = read(body, facts, self._clock.now().timestamp())
        if incoming is None:
            return BoltResponse(status=200)
        incoming = await self._introduced(incoming)
        response_url = str(body.get("response_url") or "")
        if response_url:
            self._doors.remember(incoming.place.channel, response_url, incoming.person.locale)
        try:
            new = await self._stored(incoming)
        except Exception:
            _log.exception("a delivery of Slack could not be stored")
            return await self._not_stored(incoming, body, response_url)
        if not new and request.mode == "http" and "x-slack-retry-num" not in request.headers:
            # Slack marks what it delivers again; a second delivery without the mark was sent by somebody else.
            await self.refuse("replayed", {"id": incoming.id, "channel": incoming.place.channel})
        return BoltResponse(status=200)

    async def _stored(self, incoming: Incoming) -> bool:
        if self._receive is None:
            raise ConnectionError("the bot does not run")
        return await self._receive(incoming)

    async def _introduced(self, incoming: Incoming) -> Incoming:
        profile = await self._people.of(user_of(incoming.person))
        named = profile.name or incoming.person.name
        person = msgspec.structs.replace(incoming.person, name=named, locale=profile.locale)
        return msgspec.structs.replace(incoming, person=person)

    async def _not_stored(self, incoming: Incoming, body: Mapping[str, Any], response_url: str) -> BoltResponse:
        """Slack delivers events again by itself; of all else the person is told now, for nobody would try again."""
        if body.get("type") == "event_callback":
            return BoltResponse(status=500)
        sentence = texts.of(incoming.person.locale).line("slack.unstored")
        if incoming.entry is Entry.FORM:
            fields = [block["block_id"] for block in body["view"].get("blocks") or () if block.get("type") == "input"]
            errors = dict.fromkeys(fields[:1], sentence)
            return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
        if incoming.entry is Entry.TEXT:
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": sentence})
        if response_url:
            try:
                await self._web.respond(response_url, sentence)
            except PlatformError as error:
                _log.warning("a person could not be told that a button was not taken: %s", error)
        return BoltResponse(status=500)
