"""Tells people by direct message that what they delegated to 9rum ends soon, once. Called by a loop of `app`."""

import logging
from datetime import UTC, datetime, timedelta

from bot import texts
from bot.messages import Message, Paragraph, Tone
from bot.outbox import Undelivered
from bot.services import Services

log = logging.getLogger(__name__)


async def announce(services: Services, within: timedelta) -> None:
    """`People.expiring` gives each end once, over all processes."""
    for link in await services.people.expiring(within):
        person = link.person
        platform = services.platforms.get(person.platform)
        if platform is None:
            continue
        said = texts.of(person.locale or services.settings.language)
        ends = min(each.expires_at for each in link.delegations)
        values = {
            "projects": ", ".join(each.name for each in link.delegations),
            "at": datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%d %H:%M"),
        }
        text = Paragraph(said("link.ends_soon", **values))
        try:
            await services.outbox.tell(
                person, Message(summary=said.line("link.ends_soon", **values), blocks=(text,), tone=Tone.WARN)
            )
        except Undelivered as error:
            log.warning("%s could not be told that the link ends: %s", person.key, error)
