"""Slack as a platform: what the bot says goes out within Slack's limits, what people do comes in by Socket Mode, by HTTP, or by both.

Built from its settings by the gateway (`SlackPlatform(settings, clock)`); sending is called by the outbox alone.
"""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import texts
from bot.messages import File, Form, Message
from bot.platforms.base import ELSEWHERE, Capabilities, Incoming, Person, Place, PlatformError, Receive, Rejected
from bot.platforms.slack import errors, modal
from bot.platforms.slack.account import Account
from bot.platforms.slack.door import HttpDoor, Signature
from bot.platforms.slack.errands import Errands
from bot.platforms.slack.intake import NAME, user_of
from bot.platforms.slack.limits import OPTIONS
from bot.platforms.slack.people import People
from bot.platforms.slack.reception import Reception
from bot.platforms.slack.render import Level, Rendered, has_table, render
from bot.platforms.slack.settings import SlackSettings
from bot.platforms.slack.socket import PING_SECONDS, Socket
from bot.platforms.slack.web import DEADLINE, Web, client_of
from bot.platforms.slack.words import quiet
from bot.ports import Clock

T = TypeVar("T")
_NO_TABLES_SECONDS = 3_600.0  # after Slack refused a table and took the same message without
_FILES_KNOWN = 2_000
_INVITES_KNOWN = 1_000
_FILE_WAITS = (1.0, 3.0)  # seconds between tries, where Slack does not say how long
_LONGEST_WAIT = 20.0
_log = logging.getLogger("bot.platforms.slack")


