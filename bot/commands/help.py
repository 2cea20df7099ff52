"""`help`, `help server`, `help server create`: what this person may run here, and how it is written."""

from bot import run
from bot.commands.own import Own
from bot.messages import Message, Paragraph, Span, Style
from bot.people import ChooseProject
from bot.replies import helps
from bot.turn import Turn


async def show(turn: Turn) -> None:
    own = {command.name: command for command in turn.services.own}
    words = " ".join(turn.rest).casefold()
    if words in own:
        command = own[words]
        text = (Span(command.usage, Style.CODE), Span(" "), *turn.texts(command.summary))
        await turn.adopt_pressed()
        await turn.reply(Message(summary=turn.texts.line(command.summary), blocks=(Paragraph(text),)))
        return
    try:
        await turn.acting()
    except ChooseProject as choice:
        if not choice.projects:
            raise
        turn.use_project(choice.projects[0][0])  # help is about all of them; any will do
    await _of_graph(turn)


async def _of_graph(turn: Turn) -> None:
    catalogue = await turn.catalogue()
    aliases = turn.services.defaults.aliases(turn.place)
    allowed = await run.allowed(turn)
    if not turn.rest:
        own = [(command.usage, turn.texts.line(command.summary)) for command in turn.services.own]
        message = helps.overview(turn.texts, catalogue, allowed, own)
    elif (found := catalogue.find(turn.rest, aliases)) is not None:
        message = helps.of_command(turn.texts, found[0], found[0].name in allowed)
    elif (noun := catalogue.noun(turn.rest, aliases)) is not None:
        message = helps.of_noun(turn.texts, catalogue, noun, allowed)
    else:
        names = [command.name for command in turn.services.own]
        message = helps.unknown(turn.texts, turn.rest, catalogue.nearest(turn.rest, also=names))
    await turn.adopt_pressed()
    await turn.reply(message)


HELP = Own("help", "help [COMMAND]", "own.help", show)
