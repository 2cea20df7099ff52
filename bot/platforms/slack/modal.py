"""Forms as Slack's modals, and what people filled in, back. Pure; `platform.py` opens them, `intake.py` reads them.

The modal carries the place of the request with it, so that its values may land on any process.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from bot.messages import Choice, FieldKind, Form, FormField, coded, text_of
from bot.platforms.base import Incoming, PlatformError
from bot.platforms.slack import limits
from bot.platforms.slack.rich import Json, harmless

CALLBACK = "form"
_ACTION = "value"
_ON = "true"
_SELECTS = {FieldKind.CHOICE: "static_select", FieldKind.CHOICES: "multi_static_select"}


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a modal remembers. Slack hands it back unchanged, and people can not see or change it."""

    form: str
    channel: str
    name: str = ""
    thread: str | None = None
    message: str | None = None
    link: str | None = None
    command: str = ""


def view_of(form: Form, incoming: Incoming) -> Json:
    """Raises PlatformError(`form_size`) when it can not be shown whole."""
    problems = [one for one in (form.problem, *(field.problem for field in form.fields)) if one]
    if len(form.fields) + len(problems) > limits.MODAL_BLOCKS - 1:
        raise PlatformError(
            "form_size", "The form has more fields than Slack shows; type the command with its options."
        )
    blocks = [block for field in form.fields for block in (*_problem(field.problem), _field(field))]
    blocks[:0] = _problem(form.problem)
    if shown := harmless(form.command).strip():
        text = {"type": "plain_text", "text": shown[: limits.CONTEXT_TEXT], "emoji": False}
        blocks.insert(0, {"type": "context", "elements": [text]})
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": _label(form.title, limits.MODAL_TITLE),
        "submit": _label(form.submit, limits.MODAL_TITLE),
        "private_metadata": _metadata(form, incoming),
        "blocks": blocks,
    }


def kept(view: Mapping[str, Any]) -> Kept | None:
    """None when the modal is none of ours."""
    if view.get("callback_id") != CALLBACK:
        return None
    try:
        return msgspec.json.decode(str(view.get("private_metadata") or ""), type=Kept)
    except msgspec.MsgspecError:
        return None


def values(view: Mapping[str, Any]) -> dict[str, list[str]]:
    """By the field's name. What was left empty is an empty list; a switch is `true` or `false`."""
    state = view.get("state")
    given = state.get("values") if isinstance(state, Mapping) else None
    return {str(name): _value(block[_ACTION]) for name, block in (given or {}).items() if _ACTION in block}


def _metadata(form: Form, incoming: Incoming) -> str:
    place = incoming.place
    whole = Kept(
        form=form.id,
        channel=place.channel,
        name=place.name,
        thread=place.thread,
        message=incoming.message,
        link=incoming.link,
        command=form.command,
    )
    # The command is only for people to read again: the form itself is found by its id.
    for tried in (whole, msgspec.structs.replace(whole, command="")):
        written = json.dumps(msgspec.to_builtins(tried), ensure_ascii=True)
        if len(written) <= limits.METADATA:
            return written
    raise PlatformError("form_size", "The form does not fit into Slack; type the command with its options.")


def _problem(sentence: str) -> list[Json]:
    """Above what it is about: Slack shows errors at a field only in answer to what was filled in, within three seconds."""
    if not (shown := harmless(text_of(coded(sentence, limits.RICH_TEXT))).strip()):
        return []
    return [
        {"type": "section", "text": {"type": "plain_text", "text": f"⚠ {shown}"[: limits.RICH_TEXT], "emoji": False}}
    ]


def _field(field: FormField) -> Json:
    if not 0 < len(field.name) <= limits.BLOCK_ID:
        raise PlatformError("form_size", "A field's name is too long for Slack; type the command with its options.")
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "label": _label(field.label or field.name, limits.FIELD_LABEL),
        "element": _element(field),
        # An empty box is a switch that is off, so a switch can always be left alone.
        "optional": not field.required or field.kind is FieldKind.SWITCH,
    }
    if hint := text_of(coded(field.hint, limits.FIELD_LABEL)).strip():
        block["hint"] = _label(hint, limits.FIELD_LABEL)
    return block


def _element(field: FormField) -> Json:
    options = _options(field)
    if field.kind in _SELECTS and options:
        return _select(field, options)
    if field.kind is FieldKind.SWITCH:
        option = {"text": _label(field.label or field.name, limits.OPTION_LABEL), "value": _ON}
        box: Json = {"type": "checkboxes", "action_id": _ACTION, "options": [option]}
        return box | ({"initial_options": [option]} if field.initial[:1] == (_ON,) else {})
    if field.kind is FieldKind.NUMBER:
        number: Json = {"type": "number_input", "action_id": _ACTION, "is_decimal_allowed": True}
        return number | ({"initial_value": field.initial[0]} if field.initial and _number(field.initial[0]) else {})
    return _text(field)


def _text(field: FormField) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": _ACTION, "max_length": limits.INPUT_TEXT}
    if field.kind is FieldKind.LONG_TEXT:
        element["multiline"] = True
    if 0 < len(initial := "\n".join(field.initial)) <= limits.INPUT_TEXT:
        element["initial_value"] = initial
    return element


def _select(field: FormField, options: dict[str, Json]) -> Json:
    element: Json = {"type": _SELECTS[field.kind], "action_id": _ACTION, "options": list(options.values())}
    chosen = [options[value] for value in dict.fromkeys(field.initial) if value in options]
    if chosen and field.kind is FieldKind.CHOICE:
        element["initial_option"] = chosen[0]
    elif chosen:
        element["initial_options"] = chosen
    return element


def _options(field: FormField) -> dict[str, Json]:
    """By value, each once. Who makes the form keeps to `max_choices`; what is over it is left out here."""
    return {choice.value: _option(choice) for choice in field.choices[: limits.OPTIONS]}


def _option(choice: Choice) -> Json:
    if not 0 < len(choice.value) <= limits.OPTION_VALUE:
        raise PlatformError("form_size", "A choice's value is too long for Slack; type the command with its options.")
    return {"text": _label(choice.label or choice.value, limits.OPTION_LABEL), "value": choice.value}


def _label(text: str, limit: int) -> Json:
    shown = harmless(text).strip() or "…"
    return {"type": "plain_text", "text": shown if len(shown) <= limit else f"{shown[: limit - 1]}…", "emoji": False}


def _value(element: Mapping[str, Any]) -> list[str]:
    kind = element.get("type")
    if kind == "checkboxes":
        return [_ON if element.get("selected_options") else "false"]
    if kind == "multi_static_select":
        return [str(option["value"]) for option in element.get("selected_options") or ()]
    if kind == "static_select":
        option = element.get("selected_option")
        return [str(option["value"])] if option else []
    given = element.get("value")
    return [str(given)] if given not in (None, "") else []


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text.lower().strip("-+0123456789.") == ""
