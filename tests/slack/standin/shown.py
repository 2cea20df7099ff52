"""A message as people see it: text, buttons, table, files. And what in it is live, which should be nothing of others."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.slack.standin.world import Posted, World

Json = dict[str, Any]
_LIVE = re.compile(r"<[^<>]+>")
_FORMATTED = re.compile(r"(?<!\w)([*_~`])(?=\S)[^\n]*?(?<=\S)\1(?!\w)|^\s*&gt;", re.MULTILINE)


@dataclass(frozen=True)
class Button:
    label: str
    value: str
    action_id: str
    style: str


class Shown:
    def __init__(self, world: World, posted: Posted) -> None:
        self.posted = posted
        self._world = world

    def __repr__(self) -> str:
        return f"Shown({self.text!r}, buttons={[button.label for button in self.buttons]})"

    def kept(self) -> "Shown":
        """As it stands now, whatever becomes of it: for those whose window shows an old state."""
        return Shown(self._world, replace(self.posted))

    @property
    def ts(self) -> str:
        return self.posted.ts

    @property
    def thread(self) -> str | None:
        return self.posted.thread

    @property
    def edits(self) -> int:
        return self.posted.edits

    @property
    def private(self) -> bool:
        return self.posted.to is not None

    @property
    def notification(self) -> str:
        """What a phone shows."""
        return html.unescape(self.posted.text)

    @property
    def text(self) -> str:
        """All that is to be read; without blocks, the text."""
        if not self.posted.blocks:
            return self.notification
        return "\n".join(line for line in ("".join(_read(block)) for block in self.posted.blocks) if line)

    @property
    def buttons(self) -> list[Button]:
        return [
            Button(
                element["text"]["text"], element.get("value", ""), element["action_id"], element.get("style", "plain")
            )
            for block in self.posted.blocks
            if block["type"] == "actions"
            for element in block["elements"]
        ]

    @property
    def table(self) -> list[list[str]] | None:
        """Rows, the titles first."""
        found = next((block for block in self.posted.blocks if block["type"] == "table"), None)
        return None if found is None else [[cell.get("text", "") for cell in row] for row in found["rows"]]

    @property
    def files(self) -> dict[str, str]:
        """Names and texts of the files of this message, and of those below it."""
        below = [
            one
            for one in self._world.messages.values()
            if one.channel == self.posted.channel and one.thread in (self.ts, self.thread or self.ts)
        ]
        ids = [file for one in (self.posted, *below) for file in one.files]
        return {self._world.files[file].name: (self._world.files[file].data or b"").decode() for file in ids}

    @property
    def live(self) -> list[str]:
        """Everything that Slack would make a mention, a link or formatting of, in what it reads as markup."""
        marked = [self.posted.text, *_marked(self.posted.blocks)]
        return [found[0] for text in marked for pattern in (_LIVE, _FORMATTED) for found in pattern.finditer(text)]

    @property
    def links(self) -> list[tuple[str, str]]:
        """(text, address) of the links."""
        return [(element["text"], element["url"]) for element in _elements(self.posted.blocks, "link")]


def _read(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _read(inner)
    elif isinstance(value, dict):
        kind = value.get("type")
        if kind == "emoji":
            yield f":{value['name']}:"
        elif kind in ("text", "link", "plain_text", "mrkdwn", "raw_text"):
            yield value["text"]
        elif kind == "button":
            yield f"[{value['text']['text']}] "
        elif kind == "table":
            yield "\n".join(" | ".join("".join(_read(cell)) for cell in row) for row in value["rows"])
        else:
            for inner in value.values():
                yield from _read(inner)


def _marked(value: Any) -> Iterator[str]:
    return (element["text"] for element in _elements(value, "mrkdwn"))


def _elements(value: Any, kind: str) -> Iterator[Json]:
    if isinstance(value, dict):
        if value.get("type") == kind:
            yield value
        for inner in value.values():
            yield from _elements(inner, kind)
    elif isinstance(value, list):
        for inner in value:
            yield from _elements(inner, kind)
