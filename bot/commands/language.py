"""`language ko`: in which language the person is answered. `language` tells, `language -` goes back to the platform's locale."""

from bot import texts
from bot.commands.own import Own
from bot.messages import Tone
from bot.turn import Refused, Turn


async def run(turn: Turn) -> None:
    known = ", ".join(map(_named, sorted(texts.LANGUAGES)))
    if not turn.rest:
        await turn.say("language.is", language=_named(turn.texts.language), known=known)
        return
    by_name = {name.casefold(): language for language, name in texts.NAMES.items()}
    wanted = turn.rest[0].casefold()
    wanted = by_name.get(wanted, wanted)
    if wanted != "-" and wanted not in texts.LANGUAGES:
        raise Refused("language.unknown", language=turn.rest[0], known=known)
    await turn.services.defaults.speak(turn.person, None if wanted == "-" else wanted)
    turn.texts = texts.of(await turn.services.defaults.language(turn.person, turn.place))
    await turn.say("language.done", tone=Tone.GOOD, language=_named(turn.texts.language))


def _named(language: str) -> str:
    return f"{texts.NAMES[language]} ({language})"


LANGUAGE = Own("language", "language en|ko", "own.language", run)
