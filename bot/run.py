"""A command of the graph, from its words to what answers it: help, explanation, form, rows, plan or operation. Called by `app`."""

from dataclasses import replace
from typing import Any

from bot import asking, changes, forms, reads
from bot.catalogue import CommandSpec
from bot.invocation import Invocation, bind, retyped, with_values
from bot.known import UNKNOWN_SECONDS
from bot.messages import Button, Buttons, Span, Tone, clean, with_blocks
from bot.parser import Words, split
from bot.ports import Answer
from bot.replies import helps
from bot.replies.errors import sentence
from bot.turn import Answered, Refused, Turn
from bot.values import Misused

ALLOWED = "{ commands { name } }"
CHOICES = 600  # characters of what may be chosen: longer than a name of outside


async def typed(turn: Turn, words: Words) -> None:
    """Raises Refused, Answered, and what `People.acting` raises."""
    bound = await _bound(turn, words)
    if bound is not None:
        await execute(turn, bound)


async def filled(turn: Turn) -> None:
    """A form came back: the command that it asked for, with what was filled in."""
    turn.filled = filled = await asking.submitted(turn)
    bound = await _begun(turn, filled.text)
    if bound is not None:
        turn.filled = replace(filled, begun=bound)
        try:
            whole = with_values(bound, filled.values)
        except Misused as misused:
            await _misused(turn, bound.spec, misused)
            return
        turn.text = retyped(whole)
        await execute(turn, replace(whole, text=turn.text))


async def refill(turn: Turn, name: str) -> None:
    """Open a form that was refused once more. Raises Refused, Answered."""
    kept = await asking.refused(turn, name)
    bound = await _begun(turn, kept.text)
    if bound is not None:
        await asking.reopen(turn, name, kept, bound)


async def execute(turn: Turn, invocation: Invocation) -> None:
    spec, flags = invocation.spec, invocation.flags
    turn.command = spec.name
    turn.bound(invocation)
    if flags.help:
        await turn.adopt_pressed()
        await turn.reply(helps.of_command(turn.texts, spec, spec.name in await allowed(turn)))
    elif flags.explain:
        source = turn.source(spec.document, invocation.variables())
        await turn.reply(helps.of_explain(turn.texts, spec, invocation.variables(), source))
    elif invocation.missing:
        if not (await changes.facts_of(turn, invocation))["allowed"]:  # a form would list what there is to choose
            raise Refused("run.denied", code="DENIED", command=spec.name, private=True, typed=spec.typed)
        await asking.ask(turn, invocation)
    elif spec.change:
        await changes.change(turn, invocation)
    else:
        await reads.read(turn, invocation)


async def allowed(turn: Turn) -> frozenset[str]:
    """The names of the commands that this person may run here. Raises Answered."""
    answer: Answer = await turn.ask(ALLOWED, {})
    if answer.data is None or answer.data.get("commands") is None:
        raise Answered(answer.errors)
    return frozenset(command["name"] for command in answer.data["commands"])


async def unknown(turn: Turn, words: Words) -> None:
    """Say which commands come near, and keep a row of the attempt."""
    catalogue = await turn.catalogue()
    own = [command.name for command in turn.services.own]
    called = {turn.texts.label(forms.label_of(noun)).replace(" ", ""): noun for noun in catalogue.nouns()}
    aliases = {**called, **turn.services.defaults.aliases(turn.place)}
    near = catalogue.nearest(words.words, also=own, aliases=aliases)
    meant = None if turn.hides else {each: f"{each}{_behind(words, each)}" for each in near}
    message = helps.unknown(turn.texts, words.leading, near, meant)
    await turn.refused("INVALID", message.summary)
    await turn.adopt_pressed()
    await turn.reply(message)


def _behind(words: Words, near: str) -> str:
    """The text behind the words that a command was meant by; nothing where it can not be told which they are."""
    named = words.tokens[: len(near.split())]
    plain = all(token.option is None and token.pair is None for token in named)
    return words.raw[named[-1].end :] if named and plain else ""


async def _begun(turn: Turn, text: str) -> Invocation | None:
    """The command that a form is for, as what the turn is about now."""
    turn.text, turn.words = text, split(text)
    bound = await _bound(turn, turn.words)
    if bound is not None:
        turn.bound(bound)
    return bound


async def _bound(turn: Turn, words: Words) -> Invocation | None:
    """The command that the words are; None when that was answered already."""
    aliases = turn.services.defaults.aliases(turn.place)
    catalogue = await turn.catalogue()
    found = catalogue.find(words.words, aliases)
    if found is None:
        catalogue = await turn.catalogue(UNKNOWN_SECONDS)
        found = catalogue.find(words.words, aliases)
    if found is None:
        noun = catalogue.noun(words.words, aliases)
        if noun is None:
            await unknown(turn, words)
        else:
            await turn.adopt_pressed()
            await turn.reply(helps.of_noun(turn.texts, catalogue, noun, await allowed(turn)))
        return None
    spec, rest = found
    turn.command = spec.name
    try:
        return bind(spec, words, rest)
    except Misused as misused:
        if any(option == "help" for option, _ in words.options):
            await turn.reply(helps.of_command(turn.texts, spec, spec.name in await allowed(turn)))
        else:
            await _misused(turn, spec, misused)
        return None


async def _misused(turn: Turn, spec: CommandSpec, misused: Misused) -> None:
    key, values = misused.key, dict[str, Any](misused.values)
    if "word" in values and turn.hides:  # it may be the secret
        key, values = "bind.hidden_word", {"usage": spec.usage}
    if "choices" in values:
        values["choices"] = (Span(clean(values["choices"], CHOICES)),)
    message = sentence(turn.texts, key, tone=Tone.WARN, **values)
    await turn.refused("INVALID", message.summary, spec.name)
    if turn.capabilities.buttons:
        label = turn.texts.line("button.help", command=spec.typed)
        message = with_blocks(message, Buttons((Button(label=label, command=f"help {spec.typed}"),)))
    await turn.adopt_pressed()
    wrong = spec.parameter(str(values.get("option", "")).lstrip("-"))
    await asking.again(turn, message, "INVALID", message.summary, wrong.name if wrong is not None else None)
