"""What stands on the screen: the conversation's end and what the terminal says itself, printed for good when it scrolls away.

Owned by `program.py`; `screen.py` asks it for the lines that can still change.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from bot.terminal.cells import Line
from bot.terminal.conversation import Conversation, Said
from bot.terminal.screen import Screen
from bot.terminal.tables import DIM
from bot.terminal.tail import Item, Notice, Tail
from bot.texts import Texts

BAD: Final = "class:bad"


class View:
    """`screen` is set once it is made, since the two need each other."""

    screen: Screen

    def __init__(self, conversation: Conversation, texts: Texts) -> None:
        self.texts = texts
        self._conversation = conversation
        self._tail = Tail(texts)
        self._printing = asyncio.Lock()

    def said(self, key: str, **values: object) -> str:
        """A sentence of the terminal's own."""
        return self.texts.line(key, **values)

    async def show(self, said: Said) -> None:
        """An entry that came or changed."""
        thread = self._conversation.get(said.entry.thread) if said.entry.thread is not None else None
        above = self._tail.last_said()
        near = above is not None and said.entry.thread in (above.entry.id, above.entry.thread)
        self._tail.take(said, thread.entry.text if thread is not None and not near else None)
        await self.draw()

    async def add(self, item: Item) -> None:
        self._tail.add(item)
        await self.draw()

    async def notice(self, sentence: str, style: str = DIM) -> None:
        await self.add(Notice([(style, sentence)]))

    async def wrong(self, sentence: str) -> None:
        await self.notice(sentence, BAD)

    def put(self, item: Item) -> None:
        """As `add`, from where nothing can be waited for; what scrolls away is printed with the next thing that comes."""
        self._tail.add(item)
        self.screen.refresh()

    def remark(self, sentence: str) -> None:
        self.put(Notice([(DIM, sentence)]))

    async def draw(self) -> None:
        await self._print(self._tail.overflow(self.screen.width, self.screen.room_above))
        self.screen.refresh()

    async def print_all(self) -> None:
        """The room changes, or the program ends."""
        await self._print(self._tail.clear())

    def lines(self, width: int) -> list[Line]:
        return self._tail.lines(width)

    async def _print(self, items: Sequence[Item]) -> None:
        """One after the other, though several come to print."""
        async with self._printing:
            await self.screen.print([line for item in items for line in item.lines(self.screen.width)])
