"""The offer to link an account: a one-time address, shown to its person alone. Used by `link`, and for people without."""

from bot.messages import Message, Note, Paragraph, Span, Tone
from bot.turn import Turn


async def offer(turn: Turn, key: str) -> None:
    """`key` is the sentence before the address."""
    url = turn.services.public_url
    if url is None:
        await turn.say("link.no_address", tone=Tone.BAD, private=True)
        return
    secret = await turn.services.people.offer(turn.person, turn.place)
    address = (Span(turn.texts.line("link.open"), url=f"{url.rstrip('/')}/link#{secret}"),)
    await turn.secretly(
        Message(
            summary=turn.texts.line(key),
            blocks=(
                Paragraph(turn.texts(key)),
                Paragraph(address),
                Note(turn.texts("link.once", minutes=turn.services.people.offer_minutes)),
            ),
        )
    )
