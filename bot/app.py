"""The conductor: one text in, one reply out. The only file of the bot that knows all its parts; `gateway/chat` builds it.

What comes in goes to the inbox and from there, once, through `_handle`: read the words, find the command (the bot's own, else the graph's),
run it as the person, and answer. Everything that can go wrong on the way becomes one sentence here.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from redis.exceptions import RedisError

from bot import commands, loops, run, texts
from bot.announcing import Announcer
from bot.counters import Counters
from bot.defaults import Defaults
from bot.due import Due
from bot.follow import Followed, Follower
from bot.inbox import Inbox
from bot.kept import Kept, Taken
from bot.known import Known
from bot.messages import Message, Tone
from bot.operations import ended, shower
from bot.outbox import Outbox, Undelivered
from bot.parser import split
from bot.people import People
from bot.platforms.base import Entry, Incoming, Platform, Rejected
from bot.ports import Clock, Graph, Journal, RedisClient, Seal
from bot.refusals import answer_for
from bot.services import KeptForm, KeptUndo, Pending, Services
from bot.settings import BotSettings
from bot.turn import Turn

log = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
ANNOUNCE_SECONDS = 3600.0
TRUSTS_SECONDS = 300.0


class Bot:
    """`start` before use, `stop` at the end. `rejected` takes what a platform refused at its door."""

    def __init__(
        self,
        settings: BotSettings,
        graph: Graph,
        journal: Journal,
        people: People,
        seal: Seal,
        redis: RedisClient,
        platforms: Mapping[str, Platform],
        clock: Clock,
        owner: str,
        public_url: str | None,
        rejected: Rejected | None = None,
        version: str = "",
    ) -> None:
        self.counters = Counters()
        self._platforms = platforms
        self._clock = clock
        self._people = people
        self._settings = settings
        self._rejected = rejected
        self._loops: list[asyncio.Task[None]] = []
        self._outbox = Outbox(platforms, clock, self.counters)
        self._pendings = Kept(redis, seal, "plan", Pending)
        self._due = Due(redis, seal, clock, self._outbox, self._expires)
        defaults = Defaults(redis, settings)
        self._announcer = Announcer(people, self._outbox, defaults)
        self._follower = Follower(
            redis, graph, people, self._outbox, clock, owner, self.counters, shower(clock), self._ended
        )
        self.services = Services(
            settings=settings,
            graph=graph,
            journal=journal,
            people=people,
            redis=redis,
            platforms=platforms,
            clock=clock,
            outbox=self._outbox,
            follower=self._follower,
            due=self._due,
            forms=Kept(redis, seal, "form", KeptForm),
            pendings=self._pendings,
            undos=Kept(redis, seal, "undo", KeptUndo),
            defaults=defaults,
            known=Known(graph, clock),
            counters=self.counters,
            own=commands.COMMANDS,
            public_url=public_url,
            version=version,
        )
        self.inbox = Inbox(
            redis,
            seal,
            clock,
            owner,
            self._handle,
            self._poisoned,
            self.counters,
            settings.concurrency,
            settings.waiting,
            settings.waiting_per_person,
        )

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self, works: bool = True) -> None:
        """`works` False: take in what people say, and leave the work to other processes over the same store."""
        if works:
            await self._start_working()
        for platform in self._platforms.values():
            await platform.start(self.receive, self._refused_at_the_door)

    async def _start_working(self) -> None:
        await self.inbox.start()
        await self._follower.start()
        within = timedelta(days=self._settings.announce_days)
        self._loops = [
            asyncio.create_task(loops.every(self._clock, SWEEP_SECONDS, "ending buttons", self._due.sweep)),
            asyncio.create_task(loops.every(self._clock, SWEEP_SECONDS, "telling of links", self._announcer.sweep)),
            asyncio.create_task(loops.every(self._clock, TRUSTS_SECONDS, "deleting trusts", self._people.sweep)),
            asyncio.create_task(
                loops.every(
                    self._clock, ANNOUNCE_SECONDS, "announcing ends of links", lambda: self._people.announce(within)
                )
            ),
        ]

    async def stop(self) -> None:
        """Work on nothing any more, and leave the rest to whoever starts next; what still comes in is stored for them.

        The platforms end last: until nothing more is sent, they have files and the like to begin.
        """
        await self.inbox.stop()
        await loops.end(self._loops)
        await self._announcer.stop()
        await self._follower.stop()
        await self._due.stop()
        await self._outbox.stop()
        for platform in self._platforms.values():
            await platform.stop()

    async def receive(self, incoming: Incoming) -> bool:
        """Store what a person did; False when it was received before. Raises when it can not be stored."""
        return await self.inbox.receive(incoming)

    def problems(self) -> dict[str, str | None]:
        """One sentence for each platform that does not work now."""
        return {name: platform.problem() for name, platform in self._platforms.items()}

    # -- one message ---------------------------------------------------------------------------------------------------

    async def _handle(self, incoming: Incoming) -> None:
        """Raises only what the store raises: then it is handled again."""
        turn = await self._turn(incoming)
        try:
            try:
                await self._answer(turn)
            except (RedisError, OSError, Undelivered):
                raise
            except Exception as error:
                if not await answer_for(turn, error):
                    await self._internal(turn, error)
        except Undelivered as undelivered:
            log.warning("the answer to %s could not be delivered: %s", incoming.person.key, undelivered)

    async def _answer(self, turn: Turn) -> None:
        if turn.incoming.entry is Entry.FORM:
            await run.filled(turn)
            return
        turn.words = split(turn.text)
        found = commands.find(turn.words.words)
        if found is None:
            await run.typed(turn, turn.words)
            return
        own, turn.rest = found
        turn.command, turn.own = own.name, True
        await own.answer(turn)

    async def _turn(self, incoming: Incoming) -> Turn:
        language = await self.services.defaults.language(incoming.person, incoming.place)
        return Turn(self.services, incoming, texts.of(language), self._without_prefix(incoming.text))

    def _without_prefix(self, text: str) -> str:
        """`/cloud server list` means `server list`, on platforms that hand the whole text over too."""
        stripped = text.strip()
        head, _, rest = stripped.partition(" ")
        return rest.strip() if head.casefold() == self._settings.prefix else stripped

    async def _internal(self, turn: Turn, error: Exception) -> None:
        self.counters.errors += 1
        correlation = secrets.token_hex(8)
        log.error(
            "answering %s failed",
            turn.person.key,
            exc_info=(type(error), error, error.__traceback__),
            extra={"correlation_id": correlation},
        )
        await turn.refused("INTERNAL", turn.texts.line("turn.internal", id=correlation), correlation_id=correlation)
        await turn.say("turn.internal", id=correlation, tone=Tone.BAD)

    async def _poisoned(self, incoming: Incoming) -> None:
        """What took processes down again and again is answered, and dropped."""
        try:
            turn = await self._turn(incoming)
            await turn.refused("INTERNAL", turn.texts.line("turn.poison"))
            await turn.say("turn.poison", tone=Tone.BAD)
        except (RedisError, OSError):
            raise
        except Exception as error:
            log.warning("%s could not be told that a command was dropped: %s", incoming.person.key, error)

    # -- what the parts call back --------------------------------------------------------------------------------------

    async def _expires(self, name: str, slot: str) -> bool:
        """Whether a plan that nobody answered in time may be shown as over: nobody answers it from now on."""
        return await self._pendings.take(name, slot, "the end of its time") is Taken.MINE

    async def _ended(self, followed: Followed, operation: Mapping[str, Any]) -> Message:
        return await ended(self.services, followed, operation)

    async def _refused_at_the_door(self, platform: str, reason: str, facts: Mapping[str, str]) -> None:
        self.counters.rejected[reason] = self.counters.rejected.get(reason, 0) + 1
        if self._rejected is not None:
            await self._rejected(platform, reason, facts)
