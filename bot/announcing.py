"""Tells people by direct message whom their account acts as once it was linked, and that this ends soon. Called by loops of `app`."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from bot import texts
from bot.messages import Message, Paragraph, Tone
from bot.outbox import Undelivered
from bot.people import Link
from bot.services import Services

log = logging.getLogger(__name__)


async def announce(services: Services, within: timedelta) -> None:
    """`People.expiring` gives each end once, over all processes."""
    for link in await services.people.expiring(within):
        await _tell(services, link, "link.ends_soon", Tone.WARN)


async def greet(services: Services) -> None:
    """Whoever has the chat account hears of its link, who may be somebody else than the one who linked it."""
    links = await services.people.fresh()
    await asyncio.gather(*(_tell(services, link, "link.now", Tone.INFO) for link in links))


async def _tell(services: Services, link: Link, key: str, tone: Tone) -> None:
    person = link.person
    if services.platforms.get(person.platform) is None:
        return
    said = texts.of(person.locale or services.settings.language)
    ends = min(each.expires_at for each in link.delegations)
    values = {
        "projects": ", ".join(each.name for each in link.delegations),
        "at": datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%d %H:%M"),
        "user": link.user_name,
    }
    text = Paragraph(said(key, **values))
    try:
        await services.outbox.tell(person, Message(summary=said.line(key, **values), blocks=(text,), tone=tone))
    except Undelivered as error:
        log.warning("%s could not be told of its link: %s", person.key, error)
