"""Checks blocks and modals as Slack does: slack-sdk's own models first, then what they do not know, from Slack's pages.

Numbers stand here a second time, apart from the bot's `limits.py`: a stand-in that shared them would find nothing wrong.
"""

import json
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

Json = dict[str, Any]
INLINE = {"text", "link", "emoji", "user", "channel", "usergroup", "broadcast", "date", "color"}


def message_error(blocks: Any) -> str | None:
    """The error that Slack would answer, or None."""
    if not isinstance(blocks, list):
        return "invalid_blocks_format"
    if sum(block.get("type") == "table" for block in blocks if isinstance(block, dict)) > 1:
        return "invalid_attachments"  # only_one_table_allowed
    if len(blocks) > 50 or any(block_error(block) for block in blocks) or _twice(blocks):
        return "invalid_blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > 13_200:
        return "msg_blocks_too_long"
    return None


def view_error(view: Any) -> str | None:
    """A sentence, as in Slack's response_metadata, or None."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        return "view is no modal"
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or not 0 < len(blocks) <= 100:
        return "blocks: 1 to 100"
    for name in ("title", "submit"):
        if not 0 < len(view.get(name, {}).get("text", "")) <= 24:
            return f"{name}: 1 to 24 characters"
    if len(view.get("private_metadata", "")) > 3_000 or len(view.get("callback_id", "")) > 255:
        return "private_metadata or callback_id too long"
    wrong = next((error for error in map(block_error, blocks) if error), None)
    return wrong or ("ids are used twice" if _twice(blocks) else None)


def block_error(block: Any) -> str | None:
    if not isinstance(block, dict):
        return "no object"
    try:
        parsed = Block.parse(block)
        if parsed is None:
            return f"unknown block {block.get('type')}"
        parsed.to_dict()
    except SlackObjectFormationError as error:
        return str(error)
    return _own(block) or next((error for error in map(_text_error, _texts(block)) if error), None)


def _own(block: Json) -> str | None:
    kind = block["type"]
    if kind == "table":
        return _table_error(block.get("rows"))
    if kind == "rich_text":
        return next((error for part in block.get("elements") or [{}] if (error := _rich_error(part))), None)
    if kind == "actions" and not 0 < len(block["elements"]) <= 25:
        return "actions: 1 to 25 elements"
    if kind == "context" and not 0 < len(block["elements"]) <= 10:
        return "context: 1 to 10 elements"
    if kind == "input":
        return _input_error(block)
    return None


def _table_error(rows: Any) -> str | None:
    if not isinstance(rows, list) or not 0 < len(rows) <= 100:
        return "table: 1 to 100 rows"
    if any(not 0 < len(row) <= 20 or len(row) != len(rows[0]) for row in rows):
        return "table: 1 to 20 cells, as many in each row"
    cells = [cell for row in rows for cell in row]
    if any(cell.get("type") not in ("raw_text", "rich_text") for cell in cells):
        return "table: unknown cell"
    if any(cell["type"] == "raw_text" and not cell.get("text") for cell in cells):
        return "table: empty cell"
    return "table: too much text" if sum(len(cell.get("text", "")) for cell in cells) > 10_000 else None


def _rich_error(part: Json) -> str | None:
    if part.get("type") not in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
        return "rich_text: unknown part"
    inline = part.get("elements") or []
    if not inline or any(element.get("type") not in INLINE for element in inline):
        return "rich_text: empty, or an unknown element"
    if any(element["type"] in ("text", "link") and not element.get("text") for element in inline):
        return "rich_text: empty text"
    styles = {name for element in inline for name in element.get("style", {})}
    return None if styles <= {"bold", "italic", "strike", "code"} else "rich_text: unknown style"


def _input_error(block: Json) -> str | None:
    element = block["element"]
    if not element.get("action_id"):
        return "input: no action_id"
    if element["type"] in ("static_select", "multi_static_select") and not 0 < len(element.get("options", [])) <= 100:
        return "select: 1 to 100 options"
    options = element.get("options", [])
    initial = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    if any(option not in options for option in initial):
        return "select: the initial option is none of the options"
    if len(element.get("initial_value", "")) > 3_000:
        return "input: initial value too long"
    return None


def _texts(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if value.get("type") in ("plain_text", "mrkdwn"):
            yield value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _text_error(text: Json) -> str | None:
    return None if 0 < len(text.get("text", "")) <= 3_000 else "text: 1 to 3,000 characters"


def _twice(blocks: list[Json]) -> bool:
    blocks_ids = [block["block_id"] for block in blocks if block.get("block_id")]
    action_ids = [
        element["action_id"] for block in blocks for element in block.get("elements", []) if "action_id" in element
    ]
    return len(blocks_ids) != len(set(blocks_ids)) or len(action_ids) != len(set(action_ids))
