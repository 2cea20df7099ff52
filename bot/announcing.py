"""Tells people by direct message whom their account acts as once it was linked, and that this ends soon, until the chat system took it.

Whoever has a chat account may be somebody else than the one who linked it, so this is told though processes die and chat systems are away;
what is to be told is kept by `links`. `app` runs the loop.
"""

import asyncio
import logging
from datetime import UTC, datetime

from bot import loops, texts
from bot.defaults import Defaults
from bot.messages import Message, Paragraph, Tone
from bot.outbox import Outbox, Undelivered
from bot.people import LEASE, Notice, People

log = logging.getLogger(__name__)

AT_ONCE = 50
AGAIN_SECONDS = 300.0  # after the chat system would not take it, for whatever reason that can be mended


class Announcer:
    def __init__(self, people: People, outbox: Outbox, defaults: Defaults) -> None:
        self._people = people
        self._outbox = outbox
        self._defaults = defaults
        self._tasks: dict[tuple[str, ...], asyncio.Task[None]] = {}

    async def stop(self) -> None:
        await loops.end(list(self._tasks.values()))

    async def sweep(self) -> None:
        """Begin to tell what is to be told; whoever can not be reached now keeps nobody else waiting."""
        held = {member for members in self._tasks for member in members}
        await self._people.tell_in(held, LEASE)
        for notice in await self._people.untold(AT_ONCE - len(self._tasks)):
            if not held.intersection(notice.members):
                self._tasks[notice.members] = asyncio.create_task(self._tell(notice))

    async def _tell(self, notice: Notice) -> None:
        try:
            if await self._said(notice):
                await self._people.told(notice.members)
            else:
                await self._people.tell_in(notice.members, AGAIN_SECONDS)
        except Exception:
            log.exception("telling %s of its link failed; it is tried again", notice.link.account)
        finally:
            self._tasks.pop(notice.members, None)

    async def _said(self, notice: Notice) -> bool:
        """Whether it is over: told, or nobody can be."""
        try:
            await self._outbox.tell(notice.link.person, await self._message(notice))
        except Undelivered as error:
            log.warning("%s could not be told of its link: %s", notice.link.account, error)
            return error.nobody
        return True

    async def _message(self, notice: Notice) -> Message:
        link = notice.link
        said = texts.of(await self._defaults.language(link.person))
        key = "link.ends_soon" if notice.ending else "link.now"
        ends = min(each.expires_at for each in link.delegations)
        values = {
            "projects": ", ".join(each.name for each in link.delegations),
            "at": datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%d %H:%M"),
            "user": link.user_name,
        }
        tone = Tone.WARN if notice.ending else Tone.INFO
        return Message(summary=said.line(key, **values), blocks=(Paragraph(said(key, **values)),), tone=tone)
