"""`language ko`: in which language the person is answered. `language` tells, `language -` goes back to the platform's locale."""

from bot import texts
from bot.commands.own import Own
from bot.messages import Tone
from bot.turn import Refused, Turn


async def run(turn: Turn) -> None:
    known = ", ".join(sorted(texts.LANGUAGES))
    if not turn.rest:
        await turn.say("language.is", language=turn.texts.language, known=known)
        return
    wanted = turn.rest[0].casefold()
    if wanted != "-" and wanted not in texts.LANGUAGES:
        raise Refused("language.unknown", language=turn.rest[0], known=known)
    await turn.services.defaults.speak(turn.person, None if wanted == "-" else wanted)
    turn.texts = texts.of(await turn.services.defaults.language(turn.person, turn.place))
    await turn.say("language.done", tone=Tone.GOOD, language=turn.texts.language)


LANGUAGE = Own("language", "language en|ko", "own.language", run)