class SlackPlatform:
    """`client`, `deadline` and `ping_seconds` are for tests."""

    name = NAME
    capabilities = Capabilities(
        buttons=True, forms=True, private=True, edits=True, threads=True, files=True, max_choices=OPTIONS
    )

    def __init__(
        self,
        settings: SlackSettings,
        clock: Clock,
        *,
        client: AsyncWebClient | None = None,
        deadline: float = DEADLINE,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._web = Web(client or client_of(settings.bot_token.get_secret_value(), settings.base_url), deadline)
        self._account = Account(self._web, clock)
        self._people = People(self._web, clock)
        self._errands = Errands()
        self._reception = Reception(settings.command, self._account, self._people, self._web, self._errands, clock)
        self._app = self._bolt()
        self._socket = self._socket_of(ping_seconds)
        self._no_tables_until = 0.0
        self._files: OrderedDict[str, None] = OrderedDict()
        self._invited: OrderedDict[str, None] = OrderedDict()  # whose askers were told to invite the bot

    @property
    def mounts(self) -> Mapping[str, Any]:
        secret = self._settings.signing_secret
        if secret is None:
            return {}
        signature = Signature(secret.get_secret_value(), self._clock, self._reception.refuse)
        return {self._settings.path: HttpDoor(self._app, signature)}

    async def start(self, receive: Receive, rejected: Rejected) -> None:
        await self._web.open()
        self._errands.open()
        self._reception.open(receive, rejected)
        self._account.start()
        if self._socket is not None:
            self._socket.start()

    async def stop(self) -> None:
        if self._socket is not None:
            await self._socket.stop()
        self._reception.close()
        await self._errands.stop()
        await self._account.stop()
        await self._people.stop()
        await self._web.close()

    def problem(self) -> str | None:
        return self._account.problem() or (self._socket.problem() if self._socket is not None else None)

    async def check(self) -> str | None:
        await self._web.open()
        try:
            await self._account.check()
        finally:
            await self._web.close()
        socket = None if self._account.problem() or self._socket is None else await self._socket.check()
        return self._account.problem() or socket

    async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
        """The id names its channel as well, where that is another one than the place's."""

        async def send(made: Rendered) -> tuple[str, str]:
            return await self._web.post(place.channel, made.text, made.blocks, place.thread)

        try:
            made, (channel, ts) = await self._said(message, send)
        except PlatformError as error:
            if error.code not in errors.NOT_THERE or asked is None:
                raise
            if place.direct:  # the two of a direct message are people: the bot has a conversation of its own with each
                return ELSEWHERE.join(await self._told(asked.person, message))
            await self._invite(asked)
            raise
        self._file(channel, place.thread or ts, made.files)
        return ts

    async def edit(self, place: Place, message_id: str, message: Message, asked: Incoming | None = None) -> None:
        elsewhere, _, ts = message_id.rpartition(ELSEWHERE)
        channel, thread = (elsewhere, None) if elsewhere else (place.channel, place.thread)
        made, _ = await self._said(message, lambda made: self._web.update(channel, ts, made.text, made.blocks))
        self._file(channel, thread or ts, made.files)

    async def whisper(self, place: Place, person: Person, message: Message, asked: Incoming | None = None) -> None:
        """In a channel where that can not be, and for files, which Slack shows to all of a channel, a direct message."""
        user = user_of(person)
        try:
            if place.direct:
                await self.post(place, message)
                return
            made, _ = await self._said(
                message, lambda made: self._web.whisper(place.channel, user, made.text, made.blocks, place.thread)
            )
        except PlatformError as error:
            if error.code in errors.NOT_THERE or error.code == "user_not_in_channel":
                await self.tell(person, message)
                return
            raise
        if made.files:
            await self.tell(person, message)

    async def tell(self, person: Person, message: Message) -> None:
        await self._told(person, message)

    async def ask(self, incoming: Incoming, form: Form) -> None:
        if incoming.trigger is None:
            raise PlatformError("no_trigger", "The moment to open a form has passed.")
        await self._watched(self._web.open_view(incoming.trigger, modal.view_of(form, incoming)))

    async def _told(self, person: Person, message: Message) -> tuple[str, str]:
        """The channel of the direct messages, and the message's id."""
        user = user_of(person)
        made, (channel, ts) = await self._said(message, lambda made: self._web.post(user, made.text, made.blocks, None))
        self._file(channel, ts, made.files)
        return channel, ts

    async def _said(self, message: Message, send: Callable[[Rendered], Awaitable[T]]) -> tuple[Rendered, T]:
        """As rich as Slack takes it: first with its table, then with blocks of old, then as text, then the summary alone."""
        refused: PlatformError | None = None
        for level in self._levels(message):
            made = render(message, level)
            try:
                sent = await self._watched(send(made))
            except PlatformError as error:
                if error.code not in errors.NOT_TAKEN:
                    raise
                _log.warning("Slack did not take a message (%s) at level %s", error.code, level.name)
                refused = error
                continue
            if refused is not None and level is Level.BLOCKS:
                self._no_tables_until = self._clock.monotonic() + _NO_TABLES_SECONDS
            return made, sent
        raise refused or PlatformError("msg_too_long", "Slack finds the message too long.")

    def _levels(self, message: Message) -> Sequence[Level]:
        tables = has_table(message) and self._no_tables_until <= self._clock.monotonic()
        return (*((Level.TABLES,) if tables else ()), Level.BLOCKS, Level.TEXT, Level.SUMMARY)

    def _file(self, channel: str, thread: str, files: Sequence[File]) -> None:
        """Nobody waits for it: the message's id must be kept, and the channel's next message sent."""
        if files:
            left = list(files)
            self._errands.run(
                self._filed(channel, thread, left),
                "sending a file to Slack",
                missed=lambda: self._unsent(channel, thread, left),
            )

    async def _filed(self, channel: str, thread: str, left: list[File]) -> None:
        """Once each below a message, however often that is edited. The message stands, so a file that fails does not undo it."""
        while left:
            file = left[0]
            key = hashlib.sha256(
                "\0".join((channel, thread, file.name, file.text)).encode(errors="replace")
            ).hexdigest()
            if key not in self._files:
                self._files[key] = None
                while len(self._files) > _FILES_KNOWN:
                    self._files.popitem(last=False)
                if (error := await self._uploaded(channel, thread, file)) is not None:
                    _log.warning("a file could not be sent to Slack: %s", error)
                    await self._missed(channel, thread, file, error)
            del left[0]

    async def _unsent(self, channel: str, thread: str, left: Sequence[File]) -> None:
        """9rum stops before Slack took them."""
        for file in left:
            await self._missed(channel, thread, file, texts.of(None).line("slack.stopped"))

    async def _uploaded(self, channel: str, thread: str, file: File) -> PlatformError | None:
        failed: PlatformError | None = None
        for wait in (0.0, *_FILE_WAITS):
            if failed is not None:
                await self._clock.sleep(min(failed.retry_after or wait, _LONGEST_WAIT))
            try:
                await self._watched(self._web.upload(channel, file, thread))
            except PlatformError as error:
                failed = error
                if not error.retry:
                    break
            else:
                return None
        return failed

    async def _missed(self, channel: str, thread: str, file: File, why: object) -> None:
        """Says below the message that its file is missing, and why."""
        sentence = texts.of(None).line("slack.file", name=file.name, why=why)
        try:
            await self._web.post(channel, quiet(sentence), [], thread)
        except PlatformError as failed:
            _log.warning("that a file is missing could not be said in Slack: %s", failed)

    async def _watched(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except PlatformError as error:
            self._account.failed(error)
            raise

    async def _invite(self, asked: Incoming) -> None:
        """Says once, by the way of the command itself, that the bot can not write there; otherwise its asker would wait for nothing."""
        if asked.door is None or asked.id in self._invited:
            return
        self._invited[asked.id] = None
        while len(self._invited) > _INVITES_KNOWN:
            self._invited.popitem(last=False)
        try:
            await self._web.respond(asked.door, texts.of(asked.person.locale).line("slack.invite"))
        except PlatformError as failed:
            _log.warning("a person could not be told to invite the bot: %s", failed)

    def _bolt(self) -> AsyncApp:
        async def authorize() -> AuthorizeResult:
            # The account is known by `auth.test` of our own; asking here would let a person wait for it.
            return AuthorizeResult(enterprise_id=None, team_id=None, bot_user_id=self._account.bot_user or None)

        app = AsyncApp(
            name=NAME,
            logger=client_of("", self._settings.base_url).logger,
            client=AsyncWebClient(base_url=self._settings.base_url),  # without a token: bolt sends nothing
            authorize=authorize,
            request_verification_enabled=False,  # `HttpDoor` does it; over a socket, Slack is who we called
            signing_secret="",
        )

        async def take(req: Any) -> Any:
            try:
                return await self._reception.take(req)
            except Exception:
                _log.exception("a delivery of Slack could not be read")
                raise

        app.middleware(take)
        return app

    def _socket_of(self, ping_seconds: float) -> Socket | None:
        token = self._settings.app_token
        if token is None:
            return None
        return Socket(
            self._app, token.get_secret_value(), self._settings.base_url, self._clock, ping_seconds=ping_seconds
        )
