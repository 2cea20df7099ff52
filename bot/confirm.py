"""Plans that wait: for their asker to confirm them, then for a second person where policy wants one. Called by `changes` and the commands.

A confirmation belongs to the asker and to the plan's hash, expires, and is given once, in whichever process. What changed meanwhile is
planned anew and shown again under a new id.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from bot import gql, redact, texts, undoing
from bot.catalogue import typed
from bot.due import DueEdit
from bot.kept import Taken
from bot.messages import (
    MAX_CELL,
    Block,
    Button,
    ButtonStyle,
    Message,
    Note,
    Paragraph,
    Source,
    Span,
    Tone,
    clean,
    with_blocks,
)
from bot.operations import started
from bot.parser import Unreadable, quote, split
from bot.people import ChooseProject, LinkEnded, NotLinked
from bot.platforms.base import Person
from bot.ports import Acting, Answer, GraphError, first_code
from bot.replies.errors import sentence
from bot.replies.plans import of_plan
from bot.services import Pending
from bot.turn import Answered, Refused, Turn

REMEMBERED_SECONDS = 24 * 3600  # after its end, so that a late press gets its own sentence
ANSWER, APPROVAL = "answer", "approval"
ANY_NAME = "0" * 8  # as long as the name of any plan
_CHANGED = frozenset({"CONFLICT", "NOT_FOUND"})


async def draft(turn: Turn, action: str, values: Mapping[str, Any]) -> Pending:
    """What is known of a plan before it is made: who asks, where, what."""
    spec = (await turn.catalogue()).get(action)
    return Pending(
        person=msgspec.structs.replace(turn.person, token=None),
        place=turn.place,
        message_id=None,
        stage=ANSWER,
        plan_id="",
        plan_project=None,
        hash="",
        action=action,
        typed=None,
        approval=None,
        expires_at=0.0,
        text=turn.shown,
        values=dict(values),
        project=(await turn.acting()).project,
        language=turn.texts.language,
        link=turn.link,
        document=spec.document if spec is not None else "",
        undo=turn.undoing,
    )


async def propose(
    turn: Turn, drafted: Pending, plan: Mapping[str, Any], *, only_plan: bool = False, changed: bool = False
) -> None:
    """Show a plan and wait. `only_plan`: nothing runs without a press, whatever policy says. `changed`: it replaces an older one."""
    approval = plan["approval"]
    asks = plan["confirmation"] != "NONE" or only_plan
    pending = msgspec.structs.replace(
        drafted,
        stage=ANSWER if asks else APPROVAL,
        plan_id=plan["id"],
        plan_project=plan["projectId"],
        hash=plan["hash"],
        typed=_to_type(plan) if plan["confirmation"] == "TYPED" else None,
        approval=approval["role"] if approval is not None and approval["state"] != "APPROVED" else None,
    )
    await _show(turn, pending, plan, changed)


async def confirm(turn: Turn, name: str, typed: str) -> None:
    """The asker says yes. Raises Refused, Answered."""
    pending = await _of_asker(turn, name, ANSWER)
    if pending.typed is not None and typed.strip() != pending.typed:
        raise Refused("confirm.type", command=pending.action, words=_line(name, pending.typed), name=pending.typed)
    await _acting(turn, pending)  # a plan is not used up by what can not run now
    await _take(turn, name, ANSWER)
    turn.command = pending.action  # from here on it is what is attempted
    await turn.services.due.drop(f"confirm:{name}")
    await turn.adopt(pending.message_id or turn.incoming.message, pending.place)
    async with turn.patience():
        if pending.approval is None:
            await _apply(turn, pending)
            return
        planned = await _ask(turn, pending, gql.PLANNED, {"id": pending.plan_id})
        plan = gql.found(planned, "it")
        if plan is None:
            await _again(turn, pending, planned.errors)
        else:
            await _show(turn, _stage(pending, APPROVAL), plan)


async def cancel(turn: Turn, name: str) -> None:
    """The asker says no, before or after it was confirmed."""
    pending = await _of_asker(turn, name, None)
    await _take(turn, name, pending.stage)
    await turn.services.due.drop(f"confirm:{name}")
    await turn.adopt(pending.message_id or turn.incoming.message, pending.place)
    await turn.reply(_over(turn, pending, "confirm.cancelled"))


async def approve(turn: Turn, name: str) -> None:
    """A second person agrees: the graph checks that this one may, and then it runs as the asker."""
    pending = await _of_approver(turn, name)
    await _acting(turn, pending)  # or nothing is approved that can not run
    await _settled(turn, name, pending, gql.APPROVE, None)
    async with turn.patience():  # from here on the reply is the plan's own message
        await _apply(turn, pending)


async def refuse(turn: Turn, name: str, reason: str) -> None:
    """A second person says no, and perhaps why."""
    pending = await _of_approver(turn, name)
    plan = await _settled(turn, name, pending, gql.REFUSE, reason or None)
    key = "confirm.refused_because" if reason else "confirm.refused"
    # By the name of the cloud account: what people call themselves in chat is theirs to choose.
    values = {"name": plan["approval"]["byName"], "reason": reason}
    short = sentence(turn.texts, key, tone=Tone.INFO, action=typed(pending.action), **values)
    await turn.reply(_over(turn, pending, key, **values), short)


async def _settled(turn: Turn, name: str, pending: Pending, document: str, reason: str | None) -> Mapping[str, Any]:
    """The plan, once the graph took what the second person said, and nobody else said anything before. Raises Answered, Refused."""
    variables: dict[str, Any] = {"planId": pending.plan_id, "hash": pending.hash}
    if document == gql.REFUSE:
        variables["reason"] = reason
    answer = await turn.ask(document, variables)
    plan: Mapping[str, Any] | None = gql.found(answer, "it")
    if plan is None:
        if first_code(answer.errors) == "NOT_FOUND":
            await _unseen(turn, name, pending)
        raise Answered(answer.errors, private=True)
    await _take(turn, name, APPROVAL)
    await turn.services.due.drop(f"confirm:{name}")
    await turn.adopt(pending.message_id or turn.incoming.message, pending.place)
    return plan


# -- showing -----------------------------------------------------------------------------------------------------------


async def _show(turn: Turn, pending: Pending, plan: Mapping[str, Any], changed: bool = False) -> None:
    """Keep it, show it with its buttons, and see to it that they end in time."""
    services = turn.services
    name = await services.pendings.name(turn.name, pending.stage)
    if await services.pendings.taken(name, pending.stage):
        return  # this message is handled for the second time, and the plan was answered in between
    seconds = _seconds(turn, pending, plan)
    pending = msgspec.structs.replace(pending, expires_at=services.clock.now().timestamp() + seconds)
    await services.pendings.keep(name, pending, seconds + REMEMBERED_SECONDS)
    said = texts.of(pending.language)
    given = redact.values({"input": plan["input"] or {}})
    source = Source(command=pending.text, document=pending.document, variables=given if pending.document else {})
    notes: list[Block] = [Note(said("confirm.changed"))] if changed else []
    notes += _how(turn, name, pending)
    shown_plan = with_blocks(of_plan(said, dict(plan), source, _buttons(turn, name, pending, plan)), *notes)
    await turn.reply(shown_plan, _short(turn, pending, "confirm.short_changed" if changed else "confirm.short_waits"))
    shown = msgspec.structs.replace(pending, place=turn.stands, message_id=turn.message_id)
    await services.pendings.keep(name, shown, seconds + REMEMBERED_SECONDS)
    if turn.message_id is not None and turn.capabilities.edits:
        over = with_blocks(of_plan(said, dict(plan), source, ()), Note(said(f"confirm.over_{pending.stage}")))
        edit = DueEdit(place=turn.stands, message_id=turn.message_id, message=over, guard=(name, pending.stage))
        await services.due.put(f"confirm:{name}", seconds, edit)


def _buttons(turn: Turn, name: str, pending: Pending, plan: Mapping[str, Any]) -> tuple[Button, ...]:
    if not turn.capabilities.buttons:
        return ()
    said = texts.of(pending.language)
    cancel_button = Button(label=said.line("button.cancel"), command=f"cancel {name}")
    if pending.stage == APPROVAL:
        label = said.line("button.approve")
        return (
            Button(label=label, command=f"approve {name}", style=ButtonStyle.PRIMARY, document=gql.SHOWN_APPROVE),
            Button(label=said.line("button.refuse"), command=f"refuse {name}", document=gql.SHOWN_REFUSE),
            cancel_button,
        )
    if pending.typed is not None:
        return (cancel_button,)
    style = ButtonStyle.PRIMARY if plan["danger"] == "LOW" else ButtonStyle.DANGER
    label = said.line("button.apply" if plan["confirmation"] == "NONE" else "button.confirm")
    runs = gql.SHOWN_APPLY if pending.approval is None else None  # else it only asks for the approval
    return (Button(label=label, command=f"confirm {name}", style=style, document=runs), cancel_button)


def _how(turn: Turn, name: str, pending: Pending) -> list[Block]:
    """What to say or type, where a button does not tell."""
    said = texts.of(pending.language)
    if pending.stage == APPROVAL:
        keys = {"role": pending.approval or "", "approve": f"approve {name}", "refuse": f"refuse {name}"}
        return [Paragraph(said("confirm.waits", **keys))]
    if pending.typed is not None:
        return [Paragraph(said("confirm.how_typed", words=_line(name, pending.typed)))]
    if not turn.capabilities.buttons:
        return [Paragraph(said("confirm.how", confirm=f"confirm {name}", cancel=f"cancel {name}"))]
    return []


def _over(turn: Turn, pending: Pending, key: str, **values: object) -> Message:
    said = texts.of(pending.language)
    shown = sentence(said, key, tone=Tone.INFO, action=typed(pending.action), **values)
    return msgspec.structs.replace(shown, source=Source(command=pending.text))


def _short(turn: Turn, pending: Pending, key: str) -> Message:
    """For who answered from elsewhere: what came of it, and where the rest is told."""
    place = pending.place
    channel = f"{clean(place.name or place.channel)} ({place.platform})"
    where = turn.texts.line("confirm.in_direct", platform=place.platform) if place.direct else channel
    url = pending.link if pending.link is not None and pending.link.startswith("https://") else None
    values = {"where": (Span(where, url=url),), "name": pending.person.name or pending.person.id}
    tone = Tone.WARN if key == "confirm.short_changed" else Tone.INFO
    return sentence(turn.texts, key, tone=tone, action=typed(pending.action), role=pending.approval or "", **values)


# -- running -----------------------------------------------------------------------------------------------------------


async def _apply(turn: Turn, pending: Pending) -> None:
    """Run the plan as its asker. The graph makes one operation of one plan, however often it is asked. Raises Answered, Refused."""
    variables = {"planId": pending.plan_id, "hash": pending.hash}
    async with undoing.once(turn, pending.undo):
        answer = await _ask(turn, pending, gql.APPLY, variables)
        if gql.found(answer, "it") is None:
            await _again(turn, pending, answer.errors)
            return
        source = Source(command=pending.text, document=gql.SHOWN_APPLY, variables=variables)
        asker = _asker(turn, pending)
        short = _short(turn, pending, "confirm.short_confirmed" if asker is turn.person else "confirm.short_approved")
        await started(turn, answer, source, pending.project, None, asker, pending.language, short)


async def _again(turn: Turn, pending: Pending, errors: tuple[Any, ...]) -> None:
    """What was refused because something changed is planned anew and shown again; anything else is said. Raises Answered."""
    error = errors[0] if errors else None
    spec = (await turn.catalogue()).get(pending.action)
    if error is None or error.code not in _CHANGED or error.operation_id is not None or spec is None:
        raise Answered(errors, private=False)
    answer = await _ask(turn, pending, gql.plan(spec), {"input": pending.values})
    plan = gql.found(answer, "plan", "it")
    if plan is None:
        raise Answered(answer.errors or errors, private=False)
    await propose(turn, pending, plan, changed=True, only_plan=True)


async def _unseen(turn: Turn, name: str, pending: Pending) -> None:
    """The graph shows the plan to whoever may approve it. Raises Answered when it is there for its asker; else it is over."""
    planned = await _ask(turn, pending, gql.PLANNED, {"id": pending.plan_id})
    if gql.found(planned, "it") is not None:
        line = turn.texts.line("confirm.needs_role", role=pending.approval or "")
        raise Answered((GraphError("DENIED", line),), private=True)
    if pending.message_id is None or first_code(planned.errors) != "NOT_FOUND":
        return
    if await turn.services.pendings.take(name, APPROVAL, turn.name) is Taken.MINE:
        await turn.services.due.drop(f"confirm:{name}")
        await turn.services.outbox.edit(pending.place, pending.message_id, _over(turn, pending, "confirm.gone"))


# -- who ---------------------------------------------------------------------------------------------------------------


async def _of_asker(turn: Turn, name: str, stage: str | None) -> Pending:
    pending = await _open(turn, name, stage)
    if pending.person.key != turn.person.key:
        asker = pending.person.name or pending.person.id
        raise Refused("confirm.others", code="DENIED", command=pending.action, private=True, name=asker)
    return pending


async def _of_approver(turn: Turn, name: str) -> Pending:
    pending = await _open(turn, name, APPROVAL)
    if pending.person.key == turn.person.key:
        raise Refused("confirm.own", code="DENIED", command=pending.action, private=True)
    if pending.plan_project is not None:  # else it happens in none, and the approver's own will do
        turn.use_project(pending.plan_project)
    return pending


async def _open(turn: Turn, name: str, stage: str | None) -> Pending:
    """The plan that waits under the name. Raises Refused when it does not wait, or not for this."""
    pending = await turn.services.pendings.look(name)
    if pending is None or pending.expires_at <= turn.services.clock.now().timestamp():
        raise Refused("confirm.old", private=True)
    if stage is not None and pending.stage != stage:
        raise Refused(f"confirm.not_{stage}", private=True)
    return pending


async def _take(turn: Turn, name: str, slot: str) -> None:
    taken = await turn.services.pendings.take(name, slot, turn.name)
    if taken is Taken.GONE:
        raise Refused("confirm.old", private=True)
    if taken is Taken.OTHERS:
        raise Refused("confirm.again", code="CONFLICT", private=True)


async def _ask(turn: Turn, pending: Pending, document: str, variables: Mapping[str, Any]) -> Answer:
    """As the asker. Raises what `_acting` raises."""
    return await turn.ask(document, variables, whose=lambda: _acting(turn, pending))


async def _acting(turn: Turn, pending: Pending) -> Acting:
    """As the asker, whoever pressed. Raises Refused when somebody else pressed and the asker can not be acted for any more."""
    asker = _asker(turn, pending)
    try:
        return await turn.services.people.acting(asker, pending.place, pending.link, pending.project)
    except (NotLinked, LinkEnded, ChooseProject) as error:
        if asker is turn.person:
            if not isinstance(error, ChooseProject):
                turn.command = pending.action  # that is what the audit row tells of
            raise
        name = asker.name or asker.id
        raise Refused("confirm.asker_gone", code="CONFLICT", command=pending.action, private=True, name=name) from error


def _asker(turn: Turn, pending: Pending) -> Person:
    return turn.person if turn.person.key == pending.person.key else pending.person


# -- small -------------------------------------------------------------------------------------------------------------


def _stage(pending: Pending, stage: str) -> Pending:
    return msgspec.structs.replace(pending, stage=stage, typed=None)


def _to_type(plan: Mapping[str, Any]) -> str:
    """The name of what it is about; its id where people can not type the name that they see, else the action."""
    words = [target[key] for key in ("name", "id") for target in plan["targets"] if target[key]]
    return next((str(word) for word in words if _typable(word)), str(plan["action"]))


def _typable(word: str) -> bool:
    """Whether the line that tells what to type is shown whole, and is read as it was meant."""
    line = _line(ANY_NAME, word)
    try:
        read = split(line).words[2:]
    except Unreadable:
        return False
    return clean(line, MAX_CELL) == line and read == (word,) and word == word.strip()


def _line(name: str, word: str) -> str:
    return f"confirm {name} {quote(word)}"


def _seconds(turn: Turn, pending: Pending, plan: Mapping[str, Any]) -> float:
    settings = turn.services.settings
    wanted = settings.confirm_minutes * 60 if pending.stage == ANSWER else settings.approval_hours * 3600
    if plan.get("expiresAt") is None:
        return wanted
    left = (datetime.fromisoformat(plan["expiresAt"]) - turn.services.clock.now()).total_seconds()
    return max(min(wanted, left), 1.0)
