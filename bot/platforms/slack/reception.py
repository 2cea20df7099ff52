"""Takes a delivery of Slack: stores it durably, then answers, so that what Slack saw acknowledged is never lost.

One bolt middleware for Socket Mode and HTTP alike; bolt's listeners are not used, since bolt acknowledges events before they run.
"""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import texts
from bot.platforms.base import Entry, InboxFull, Incoming, PlatformError, Receive, Rejected
from bot.platforms.slack.account import Account
from bot.platforms.slack.errands import Errands
from bot.platforms.slack.intake import NAME, Facts, read, user_of
from bot.platforms.slack.people import People
from bot.platforms.slack.web import Web
from bot.platforms.slack.words import quiet
from bot.ports import Clock

_log = logging.getLogger("bot.platforms.slack")


class Reception:
    def __init__(
        self, command: str, account: Account, people: People, web: Web, errands: Errands, clock: Clock
    ) -> None:
        self._command = command
        self._account = account
        self._people = people
        self._web = web
        self._errands = errands
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
        try:
            new = await self._stored(incoming)
        except InboxFull as full:
            sentence = texts.of(incoming.person.locale).line(full.key, **full.values)
            if _is_event(body):  # again would be too much again
                self._errands.run(self._whispered(incoming, sentence), "saying that too much waits")
                return BoltResponse(status=200)
            return await self._not_stored(incoming, body, sentence)
        except Exception:
            _log.exception("a delivery of Slack could not be stored")
            if _is_event(body):  # Slack delivers it again by itself
                return BoltResponse(status=500)
            return await self._not_stored(incoming, body, texts.of(incoming.person.locale).line("slack.unstored"))
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

    async def _not_stored(self, incoming: Incoming, body: Mapping[str, Any], sentence: str) -> BoltResponse:
        """The person is told now, for nobody would try again."""
        if incoming.entry is Entry.FORM:
            fields = [block["block_id"] for block in body["view"].get("blocks") or () if block.get("type") == "input"]
            errors = dict.fromkeys(fields[:1], sentence)
            return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
        if incoming.entry is Entry.TEXT:
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": sentence})
        if incoming.door is not None:
            try:
                await self._web.respond(incoming.door, sentence)
            except PlatformError as error:
                _log.warning("a person could not be told that a button was not taken: %s", error)
        return BoltResponse(status=500)

    async def _whispered(self, incoming: Incoming, sentence: str) -> None:
        place, text = incoming.place, quiet(sentence)
        if place.direct:
            await self._web.post(place.channel, text, [], place.thread)
        else:
            await self._web.whisper(place.channel, user_of(incoming.person), text, [], place.thread)


def _is_event(body: Mapping[str, Any]) -> bool:
    return body.get("type") == "event_callback"
