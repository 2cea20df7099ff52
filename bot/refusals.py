"""Every way in which a command can be refused, as one sentence with the next step, private where it must be. Called by `app`.

Attempts that never reached the graph get their audit row here; those that did have one already.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot import asking
from bot.invocation import retyped
from bot.linking import offer
from bot.messages import Button, Buttons, Note, Tone, clean, with_blocks
from bot.parser import Unreadable, quote
from bot.people import Away, ChooseProject, LinkEnded, NoSuchProject, NotLinked
from bot.replies.errors import SENTENCE, of_ambiguous, of_errors, sentence, to_blame
from bot.turn import Answered, Refused, Turn
from bot.values import Misused

PROJECTS = 10  # buttons at most


async def answer_for(turn: Turn, error: Exception) -> bool:
    """Answer for what was raised; False when it is nothing that is known."""
    match error:
        case Unreadable() | Misused():
            await _sentence(turn, "INVALID", error.key, False, error.values)
        case Refused():
            turn.command = error.command if error.command != "chat" else turn.command
            await _sentence(turn, error.code, error.key, error.private, error.values)
        case Answered():
            await _answered(turn, error)
        case NotLinked():
            await turn.refused("UNAUTHENTICATED", turn.texts.line("link.needed"), _meant(turn))
            await offer(turn, "link.needed")
        case LinkEnded():
            await _ended(turn, error)
        case ChooseProject():
            await _choose(turn, error)
        case Away():
            turn.command = _meant(turn) or turn.command
            await _sentence(turn, "UNAVAILABLE", "link.away", False, {})
        case _:
            return False
    return True


def _meant(turn: Turn) -> str | None:
    """The command that somebody typed for whom nobody can be asked, when the catalogue was read for somebody else already."""
    catalogue = turn.services.known.catalogue
    if catalogue is None or turn.words is None:
        return None
    found = catalogue.find(turn.words.words, turn.services.defaults.aliases(turn.place))
    return found[0].name if found is not None else None


async def _sentence(turn: Turn, code: str, key: str, private: bool, values: Mapping[str, object]) -> None:
    message = sentence(turn.texts, key, tone=Tone.WARN, **values)
    await turn.refused(code, message.summary)
    await (turn.aside(message) if private else asking.again(turn, message, code, message.summary))


async def _answered(turn: Turn, error: Answered) -> None:
    first = error.errors[0] if error.errors else None
    if first is not None and first.code == "DENIED":
        turn.services.counters.denied += 1
    signed_out = first is not None and first.code == "UNAUTHENTICATED" and turn.capabilities.signed_in
    if first is not None and first.at_door and first.code != "DENIED":
        await turn.refused(first.code, turn.texts.line("link.signed_out") if signed_out else first.message)
    if signed_out:
        await turn.say("link.signed_out", tone=Tone.WARN, private=True)
        return
    source = turn.source(error.invocation.spec.document, error.invocation.variables()) if error.invocation else None
    if first is not None and first.candidates and error.invocation is not None and turn.capabilities.buttons:
        message = of_ambiguous(turn.texts, first, error.invocation, source)
        if any(isinstance(block, Buttons) for block in message.blocks):
            await (turn.aside(message) if error.private else turn.reply(message))
            return
    else:
        listing = _listing(turn, error)
        message = of_errors(turn.texts, error.errors, source, listing)
        if listing is not None and turn.capabilities.buttons:
            message = with_blocks(message, Buttons((Button(label=listing, command=listing),)))
    if error.private or first is None:
        await (turn.aside(message) if error.private else turn.reply(message))
        return
    problem, at = clean(turn.texts.sentence(first.message), SENTENCE), to_blame(error.invocation, first)
    await asking.again(turn, message, first.code, problem, at)


def _listing(turn: Turn, error: Answered) -> str | None:
    """The command that lists what was not found."""
    first, catalogue = error.errors[0] if error.errors else None, turn.services.known.catalogue
    if first is None or first.code != "NOT_FOUND" or error.invocation is None or catalogue is None:
        return None
    name = to_blame(error.invocation, first)
    parameter = error.invocation.spec.parameter(name) if name is not None else None
    spec = catalogue.get(f"{parameter.choices_from}.list") if parameter is not None else None
    return spec.typed if spec is not None else None


async def _ended(turn: Turn, error: LinkEnded) -> None:
    """`trust_ended` and `role_gone` offer to link anew; somebody signed out has to sign in."""
    key = f"link.{error.reason}"
    await turn.refused("UNAUTHENTICATED", turn.texts.line(key, project=error.project or ""), _meant(turn))
    message = sentence(turn.texts, key, tone=Tone.WARN, project=error.project or "")
    if turn.capabilities.buttons and not turn.capabilities.signed_in:
        button = Button(label=turn.texts.line("button.link"), command="link")
        message = with_blocks(message, Buttons((button,)))
    await turn.aside(message)


async def _choose(turn: Turn, error: ChooseProject) -> None:
    if isinstance(error, NoSuchProject):
        defaults = turn.services.defaults
        chosen = error.asked == await defaults.project(turn.place)  # for the place, where it has a name
        name = await defaults.project_name(turn.place) if chosen else None
        key, values = "project.unknown", {"project": name or error.asked}
        await turn.refused("NOT_FOUND", turn.texts.line(key, **values), _meant(turn))
    else:
        key, values = "project.choose", {}
    names = [name for _, name in error.projects]
    message = sentence(turn.texts, key, tone=Tone.WARN, **values)
    if error.projects:
        hint = "project.hint_place" if _chosen_by_place(turn) else "project.hint"
        message = with_blocks(message, Note(turn.texts(hint, projects=", ".join(names[:PROJECTS]))))
    if error.projects and turn.capabilities.buttons and not turn.hides:
        buttons = tuple(_button(turn, row, name, names) for row, name in error.projects[:PROJECTS])
        message = with_blocks(message, Buttons(buttons))
    await turn.aside(message)


def _button(turn: Turn, project: str, name: str, names: list[str]) -> Button:
    """The same text for this project; what takes no project to act for chooses for the place."""
    said = name if names.count(name) == 1 else project
    label = clean(name, 50) if names.count(name) == 1 else clean(f"{name} ({project})", 70)
    if _chosen_by_place(turn):
        return Button(label=label, command=f"use project {quote(said)}")
    return Button(label=label, command=_for(turn, said), document=turn.services.known.document(turn.command))


def _chosen_by_place(turn: Turn) -> bool:
    """Whether `--project` of this command is not the project to act for: it has none, or that is its object."""
    if turn.invocation is not None:
        parameter = turn.invocation.spec.parameter("project")
        return parameter is not None and parameter.position is not None
    return any(turn.command == own.name and not own.takes("project") for own in turn.services.own)


def _for(turn: Turn, project: str) -> str:
    """The command text for another project."""
    bound = turn.invocation
    if bound is None:
        text = turn.words.without("project") if turn.words is not None else turn.text
        return f"{text} --project {quote(project)}"
    given = {"project": project} if bound.spec.parameter("project") is not None else {}
    return retyped(replace(bound, flags=replace(bound.flags, project=project)), **given)
