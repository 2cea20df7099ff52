"""`aliases`: the other words for nouns and commands that are understood in this place. They come from the settings."""

from bot.commands.own import Own
from bot.messages import Fields, Message, Span, Style, clean
from bot.turn import Turn


async def run(turn: Turn) -> None:
    aliases = turn.services.defaults.aliases(turn.place)
    if not aliases:
        await turn.say("aliases.none")
        return
    pairs = tuple((clean(alias), (Span(clean(aliases[alias]), Style.CODE),)) for alias in sorted(aliases))
    await turn.reply(Message(summary=turn.texts.line("aliases.summary", count=len(pairs)), blocks=(Fields(pairs),)))


ALIASES = Own("aliases", "aliases", "own.aliases", run)
