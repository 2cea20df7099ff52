"""Slack's way of writing text, both ways: what came in becomes what the person typed, what goes out can do nothing but be read.

Used by `intake.py` for texts of people and by `render.py` for the one field that Slack reads as its markup, `text`.
"""

import re

_MARKED = re.compile(r"<([^<>]*)>")
_QUOTE = re.compile(r"^(\s*)&gt;", re.MULTILINE)
# Look-alikes, because Slack knows no escape for the marks of its formatting.
_LOOK_ALIKE = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_EDGE = re.compile(r"(?<![^\W_])[*_~`]|[*_~`](?![^\W_])")  # a mark inside a word formats nothing, and names keep theirs


def typed(text: str) -> str:
    """`<@U1|ann>` is `@ann` again, `<http://x|x>` is `x`, and `&lt;` is `<`."""
    return _unescaped(_MARKED.sub(lambda match: _label(match[1]), text))


def quiet(text: str) -> str:
    """Text for the field `text`: no mention, link, quote or formatting in it is live."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    still = _EDGE.sub(lambda match: _LOOK_ALIKE[match[0]], escaped)
    return _QUOTE.sub(r"\1›", still)


def quiet_cut(text: str, limit: int) -> tuple[str, bool]:
    """`quiet(text)` of at most `limit` characters, and whether it is whole: escaping makes longer, and must not be cut through."""
    whole = quiet(text)
    if len(whole) <= limit:
        return whole, True
    kept = text[:limit]
    while len(whole := quiet(kept)) > limit - 1:
        kept = kept[: len(kept) - max(1, (len(whole) - limit) // 5)]
    return f"{whole}…", False


def _label(inside: str) -> str:
    target, bar, label = inside.partition("|")
    if target.startswith("!"):
        shown = label if bar else target[1:].partition("^")[0]
        return shown if shown.startswith("@") else f"@{shown}" if not target.startswith("!date") else shown
    if target.startswith(("@", "#")):
        return f"{target[0]}{label}" if label else target
    return label or target.removeprefix("mailto:")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
