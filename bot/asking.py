"""Asks for what a command still needs: a form where the platform has forms, a question in text where it has none. Called by `run`.

The form itself is kept in the store, bound to the person who was asked; its values may come back to another process, and once. Refused
values are kept the same way, for a form that begins with them (`again`); secrets among them are not.
"""

import asyncio
import logging

import msgspec

from bot import forms, gql, redact
from bot.catalogue import COMMAND_QUERY, ParameterSpec
from bot.forms import Choices, Refilled
from bot.invocation import Filled, Invocation, retyped
from bot.kept import Taken
from bot.messages import Button, Buttons, ButtonStyle, Message, Paragraph, Tone, coded, with_blocks, with_button
from bot.platforms.base import PlatformError
from bot.replies.errors import SENTENCE, sentence
from bot.services import KeptForm
from bot.turn import Refused, Turn

log = logging.getLogger(__name__)

SLOT = "values"
CHOICES_WAIT = 1.5  # seconds: a form may be opened for three
SHOWN = 12  # choices in a question
MOST = 1_000  # rows of a page of the graph
MENDABLE = frozenset(
    {"INVALID", "NOT_FOUND", "CONFLICT", "QUOTA_EXCEEDED"}
)  # by other values: the form opens by itself


async def ask(turn: Turn, invocation: Invocation) -> None:
    """Open a form, or say what is missing with a way to say it."""
    capabilities = turn.capabilities
    if capabilities.forms and turn.incoming.trigger is not None:
        name = await turn.services.forms.name(turn.name, "form")
        kept = KeptForm(person=turn.person.key, place=turn.place, text=turn.text, link=turn.link)
        await _keep(turn, name, kept)
        if await _opened(turn, name, kept, invocation):
            return
    await turn.adopt_pressed()
    if capabilities.forms and capabilities.buttons and not turn.hides:
        await turn.reply(_offer(turn, invocation))
    else:
        await turn.reply(await _question(turn, invocation))


async def submitted(turn: Turn) -> Filled:
    """What was filled in, and the text of the command that it is for. Raises Refused."""
    name = turn.incoming.form or ""
    kept = await _of_person(turn, name)
    turn.place = turn.stands = kept.place
    turn.link = kept.link or turn.link
    if await turn.services.forms.take(name, SLOT, turn.name) is not Taken.MINE:
        raise Refused("form.again", code="CONFLICT", private=True)
    await turn.adopt(kept.message, kept.place)
    return Filled(kept.text, turn.incoming.values or {})


async def again(turn: Turn, message: Message, code: str, problem: str, at: str | None = None) -> None:
    """Reply, by `message`, that something was refused. What a form held does not go with it: a button opens it as it was filled, and where
    other values may mend it, it opens by itself.
    """
    filled = turn.filled
    if filled is None or not (turn.capabilities.forms and turn.capabilities.buttons):
        await turn.reply(message)
        return
    name = await turn.services.forms.name(turn.name, "form")
    values = {each: forms.HIDDEN if redact.hides(each, given) else given for each, given in filled.values.items()}
    kept = KeptForm(
        person=turn.person.key,
        place=turn.place,
        text=filled.text,
        link=turn.link,
        values=values,
        problem=problem,
        at=at,
    )
    await _keep(turn, name, kept)
    if code in MENDABLE and filled.begun is not None and turn.incoming.trigger is not None:
        await _opened(turn, name, kept, filled.begun)  # before the reply: a trigger lives for seconds
    await turn.reply(_with_form(turn, message, name))
    await _keep(turn, name, msgspec.structs.replace(kept, message=turn.message_id))


async def refused(turn: Turn, name: str) -> KeptForm:
    """The form of the person that was refused, and waits under the name. Raises Refused."""
    kept = await _of_person(turn, name)
    if await turn.services.forms.taken(name, SLOT):
        raise Refused("form.again", code="CONFLICT", private=True)
    turn.place = turn.stands = kept.place
    turn.link = kept.link or turn.link
    return kept


async def reopen(turn: Turn, name: str, kept: KeptForm, begun: Invocation) -> None:
    """Open it as it was filled; where nothing can open it now, a button that can."""
    if turn.incoming.trigger is not None and await _opened(turn, name, kept, begun):
        return
    await turn.adopt(kept.message, kept.place)
    await turn.reply(
        _with_form(turn, sentence(turn.texts, "form.open", tone=Tone.WARN, problem=coded(kept.problem, SENTENCE)), name)
    )


async def _opened(turn: Turn, name: str, kept: KeptForm, invocation: Invocation) -> bool:
    """`invocation` is what the kept text means."""
    refilled = Refilled(kept.values, kept.problem, kept.at) if kept.problem else None
    most = turn.capabilities.max_choices
    choices = await _choices(turn, forms.asked_for(invocation, refilled), most)
    platform = turn.services.platforms[turn.place.platform]
    form = forms.form_for(turn.texts, invocation, choices, name, most, refilled)
    try:
        await platform.ask(turn.incoming, form)
    except PlatformError as error:
        if error.code != "no_trigger":
            log.warning("a form could not be opened: %s (%s)", error, error.code)
        return False
    return True


async def _of_person(turn: Turn, name: str) -> KeptForm:
    kept = await turn.services.forms.look(name)
    if kept is None:
        raise Refused("form.old", private=True)
    if kept.person != turn.person.key:
        raise Refused("form.others", code="DENIED", private=True)
    return kept


async def _keep(turn: Turn, name: str, kept: KeptForm) -> None:
    await turn.services.forms.keep(name, kept, turn.services.settings.form_minutes * 60)


def _with_form(turn: Turn, message: Message, name: str) -> Message:
    label = turn.texts.line("button.fill_again")
    return with_button(message, Button(label=label, command=f"form {name}", style=ButtonStyle.PRIMARY))


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
