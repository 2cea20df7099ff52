"""A form for the parameters that a command still needs, with choices from the graph. Called by `asking.py` when something is missing.

Asked for are the missing ones and then what may be given besides, choices first: who is asked anyway can say the rest in one go. A form
that was refused comes once more with what was filled in, and with what the command's text gave already, since either may be the mistake.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bot import redact
from bot.catalogue import ParameterSpec
from bot.invocation import Invocation, masked, retyped
from bot.messages import Choice, FieldKind, Form, FormField, clean
from bot.parser import kebab
from bot.texts import Texts
from bot.values import is_json, written

MAX_FIELDS = 10  # what still fits one look
CHOICES = 200  # rows asked for, unless said
_CONTEXT = frozenset({"project", "cloud"})  # the channel has them; they are asked only when required
_SHORT = 12  # characters of an id beside a name that stands twice
HIDDEN = [redact.MASK]  # in the place of values that are, or have in them, a secret


@dataclass(frozen=True, slots=True)
class Choices:
    """The first rows, and how many there are in all."""

    rows: Sequence[Choice] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Refilled:
    """What a refused form held as it was typed, HIDDEN in the place of secrets; why it was refused, and the parameter to blame, if any."""

    values: Mapping[str, Sequence[str]]
    problem: str
    at: str | None = None


def form_for(
    texts: Texts,
    invocation: Invocation,
    choices: Mapping[str, Choices],
    form_id: str,
    max_choices: int,
    again: Refilled | None = None,
) -> Form:
    """`choices` by parameter name; a parameter without, or with more than can be shown, becomes a field to type in."""
    asked = asked_for(invocation, again)
    fields = [_field(texts, parameter, choices.get(parameter.name, Choices()), max_choices) for parameter in asked]
    if again is not None:
        fields = [
            _refilled(texts, parameter, invocation, field, again)
            for parameter, field in zip(asked, fields, strict=True)
        ]
    return Form(
        id=form_id,
        title=texts.line("form.title", command=invocation.spec.typed),
        command=redact.text(masked(invocation) or retyped(invocation)),
        fields=tuple(fields),
        submit=texts.line("form.submit"),
        problem="" if again is None or any(field.problem for field in fields) else again.problem,
    )


def asked_for(invocation: Invocation, again: Refilled | None = None) -> list[ParameterSpec]:
    """The parameters of the form, so that choices are read for these only."""
    asked = _asked_for(invocation)
    if again is not None:
        asked += [p for p in invocation.spec.parameters if p not in asked and _to_mend(p, invocation, again)]
        asked.sort(key=lambda p: p.name != again.at)  # stable
    return asked


def _to_mend(parameter: ParameterSpec, invocation: Invocation, again: Refilled) -> bool:
    """A secret, an object or a project in the command's text stays as it was typed."""
    if parameter.name in again.values:
        return True
    given = invocation.values.get(parameter.name)
    hidden = redact.hides(parameter.name, given) or is_json(parameter) or parameter.name in _CONTEXT
    return given is not None and not hidden


def _asked_for(invocation: Invocation) -> list[ParameterSpec]:
    missing = list(invocation.missing)
    optional = [
        p
        for p in invocation.spec.parameters
        if p not in missing and p.name not in invocation.values and p.name not in _CONTEXT and not is_json(p)
    ]
    optional.sort(key=lambda p: p.choices_from is None)  # stable: else the order of the graph
    return [*missing, *optional][: max(MAX_FIELDS, len(missing))]


def choice_query(parameter: ParameterSpec, first: int = CHOICES) -> tuple[str, dict[str, Any]] | None:
    """The document that lists what the parameter may be, and its variables; None when the graph has no list of it.

    For which project is the caller's to say (`Acting.project`): the document is the same, because shared rows are choices too.
    """
    kind = parameter.choices_from
    if kind is None or not re.fullmatch(r"[a-z][A-Za-z0-9]*", kind):
        return None
    return f"query($first: Int!) {{ rows: {plural(kind)}(first: $first) {{ totalCount nodes {{ id name }} }} }}", {
        "first": first
    }


