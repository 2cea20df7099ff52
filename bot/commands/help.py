"""`help`, `help server`, `help server create`: what this person may run here, and how it is written."""

import contextlib

from bot import run
from bot.commands.own import Own
from bot.people import ChooseProject, LinkEnded, NoSuchProject
from bot.replies import helps
from bot.turn import Turn


async def show(turn: Turn) -> None:
    own = {command.name: command for command in turn.services.own}
    words = " ".join(turn.rest).casefold()
    await turn.adopt_pressed()
    if words in own:
        await turn.reply(helps.of_own(turn.texts, own[words].usage, own[words].summary))
        return
    await _of_graph(turn)


async def _of_graph(turn: Turn) -> None:
    aliases = turn.services.defaults.aliases(turn.place)
    async with turn.patience():
        catalogue = await turn.catalogue()
        allowed = await _allowed(turn)
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
    await turn.reply(message)


async def _allowed(turn: Turn) -> frozenset[str]:
    """What the person may run in one project at least, where it is not said which. Raises Answered."""
    try:
        return await run.allowed(turn)
    except ChooseProject as choice:
        said = turn.words is not None and turn.words.said("project") is not None
        if isinstance(choice, NoSuchProject) and (said or not choice.projects):
            raise
        found: frozenset[str] = frozenset()
        for project, _ in choice.projects:
            turn.use_project(project)
            with contextlib.suppress(LinkEnded):
                found |= await run.allowed(turn)
        return found


HELP = Own("help", "help [COMMAND]", "own.help", show, frozenset({"project"}))
