"""Asks for what a command still needs: a form where the platform has forms, a question in text where it has none. Called by `run`.

The form itself is kept in the store, bound to the person who was asked; its values may come back to another process, and once.
"""

import asyncio
import logging

from bot import forms, gql
from bot.catalogue import COMMAND_QUERY, ParameterSpec
from bot.forms import Choices
from bot.invocation import Invocation, retyped
from bot.kept import Taken
from bot.messages import Button, Buttons, ButtonStyle, Message, Paragraph, Tone, with_blocks
from bot.platforms.base import PlatformError
from bot.replies.errors import sentence
from bot.services import KeptForm
from bot.turn import Refused, Turn

log = logging.getLogger(__name__)

CHOICES_WAIT = 1.5  # seconds: a form may be opened for three
SHOWN = 12  # choices in a question
MOST = 1_000  # rows of a page of the graph


async def ask(turn: Turn, invocation: Invocation) -> None:
    """Open a form, or say what is missing with a way to say it."""
    capabilities = turn.capabilities
    if capabilities.forms and turn.incoming.trigger is not None and await _opened(turn, invocation):
        return
    await turn.adopt_pressed()
    if capabilities.forms and capabilities.buttons and not turn.hides:
        await turn.reply(_offer(turn, invocation))
    else:
        await turn.reply(await _question(turn, invocation))


async def submitted(turn: Turn) -> tuple[str, dict[str, list[str]]]:
    """The text of the command whose form was filled, and what was filled in. Raises Refused."""
    name = turn.incoming.form or ""
    kept = await turn.services.forms.look(name)
    if kept is None:
        raise Refused("form.old", private=True)
    if kept.person != turn.person.key:
        raise Refused("form.others", code="DENIED", private=True)
    turn.place = turn.stands = kept.place
    turn.link = kept.link or turn.link
    if await turn.services.forms.take(name, "values", turn.name) is not Taken.MINE:
        raise Refused("form.again", code="CONFLICT", private=True)
    return kept.text, turn.incoming.values or {}


async def _opened(turn: Turn, invocation: Invocation) -> bool:
    name = await turn.services.forms.name(turn.name, "form")
    kept = KeptForm(person=turn.person.key, place=turn.place, text=turn.text, link=turn.link)
    await turn.services.forms.keep(name, kept, turn.services.settings.form_minutes * 60)
    most = turn.capabilities.max_choices
    choices = await _choices(turn, forms.asked_for(invocation), most)
    platform = turn.services.platforms[turn.place.platform]
    form = forms.form_for(turn.texts, invocation, choices, name, most)
    try:
        await platform.ask(turn.incoming, form)
    except PlatformError as error:
        if error.code != "no_trigger":
            log.warning("a form could not be opened: %s (%s)", error, error.code)
        return False
    return True


async def _choices(turn: Turn, parameters: list[ParameterSpec], most: int) -> dict[str, Choices]:
    """Of each parameter, what the person may choose. A list that does not come in time is left out: the field takes text then."""
    found = await asyncio.gather(*(_choices_of(turn, parameter, most) for parameter in parameters))
    return {parameter.name: choices for parameter, choices in zip(parameters, found, strict=True)}


async def _choices_of(turn: Turn, parameter: ParameterSpec, most: int) -> Choices:
    query = forms.choice_query(parameter, min(most, MOST))
    if query is None:
        return Choices()
    try:
        async with asyncio.timeout(CHOICES_WAIT):
            if not await _may_list(turn, parameter):
                return Choices()
            answer = await turn.ask(*query)
    except TimeoutError:
        return Choices()
    return forms.counted(answer.data)


async def _may_list(turn: Turn, parameter: ParameterSpec) -> bool:
    """Whether the person may run the command that lists the kind here: a form tells no more than that does."""
    answer = await turn.ask(COMMAND_QUERY, {"name": f"{parameter.choices_from}.list"})
    return bool(gql.found(answer, "command", "allowed"))


def _offer(turn: Turn, invocation: Invocation) -> Message:
    """A button that opens the form: pressing it brings a new trigger."""
    message = sentence(turn.texts, "ask.missing", tone=Tone.INFO, missing=_listed(invocation))
    label, document = turn.texts.line("button.fill"), invocation.spec.document or None
    button = Button(label=label, command=retyped(invocation), style=ButtonStyle.PRIMARY, document=document)
    return with_blocks(message, Buttons((button,)))


async def _question(turn: Turn, invocation: Invocation) -> Message:
    """`Say --flavor FLAVOR; there are: m1.tiny, ...`, one line for each missing parameter."""
    choices = await _choices(turn, list(invocation.missing), SHOWN)
    lines = [Paragraph(turn.texts("ask.usage", usage=invocation.spec.usage))]
    for parameter in invocation.missing:
        listed = choices[parameter.name]
        labels = list(parameter.choices) or [choice.value for choice in listed.rows]
        option = f"{parameter.option} {parameter.placeholder}"
        if labels:
            shown = ", ".join(labels[:SHOWN]) + (", …" if max(len(labels), listed.total) > SHOWN else "")
            lines.append(Paragraph(turn.texts("ask.choices", option=option, choices=shown)))
        else:
            lines.append(Paragraph(turn.texts("ask.value", option=option, help=turn.texts.graph(parameter.help))))
    return with_blocks(sentence(turn.texts, "ask.missing", tone=Tone.INFO, missing=_listed(invocation)), *lines)


def _listed(invocation: Invocation) -> str:
    return ", ".join(parameter.option for parameter in invocation.missing)