def choices_of(data: Mapping[str, Any] | None) -> list[Choice]:
    """From the data of a choice query. A row is chosen by its name while nothing else has that name, because that reads better later."""
    rows = ((data or {}).get("rows") or {}).get("nodes") or []
    names = [str(row.get("name") or "") for row in rows]
    return [_choice(str(row["id"]), name, names.count(name) > 1) for row, name in zip(rows, names, strict=True)]


def counted(data: Mapping[str, Any] | None) -> Choices:
    """The same, and how many there are in all."""
    return Choices(choices_of(data), ((data or {}).get("rows") or {}).get("totalCount") or 0)


def plural(kind: str) -> str:
    """How the root field with all rows of a kind is called."""
    if kind.endswith("y") and kind[-2:-1] not in "aeiou":
        return f"{kind[:-1]}ies"
    return f"{kind}es" if kind.endswith(("s", "x", "ch", "sh")) else f"{kind}s"


def label_of(name: str) -> str:
    """`bootVolumeSize` -> `Boot volume size`."""
    words = kebab(name).replace("-", " ")
    return words[:1].upper() + words[1:]


def _choice(row_id: str, name: str, again: bool) -> Choice:
    short = clean(row_id.rsplit("/", 1)[-1], _SHORT)
    if not name:
        return Choice(row_id, short)
    shown = clean(name, 70)
    if again or shown != name or "," in name or name != name.strip():
        return Choice(row_id, f"{shown} ({short})")
    return Choice(name, shown)


def _field(texts: Texts, parameter: ParameterSpec, choices: Choices, max_choices: int) -> FormField:
    if parameter.choices:
        choices = Choices([Choice(choice, choice) for choice in parameter.choices], len(parameter.choices))
    listed = 0 < choices.total <= min(len(choices.rows), max_choices)
    hint = clean(texts.sentence(parameter.help))
    if choices.rows and not listed:
        many = texts.line("form.many_choices", count=choices.total, example=choices.rows[0].label)
        hint = f"{hint} {many}".strip()
    return FormField(
        name=parameter.name,
        label=texts.label(label_of(_called(parameter))),
        kind=_kind(parameter, listed),
        required=parameter.required,
        choices=tuple(choices.rows) if listed else (),
        initial=_initial(parameter),
        hint=hint,
        secret=redact.secret(parameter.name),
    )


def _refilled(
    texts: Texts, parameter: ParameterSpec, invocation: Invocation, field: FormField, again: Refilled
) -> FormField:
    problem = again.problem if parameter.name == again.at else ""
    if field.secret or again.values.get(parameter.name) == HIDDEN:
        hint = f"{field.hint} {texts.line('form.secret_again')}".strip()
        return msgspec.structs.replace(field, hint=hint, problem=problem)
    initial = field.initial
    if parameter.name in again.values:
        initial = tuple(again.values[parameter.name])
    elif parameter.name in invocation.values:
        given = invocation.values[parameter.name]
        initial = tuple(written(parameter, each) for each in (given if parameter.many else [given]))
    return msgspec.structs.replace(field, initial=initial, problem=problem)


def _called(parameter: ParameterSpec) -> str:
    """The id of something is chosen as what it is: `server show` asks for a server."""
    return parameter.choices_from or parameter.name if parameter.name == "id" else parameter.name


def _kind(parameter: ParameterSpec, listed: bool) -> FieldKind:
    if listed:
        return FieldKind.CHOICES if parameter.many else FieldKind.CHOICE
    if parameter.type == "Boolean":
        return FieldKind.SWITCH
    if parameter.type in ("Int", "Float") and not parameter.many:
        return FieldKind.NUMBER
    if is_json(parameter) or parameter.many or redact.secret(parameter.name):
        return FieldKind.LONG_TEXT
    return FieldKind.TEXT


def _initial(parameter: ParameterSpec) -> tuple[str, ...]:
    if parameter.default is None:
        return ()
    return (parameter.default.lower(),) if parameter.type == "Boolean" else (parameter.default,)
