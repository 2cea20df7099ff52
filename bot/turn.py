"""One incoming message on its way to its one reply: who asked, where, in which language, and how the answer gets there.

Made by `app`; passed to everything that handles the message. The reply's id is kept, so that a message that is handled again after a crash
edits its reply and does not post a second one. What answers a plan is told in the plan's own message; who typed it elsewhere, in another
channel or chat system, gets a short answer there.

    gurum:bot:reply:{hash}           id of the reply to an incoming message, KEPT_SECONDS
    gurum:bot:said:{place}:{id}      whom a reply answers
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from msgspec import UNSET, UnsetType, structs

from bot import redact
from bot.catalogue import Catalogue
from bot.guarded import guarded
from bot.invocation import Filled, Invocation, masked
from bot.messages import Message, Source, Tone
from bot.outbox import Undelivered
from bot.parser import Words
from bot.people import ChooseProject
from bot.platforms.base import ELSEWHERE, Capabilities, Entry, Incoming, Person, Place
from bot.ports import Acting, Answer, Attempt, Deed, GraphError, first_code
from bot.replies.errors import sentence
from bot.services import Services
from bot.texts import Texts
from bot.tokens import KEPT

KEPT_SECONDS = 48 * 3600
PATIENCE = 0.4  # seconds without an answer before the reply says that it is coming
PRIVATE_CODES = frozenset({"DENIED", "UNAUTHENTICATED"})


class Refused(Exception):
    """The bot itself refuses: one sentence, an audit row, nothing done. `key` and `values` make the sentence."""

    def __init__(
        self,
        key: str,
        *,
        code: str = "INVALID",
        command: str = "chat",
        private: bool = False,
        **values: object,
    ) -> None:
        super().__init__(key)
        self.key = key
        self.code = code
        self.command = command
        self.private = private
        self.values = values


class Answered(Exception):
    """The graph refused. It has audited that itself where an audit row is due."""

    def __init__(self, errors: tuple[GraphError, ...], invocation: Any = None, private: bool | None = None) -> None:
        super().__init__(errors[0].message if errors else "no answer")
        self.errors = errors
        self.invocation = invocation
        self.private = bool(errors and errors[0].code in PRIVATE_CODES) if private is None else private


class Turn:
    """`text` is the command text without the prefix; `words` and `rest` are set when it was read."""

    def __init__(self, services: Services, incoming: Incoming, texts: Texts, text: str) -> None:
        self.services = services
        self.incoming = incoming
        self.texts = texts
        self.text = text
        self.place: Place = incoming.place
        self.stands: Place = incoming.place  # where the reply does
        self.link: str | None = incoming.link
        self.words: Words | None = None
        self.rest: tuple[str, ...] = ()
        self.command = "chat"  # its name, once it is known
        self.own = False  # whether it is one of the bot itself
        self.undoing: str | None = None  # the operation that this shall take back
        self.invocation: Invocation | None = None  # what the words mean, once that is known
        self.filled: Filled | None = None  # what a form brought
        self._masked: str | None = None
        self._project: str | UnsetType | None = UNSET
        self._actings: dict[str | None, Acting] = {}
        self._spent = False  # the token that came with the message was refused
        self._message_id: str | None = None
        self._looked = False
        self._waiting = False  # the reply says only that an answer is coming
        self._answered = False
        self._short: Turn | None = None  # answers where it was asked, while the reply stands elsewhere
        self._writing = asyncio.Lock()

    # -- who and where -------------------------------------------------------------------------------------------------

    @property
    def person(self) -> Person:
        return self.incoming.person

    @property
    def capabilities(self) -> Capabilities:
        """Of where the reply stands."""
        return self.services.platforms[self.stands.platform].capabilities

    @property
    def name(self) -> str:
        """The same for repeated deliveries of the message, and only for them."""
        return hashlib.sha256(f"{self.person.platform}:{self.incoming.id}".encode()).hexdigest()

    @property
    def idempotency_key(self) -> str:
        return f"chat-{self.name[:32]}"

    @property
    def elsewhere(self) -> bool:
        """Whether the reply stands where who asked may not see it."""
        moved, _, _ = (self._message_id or "").rpartition(ELSEWHERE)
        stands = (self.stands.platform, moved or self.stands.channel)
        return self.stands is not self.place and stands != (self.place.platform, self.place.channel)

    @property
    def message_id(self) -> str | None:
        return self._message_id

    def source(self, document: str = "", variables: Mapping[str, Any] | None = None) -> Source:
        shown = redact.values(variables or {})
        return Source(command=self.shown, document=document, variables=shown)

    @property
    def shown(self) -> str:
        """The command text as it may be kept, and shown to others."""
        return redact.text(self._masked or self._guarded() or self.text)

    @property
    def hides(self) -> bool:
        """Whether `shown` leaves a secret out: then no button may carry the text."""
        guarded = self.services.known.catalogue is not None and self._guarded() is not None
        return guarded or self._masked is not None or redact.hidden(self.text) != self.text

    def bound(self, invocation: Invocation) -> None:
        """It is known what the text means."""
        self.invocation, self._masked = invocation, masked(invocation)

    def use_project(self, project: str | None) -> None:
        """Act for this one, whatever was said and whatever is the place's; None: for none in particular."""
        self._project = project

    async def project(self) -> str | None:
        """What `--project` says, else the default of the place."""
        if self._project is not UNSET:
            return self._project
        return self._said_project() or await self.services.defaults.project(self.place)

    async def acting(self) -> Acting:
        """Raises what `People.acting` raises."""
        project = await self.project()
        if project not in self._actings:
            self._actings[project] = await self._acting_for(project)
        return self._actings[project]

    # -- the graph -----------------------------------------------------------------------------------------------------

    async def ask(
        self,
        document: str,
        variables: Mapping[str, Any],
        command: str | None = None,
        whose: Callable[[], Awaitable[Acting]] | None = None,
    ) -> Answer:
        """Run it as the person, or as `whose`. For a token that was taken back in the meantime another one is taken.

        Raises what `acting` raises, or `whose`.
        """
        whose = whose or self.acting
        acting = await whose()
        answer = await self.services.graph.execute(acting, document, variables, command=command)
        for _ in range(KEPT):
            if first_code(answer.errors) != "UNAUTHENTICATED" or not await self.services.people.forget(acting):
                break
            self._spent = self._spent or acting.token == self.person.token
            self._actings.clear()
            before, acting = acting, await whose()
            if acting.token == before.token:
                break
            answer = await self.services.graph.execute(acting, document, variables, command=command)
        return answer

    async def catalogue(self, max_age: float | None = None) -> Catalogue:
        """It is the same for every project, so an unclear one is no matter here. Raises Answered."""
        try:
            acting = await self.acting()
        except ChooseProject as choice:
            any_will_do = choice.projects[0][0] if choice.projects else None
            acting = await self._acting_for(any_will_do)
        known = self.services.known
        found = await (known.get(acting) if max_age is None else known.get(acting, max_age))
        if isinstance(found, Answer):
            raise Answered(found.errors)
        return found

    # -- the reply -----------------------------------------------------------------------------------------------------

    async def adopt(self, message_id: str | None, place: Place | None = None) -> None:
        """Answer by editing this message, which stands in the place."""
        if message_id is not None:
            self._message_id, self._looked = message_id, True
            self.stands = place or self.place

    async def adopt_pressed(self) -> None:
        """Answer by editing the message whose button was pressed, when it is a reply to this person."""
        pressed = self.incoming.message
        if self.incoming.entry is Entry.BUTTON and pressed is not None:
            whose = await self.services.redis.get(self._said(pressed))
            if whose == self.person.key.encode():
                await self.adopt(pressed)

    async def reply(self, message: Message, short: Message | None = None) -> None:
        """Post the one reply, or edit it when it was posted. Raises Undelivered.

        Where that stands elsewhere, `short`, or else the same, is said where it was asked, and waits for no other chat system.
        """
        if not self.elsewhere:
            await self._reply(message)
        elif self.stands.platform != self.place.platform:
            await self._shortly(short or message)
            await self._reply(message)
        else:  # who sees both hears of the reply first, and knows by it what comes of it
            try:
                await self._reply(message)
            finally:
                await self._shortly(short or message)

    async def settle(self) -> None:
        """The reply is a record now: no button of it replaces it by another answer."""
        if self._message_id is not None:
            await self.services.redis.delete(self._said(self._message_id))

    async def aside(self, message: Message) -> None:
        """Show it to the person alone where the platform can, and in the reply where it can not."""
        here = self.services.platforms[self.place.platform].capabilities
        await (self.secretly(message) if here.private else self.reply(message))

    async def secretly(self, message: Message) -> None:
        """Show it to the person alone, always."""
        if self.place.direct and not self.elsewhere:
            await self.reply(message)
            return
        async with self._writing:
            waiting, self._answered = self._waiting, True
        if self.place.direct:
            await self._shortly(message)
        else:
            await self.services.outbox.whisper(self.place, self.person, message, self.incoming)
        if waiting:
            await self._reply(sentence(self.texts, "turn.private", tone=Tone.INFO))

    async def say(self, key: str, tone: Tone = Tone.INFO, private: bool = False, **values: object) -> None:
        """Answer with one sentence of the texts."""
        message = sentence(self.texts, key, tone=tone, **values)
        await (self.aside(message) if private else self.reply(message))

    @contextlib.asynccontextmanager
    async def patience(self) -> AsyncIterator[None]:
        """While the body waits for the graph for long, the reply says that it is coming."""
        done = asyncio.Event()
        waiting = asyncio.create_task(self._promise(done))
        try:
            yield
        finally:
            done.set()
            await waiting

    async def refused(
        self, code: str, line: str, command: str | None = None, correlation_id: str | None = None
    ) -> None:
        """Write an audit row for an attempt that ends here."""
        self.services.counters.refused += 1
        user, name = await self._user()
        await self.services.journal.refused(
            Attempt(
                person=self.person.key,
                command=command or self.command,
                code=code,
                sentence=line,
                platform=self.place.platform,
                channel=self.place.channel,
                message=self.link,
                text=self.shown,
                user=user,
                user_name=name,
                correlation_id=correlation_id,
            )
        )

    async def done(self, command: str, user: str | None = None, name: str | None = None, **facts: object) -> None:
        """Write an audit row for what this command did, where the graph knows nothing of it. `user` is for whom, where the link is gone."""
        if user is None:
            user, name = await self._user()
        place = self.place
        deed = Deed(self.person.key, command, place.platform, place.channel, self.link, user, name, facts)
        await self.services.journal.done(deed)

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _reply(self, message: Message) -> None:
        async with self._writing:
            self._answered, self._waiting = True, False
            await self._write(message)

    async def _shortly(self, message: Message) -> None:
        if self._short is None:
            self._short = Turn(self.services, self.incoming, self.texts, self.text)
            self._short.place = self._short.stands = self.place
        with contextlib.suppress(Undelivered):  # the reply itself is told all the same
            await self._short.reply(message)

    async def _acting_for(self, project: str | None) -> Acting:
        person = structs.replace(self.person, token=None) if self._spent else self.person
        return await self.services.people.acting(person, self.place, self.link, project)

    def _said_project(self) -> str | None:
        """As `invocation` reads the option, in every spelling: a command never runs for another project than the one that was said."""
        if self.invocation is not None:
            return self.invocation.flags.project
        return self.words.said("project") if self.words is not None else None

    def _guarded(self) -> str | None:
        if self.invocation is not None or self.own:
            return None
        services = self.services
        aliases = services.defaults.aliases(self.place)
        return guarded(self.text, self.words, services.known.catalogue, aliases)

    async def _user(self) -> tuple[str | None, str | None]:
        """The Keystone user (global id and name) that the account stands for, when that is known."""
        if self.services.platforms[self.person.platform].capabilities.signed_in:
            user = self.person.id.partition("@")[0]  # those who are signed in to 9rum are known by it
            return (user, self.person.name or None) if user.startswith("user:") else (None, None)
        link = await self.services.people.link_of(self.person)
        return (link.user, link.user_name) if link is not None else (None, None)

    async def _write(self, message: Message) -> None:
        asked = self.incoming if self.person.platform == self.stands.platform else None
        if not self._looked:
            kept = await self.services.redis.get(f"gurum:bot:reply:{self.name}")
            self._message_id, self._looked = (kept.decode() if kept else None), True
        if self._message_id is not None and self.capabilities.edits:
            try:
                await self.services.outbox.edit(self.stands, self._message_id, message, asked)
                return
            except Undelivered:
                pass  # it is gone, or too old to be edited: say it anew
        self._message_id = await self.services.outbox.post(self.stands, message, asked, self._note)

    async def _note(self, message_id: str) -> None:
        """By this id the message is edited, also by who handles it again after this process."""
        self._message_id = message_id
        pipe = self.services.redis.pipeline(transaction=True)
        if not self.elsewhere:
            pipe.set(f"gurum:bot:reply:{self.name}", message_id, ex=KEPT_SECONDS)
        pipe.set(self._said(message_id), self.person.key, ex=KEPT_SECONDS)
        await pipe.execute()

    async def _promise(self, done: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(done.wait(), PATIENCE)
        except TimeoutError:
            if self.capabilities.edits:
                await self._write_waiting()

    async def _write_waiting(self) -> None:
        async with self._writing:
            if self._answered:
                return
            try:
                await self._write(sentence(self.texts, "turn.wait", tone=Tone.WAIT))
                self._waiting = True
            except Undelivered:
                pass  # the answer itself is tried anyway, and tells

    def _said(self, message_id: str) -> str:
        """By the channel in which it stands: there its buttons are pressed."""
        elsewhere, _, own = message_id.rpartition(ELSEWHERE)
        where = f"{self.stands.platform}:{elsewhere}" if elsewhere else self.stands.key
        return f"gurum:bot:said:{where}:{own}"
