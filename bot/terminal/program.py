"""The conversation in a terminal: what comes in goes to the screen, what is typed goes to the bot. Made and run by `main.py`.

What the terminal does itself is read by `commands.py`; everything else is the bot's to understand.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.styles import BaseStyle

from bot.messages import Form
from bot.platforms.console.rooms import Entry, Room
from bot.terminal import commands
from bot.terminal.asking import SEND, Asking
from bot.terminal.cells import Line, Piece, shown
from bot.terminal.client import ChatError, Client, Rooms
from bot.terminal.complete import ChoiceCompleter, CommandCompleter, Names, read_catalogue
from bot.terminal.conversation import Change, Conversation, Said
from bot.terminal.files import save
from bot.terminal.history import FileOfCommands, history_path
from bot.terminal.render import source_lines
from bot.terminal.screen import Mode, Screen
from bot.terminal.secret import carries_secret
from bot.terminal.sending import Sending
from bot.terminal.stream import Stream
from bot.terminal.tables import DIM
from bot.terminal.tail import Block, Item, Notice, Tail

SHOWN_BEFORE: Final = 20  # entries of a room that are shown when one comes in
BAD: Final = "class:bad"
OWN: Final = {"help": "what you can do here"}


class Program:
    def __init__(
        self,
        client: Client,
        rooms: Rooms,
        room: Room,
        style: BaseStyle,
        history: Path | None = None,
        input_: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._client = client
        self._rooms = rooms
        self._room = room
        self._conversation = Conversation()
        self._tail = Tail()
        self._drawing = asyncio.Lock()
        self._unread: dict[str, int] = {}
        self._since = 0.0  # what is older was left out when the room was entered
        self._trouble: str | None = "connecting"
        self._asking: Asking | None = None
        self._names = Names(client.graphql, lambda: self._screen.offer())
        self._completer = CommandCompleter(self._names, commands.HELP, OWN)
        self._sending = Sending(client, self._not_sent)
        self._typed: asyncio.Queue[str] = asyncio.Queue()
        self._history = FileOfCommands(
            history or history_path(os.environ), lambda text: carries_secret(text, self._completer.catalogue)
        )
        self._talking = Mode("", self._completer, history=True)
        self._screen = Screen(
            self._history,
            style,
            self._talking,
            self._live,
            self._state,
            self._typed.put_nowait,
            self._interrupt,
            input_,
            output,
        )
        self._enter(room)

    @property
    def unfinished(self) -> bool:
        """Whether something that was asked here goes on, or waits for somebody: it may need the session."""
        return any(said.going_on or said.waits for said in self._conversation) or self._sending.waiting

    async def run(self) -> int:
        """Until the person leaves. Raises ChatError when the conversation can not go on."""
        working = [
            asyncio.create_task(work)
            for work in (Stream(self._client, self).run(), self._work(), self._read_commands(), self._sending.run())
        ]
        screen = asyncio.create_task(self._screen.run())
        try:
            # The stream ends only by an error; so do the others, and theirs are our own mistakes.
            await asyncio.wait({screen, *working[:2]}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._screen.close()
            await asyncio.gather(screen, return_exceptions=True)
            for task in working:
                task.cancel()
            ended = await asyncio.gather(*working, return_exceptions=True)
            await self._names.close()
            await self._print(self._tail.clear())
        for error in (*ended, screen.exception()):
            if isinstance(error, Exception):
                raise error
        return 0

    def leave(self) -> None:
        self._screen.close()

    # -- listener ------------------------------------------------------------------------------------------------------

    async def entry(self, entry: Entry) -> None:
        change = self._conversation.merge(entry)
        said = self._conversation.get(entry.id)
        if change is Change.OLD or said is None:
            return
        if entry.message is not None and entry.thread is not None:
            self._sending.answered(entry.thread)
        if entry.room != self._room.id:
            if change is Change.NEW:
                self._unread[entry.room] = self._unread.get(entry.room, 0) + 1
            self._screen.refresh()
        elif change is Change.EDITED or entry.at >= self._since:
            await self._show(said)

    async def form(self, form: Form) -> None:
        """Forms come to all terminals and pages of a person; the one where the command was typed asks."""
        thread = self._sending.newest_open()
        if thread is None or self._asking is not None:
            return
        self._asking = Asking(form, thread)
        await self._add(Block(self._asking.opening))
        self._next_field()

    async def connected(self, again: bool) -> None:
        self._trouble = None
        if again:
            await self._notice(DIM, "Connected again.")
        if not list(self._conversation):
            await self._show_before()
        self._sending.wake()
        self._screen.refresh()

    async def lost(self, sentence: str) -> None:
        self._trouble = "not connected, trying again"
        await self._notice(BAD, f"{sentence} Trying again.")

    # -- what is typed -------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        """One line after the other, in the order in which they were typed."""
        while True:
            text = await self._typed.get()
            if self._asking is not None:
                await self._answer(self._asking, text)
            elif text.strip():
                try:
                    await self._do(commands.read(text))
                except ChatError as error:
                    await self._notice(BAD, str(error))

    async def _do(self, typed: commands.Typed) -> None:
        match typed:
            case commands.Say(text):
                self._sending.say(self._room.id, text)
            case commands.Press(number):
                await self._press(number)
            case commands.GoTo(name):
                await self._go_to(name)
            case commands.Save(number, path):
                await self._save(number, path)
            case commands.ShowSource(number):
                await self._show_source(number)
            case commands.Mistake(sentence):
                await self._notice(BAD, sentence)
            case commands.Own("quit"):
                self._screen.close()
            case commands.Own("rooms"):
                await self._show_rooms()
            case commands.Own(_):
                await self._show_help()

    async def _press(self, number: int) -> None:
        found = self._conversation.button(number)
        if found is None:
            gone = self._conversation.was_button(number)
            why = f"Button {number} is gone: its message has changed." if gone else f"There is no button {number}."
            await self._notice(BAD, why)
            return
        said, button = found
        await self._notice(DIM, f"[{number}] {shown(button.label)}")
        self._sending.press(said.entry.room, button.command, said.entry)

    async def _go_to(self, name: str) -> None:
        room = room_named(self._rooms.rooms, name)
        if room is None:
            await self._notice(BAD, f"There is no room {shown(name)}, or it is not yours. /rooms shows yours.")
            return
        await self._print(self._tail.clear())
        self._enter(room)
        await self._show_before()

    async def _save(self, number: int | None, path: str | None) -> None:
        found = self._conversation.message(number, "file")
        if found is None or found[1].file is None:
            await self._notice(BAD, "There is no file." if number is None else f"Message {number} has no file.")
            return
        done, sentence = await asyncio.to_thread(save, found[1].file, path)
        await self._notice("" if done else BAD, sentence)

    async def _show_source(self, number: int | None) -> None:
        found = self._conversation.message(number, "source")
        source = found[1].source if found is not None else None
        if source is None:
            none = "No message tells its source." if number is None else f"Message {number} does not tell its source."
            await self._notice(BAD, none)
            return
        variables = json.dumps(source.variables, indent=2, ensure_ascii=False) if source.variables else ""
        await self._add(Block(lambda width: source_lines(source, variables, width)))

    async def _show_rooms(self) -> None:
        for room in self._rooms.rooms:
            unread = self._unread.get(room.id, 0)
            here = "▸ " if room.id == self._room.id else "  "
            await self._notice("", f"{here}{shown(room.name)}{f'  {unread} new' if unread else ''}")

    async def _show_help(self) -> None:
        for name, does in commands.HELP.items():
            await self._add(Notice([("class:bold", f"{name:<9}"), ("", f" {does}")]))
        await self._notice(
            DIM, "A number presses the button with that number. Everything else goes to the bot: try `help`."
        )

    # -- forms ---------------------------------------------------------------------------------------------------------

    async def _answer(self, asking: Asking, text: str) -> None:
        field, wrong = asking.field, asking.answer(text)
        if wrong is not None:
            await self._notice(BAD, wrong)
        elif field is not None and not field.secret and text.strip() not in ("", SEND):
            await self._notice(DIM, f"{shown(field.label)}: {shown(text.strip())}")
        self._next_field()

    def _next_field(self) -> None:
        asking = self._asking
        if asking is None:
            return
        if asking.field is None:
            self._asking = None
            self._screen.ask(self._talking)
            self._sending.fill(self._room.id, asking)
            return
        self._screen.ask(Mode(asking.prompt, ChoiceCompleter(asking.choices), hidden=asking.field.secret))

    def _interrupt(self) -> None:
        """Ctrl-C where nothing is typed."""
        if self._asking is not None:
            self._asking = None
            self._screen.ask(self._talking)
            self._tail.add(Notice([(DIM, "The form was left; nothing was sent.")]))
        else:
            self._tail.add(Notice([(DIM, "Ctrl-D or /quit leaves.")]))
        self._screen.refresh()

    # -- what is drawn -------------------------------------------------------------------------------------------------

    def _enter(self, room: Room) -> None:
        self._room = room
        self._unread.pop(room.id, None)
        self._completer.rooms = [each.name for each in self._rooms.rooms]
        self._completer.project = room.project
        self._talking.prompt = f"{shown(room.name)}> "

    async def _show_before(self) -> None:
        entries = await self._client.messages(self._room.id, SHOWN_BEFORE)
        self._since = entries[0].at if len(entries) == SHOWN_BEFORE else 0.0
        for entry in entries:
            self._conversation.merge(entry)
            if (said := self._conversation.get(entry.id)) is not None:
                await self._show(said)

    async def _show(self, said: Said) -> None:
        thread = self._conversation.get(said.entry.thread) if said.entry.thread is not None else None
        above = self._tail.last_said()
        near = above is not None and said.entry.thread in (above.entry.id, above.entry.thread)
        about = thread.entry.text if thread is not None and not near else None
        self._tail.take(said, about)
        await self._draw()

    async def _add(self, item: Block | Notice) -> None:
        self._tail.add(item)
        await self._draw()

    async def _notice(self, style: str, sentence: str) -> None:
        await self._add(Notice([(style, sentence)]))

    async def _draw(self) -> None:
        await self._print(self._tail.overflow(self._screen.width, self._screen.room_above))
        self._screen.refresh()

    async def _print(self, items: Sequence[Item]) -> None:
        """One after the other, though several come to print."""
        async with self._drawing:
            await self._screen.print([line for item in items for line in item.lines(self._screen.width)])

    def _live(self, width: int) -> list[Line]:
        asked = self._asking.asked(width) if self._asking is not None else []
        return [*self._tail.lines(width), *asked]

    def _state(self) -> list[Piece]:
        going_on = sum(said.going_on for said in self._conversation)
        unread = sum(self._unread.values())
        parts = [
            f" {shown(self._rooms.me.name)}",
            self._trouble or ("sending" if self._sending.waiting else "connected"),
            *([f"{going_on} going on"] if going_on else []),
            *([f"{unread} new in other rooms"] if unread else []),
            *(["Ctrl-C leaves the form"] if self._asking is not None else []),
        ]
        return [("", " · ".join(parts))]

    async def _not_sent(self, sentence: str) -> None:
        await self._notice(BAD, sentence)

    async def _read_commands(self) -> None:
        """For completion. Without an answer there is none, and the conversation works all the same."""
        with contextlib.suppress(ChatError):
            self._completer.catalogue = await read_catalogue(self._client.graphql)


def room_named(rooms: Sequence[Room], name: str) -> Room | None:
    """By name, else by id; names of two projects may be equal, ids are not."""
    return next((room for room in rooms if room.name == name), None) or next(
        (room for room in rooms if room.id == name), None
    )
