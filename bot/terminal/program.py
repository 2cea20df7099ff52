"""The conversation in a terminal: what comes in goes to the screen, what is typed goes to the bot. Made and run by `main.py`.

What the terminal does itself is read by `commands.py`; everything else is the bot's to understand.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.messages import plain
from bot.terminal import commands, looking
from bot.terminal.asking import SEND, Asking
from bot.terminal.cells import Line, Piece, is_text, shown
from bot.terminal.client import ChatError, Client
from bot.terminal.complete import ChoiceCompleter, CommandCompleter, Names, read_catalogue
from bot.terminal.conversation import Change, Conversation
from bot.terminal.history import FileOfCommands, history_path
from bot.terminal.screen import Mode, Screen
from bot.terminal.secret import carries_secret
from bot.terminal.sending import Sending
from bot.terminal.stream import Stream
from bot.terminal.styles import style_of
from bot.terminal.tail import Block
from bot.terminal.view import View
from bot.terminal.wire import AskedForm, Entry, Room, Rooms

SHOWN_BEFORE: Final = 20  # entries of a room that are shown when one comes in
LEAVING: Final = 2.0  # seconds in which what was typed last may still be sent


class Program:
    def __init__(
        self,
        client: Client,
        rooms: Rooms,
        room: Room,
        own_commands: Callable[[], Mapping[str, str]],
        environment: Mapping[str, str],
    ) -> None:
        self._client = client
        self._rooms = rooms
        self._room = room
        self._own_commands = own_commands
        self._conversation = Conversation()
        self._view = View(self._conversation, client.texts)
        self._unread: dict[str, int] = {}
        self._since = 0.0  # what is older was left out when the room was entered
        self._trouble: str | None = "terminal.state.connecting"  # a key of the texts
        self._asking: Asking | None = None
        self._forms: list[Asking] = []  # those to be asked after it
        self._names = Names(client.graphql, lambda: self._screen.offer())
        self._completer = CommandCompleter(self._names, commands.helps(client.texts), client.texts)
        self._sending = Sending(client, self._view.wrong, lambda: self._screen.refresh())
        self._typed: asyncio.Queue[tuple[str, Asking | None]] = asyncio.Queue()
        self._history = FileOfCommands(
            history_path(environment), lambda text: carries_secret(text, self._completer.catalogue), client.texts
        )
        self._talking = Mode("", self._completer, history=True)
        self._screen = Screen(
            self._history,
            style_of(environment),
            self._talking,
            self._live,
            self._state,
            lambda text: self._typed.put_nowait((text, self._asking)),
            self._interrupt,
        )
        self._view.screen = self._screen
        self._enter(room)

    @property
    def unfinished(self) -> bool:
        """Whether something that was said here is not answered, goes on, or waits for somebody: it may need the session."""
        return self._sending.awaiting or any(
            (said.going_on or said.waits) and self._sending.asked(said.entry) for said in self._conversation
        )

    async def run(self) -> int:
        """Until the person leaves. Raises ChatError when the conversation can not go on."""
        working = [
            asyncio.create_task(work)
            for work in (
                Stream(self._client, self, self._rooms.at).run(),
                self._work(),
                self._read_commands(),
                self._sending.run(),
            )
        ]
        self._view.remark(self._view.said("terminal.welcome"))
        screen = asyncio.create_task(self._screen.run())
        try:
            # The stream ends only by an error; so do the others, and theirs are our own mistakes.
            await asyncio.wait({screen, *working[:2]}, return_when=asyncio.FIRST_COMPLETED)
            if self._trouble is None:
                await self._send_the_rest()
        finally:
            self._screen.close()
            await asyncio.gather(screen, return_exceptions=True)
            for task in working:
                task.cancel()
            ended = await asyncio.gather(*working, return_exceptions=True)
            await self._names.close()
            await self._tell_unsent()
            await self._view.print_all()
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
        if entry.message is not None and not said.going_on:
            self._sending.answered(entry.answers, entry.thread or entry.id)
        if entry.room != self._room.id:
            if change is Change.NEW:
                self._unread[entry.room] = self._unread.get(entry.room, 0) + 1
            self._screen.refresh()
        elif change is Change.EDITED or entry.at >= self._since:
            await self._view.show(said)

    async def form(self, form: AskedForm) -> None:
        """Forms come to all terminals and pages of a person; the one that said what led to it asks, one form after the other."""
        origin = self._sending.origin(form.said)
        if origin is not None:
            self._sending.answered(form.said, origin.thread)
            self._forms.append(Asking(form, origin.room, origin.thread, self._client.texts))
            self._next_form()

    async def connected(self, again: bool) -> None:
        if again:
            await self._view.notice(self._view.said("terminal.again"))
        if not list(self._conversation):
            await self._show_before()
        self._trouble = None
        self._sending.wake()
        self._screen.refresh()

    async def lost(self, sentence: str) -> None:
        self._trouble = "terminal.state.away"
        await self._view.wrong(self._view.said("terminal.lost", sentence=plain(sentence)))

    # -- what is typed -------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        """One line after the other, in the order in which they were typed."""
        while True:
            text, asking = await self._typed.get()
            if not is_text(text):
                await self._view.wrong(self._view.said("terminal.no_text"))
            elif asking is not None and asking is self._asking:
                await self._answer(asking, text)
            elif asking is None and text.strip():  # an answer to a form that was left is for nobody
                try:
                    await self._do(commands.read(text, self._view.texts))
                except ChatError as error:
                    await self._view.wrong(str(error))
            if (problem := self._history.told()) is not None:
                await self._view.wrong(problem)
            self._typed.task_done()

    async def _send_the_rest(self) -> None:
        """The person leaves: what was typed before that is still sent."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVING):
                await self._typed.join()
                await self._sending.join()

    async def _tell_unsent(self) -> None:
        """The program ends, and nothing is sent any more."""
        for sentence in self._sending.give_up():
            await self._view.wrong(sentence)
        while not self._typed.empty():
            text, asking = self._typed.get_nowait()
            if asking is None and text.strip():
                await self._view.wrong(self._view.said("terminal.not_sent", what=plain(shown(text.strip()))))

    async def _do(self, typed: commands.Typed) -> None:
        match typed:
            case commands.Say(text):
                self._sending.say(self._room.id, text)
            case commands.Press(number):
                await self._press(number)
            case commands.GoTo(name):
                await self._go_to(name)
            case commands.Save(number, path):
                await looking.save_file(self._view, self._conversation, self._room.id, number, path)
            case commands.ShowSource(number):
                await looking.show_source(self._view, self._conversation, self._room.id, number)
            case commands.Mistake(sentence):
                await self._view.wrong(sentence)
            case commands.Own("quit"):
                self._screen.close()
            case commands.Own("rooms"):
                await self._show_rooms()
            case commands.Own(_):
                await looking.show_help(self._view)

    async def _press(self, number: int) -> None:
        found = self._conversation.button(number)
        if found is None:
            gone = self._conversation.was_button(number)
            why = "terminal.button_gone" if gone else "terminal.button_none"
            await self._view.wrong(self._view.said(why, number=number))
            return
        said, button = found
        await self._view.notice(f"[{number}] {shown(button.label)}")
        self._sending.press(button, said.entry)

    async def _go_to(self, name: str) -> None:
        self._rooms = await self._client.rooms()
        room = room_named(self._rooms.rooms, name)
        if room is None:
            await self._view.wrong(self._view.said("terminal.room_unknown", room=shown(name)))
            return
        await self._view.print_all()
        self._enter(room)
        await self._show_before()

    async def _show_rooms(self) -> None:
        self._rooms = await self._client.rooms()
        names = [room.name for room in self._rooms.rooms]
        for room in self._rooms.rooms:
            unread = self._unread.get(room.id, 0)
            here = "▸ " if room.id == self._room.id else "  "
            name = shown(room.name if names.count(room.name) == 1 else f"{room.name}  {room.id}")
            new = f"  {self._view.said('terminal.new', count=unread)}" if unread else ""
            await self._view.notice(f"{here}{name}{new}", "")

    # -- forms ---------------------------------------------------------------------------------------------------------

    async def _answer(self, asking: Asking, text: str) -> None:
        field, wrong = asking.field, asking.answer(text)
        if wrong is not None:
            await self._view.wrong(wrong)
        elif field is not None and not field.secret and text.strip() not in ("", SEND):
            await self._view.notice(f"{shown(field.label)}: {shown(text.strip())}")
        self._next_field()

    def _next_field(self) -> None:
        asking = self._asking
        if asking is None:
            return
        if asking.field is None:
            self._sending.fill(asking)
            self._end_form()
            return
        self._screen.ask(Mode(asking.prompt, ChoiceCompleter(asking.choices), hidden=asking.field.secret))

    def _next_form(self) -> None:
        if self._asking is None and self._forms:
            self._asking = self._forms.pop(0)
            self._view.put(Block(self._asking.opening))
            self._next_field()

    def _end_form(self) -> None:
        self._asking = None
        self._screen.ask(self._talking)
        self._next_form()

    def _interrupt(self) -> None:
        """Ctrl-C where nothing is typed."""
        if self._asking is not None:
            self._view.remark(self._view.said("terminal.form.left"))
            self._end_form()
        else:
            self._view.remark(self._view.said("terminal.leaves"))

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
                await self._view.show(said)

    def _live(self, width: int) -> list[Line]:
        asked = self._asking.asked(width) if self._asking is not None else []
        return [*self._view.lines(width), *asked]

    def _state(self) -> list[Piece]:
        going_on = sum(said.going_on for said in self._conversation)
        unread = sum(self._unread.values())
        line = "terminal.state.sending" if self._sending.waiting else "terminal.state.connected"
        parts = [
            f" {shown(self._rooms.me.name)}",
            self._view.said(self._trouble or line),
            *([self._view.said("terminal.state.going_on", count=going_on)] if going_on else []),
            *([self._view.said("terminal.state.new", count=unread)] if unread else []),
            *([self._view.said("terminal.state.form")] if self._asking is not None else []),
        ]
        return [("", " · ".join(parts))]

    async def _read_commands(self) -> None:
        """For completion. Without an answer there is none, and the conversation works all the same."""
        self._completer.own = await asyncio.to_thread(self._own_commands)
        with contextlib.suppress(ChatError):
            self._completer.catalogue = await read_catalogue(self._client.graphql)
        self._screen.offer()


def room_named(rooms: Sequence[Room], name: str) -> Room | None:
    """By name, else by id; names of two projects may be equal, ids are not."""
    return next((room for room in rooms if room.name == name), None) or next(
        (room for room in rooms if room.id == name), None
    )
