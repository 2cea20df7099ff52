"""`9rum chat -c TEXT`: say something, wait until the reply is settled, print it, and end with a status. Called by `main.py`.

A reply whose tone is WAIT goes on; every other one is settled, and WARN and BAD say that nothing was done. The commands run one after the
other, and the first that does not succeed ends the run, so that what follows does not build on it.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

import msgspec

from bot.messages import Button, ButtonStyle, Message, Progress, Steps, Tone, plain
from bot.terminal.cells import shown
from bot.terminal.client import ChatError, Client, new_id
from bot.terminal.conversation import Change, Conversation, Said
from bot.terminal.render import buttons_of, plain_text, render, waits
from bot.terminal.stream import Stream
from bot.terminal.wire import AskedForm, Entry, Room

GOOD, FAILED, WRONG, WAITS = 0, 1, 2, 3
CALM: Final = 0.3  # seconds without a change after which settled replies are final: a confirmed plan and its operation are two messages
T = TypeVar("T")
Print = Callable[[str], object]


class Batch:
    """`after` is the gateway's time when the rooms were read. `out` and `err` take text with its line ends."""

    def __init__(
        self,
        client: Client,
        room: Room,
        after: float | None,
        *,
        wait: bool,
        yes: bool,
        as_json: bool,
        seconds: float,
        width: int,
        out: Print,
        err: Print,
    ) -> None:
        self._client = client
        self._room = room
        self._after = after
        self._wait = wait
        self._yes = yes
        self._json = as_json
        self._seconds = seconds
        self._width = width
        self._out = out
        self._err = err
        self._conversation = Conversation()
        self._changed = asyncio.Event()
        self._connected = asyncio.Event()
        self._form: AskedForm | None = None
        self._own: set[str] = set()  # ids of what was said for the present command
        self._awaiting = False  # whether it was said and is not answered yet
        self._going_on = False  # whether a command that was answered goes on, or waits for somebody

    @property
    def unfinished(self) -> bool:
        """Whether something may need the session."""
        return self._awaiting or self._going_on

    async def run(self, commands: AsyncIterator[str]) -> int:
        """The exit status. Raises ChatError."""
        streaming = asyncio.create_task(Stream(self._client, self, self._after).run())
        try:
            await self._or_broken(streaming, self._connected.wait())
            async for text in commands:
                status = await self._or_broken(streaming, self._one(text))
                if status != GOOD:
                    return status
        finally:
            streaming.cancel()
            await asyncio.gather(streaming, return_exceptions=True)
        return GOOD

    # -- listener ------------------------------------------------------------------------------------------------------

    async def entry(self, entry: Entry) -> None:
        here = entry.room == self._room.id or entry.answers in self._own  # a plan may stand in another room
        if here and self._conversation.merge(entry) is not Change.OLD:
            self._changed.set()

    async def form(self, form: AskedForm) -> None:
        if form.said is None or form.said in self._own:
            self._form = form
            self._changed.set()

    async def connected(self, again: bool) -> None:
        self._connected.set()
        if again:
            self._tell("terminal.again")

    async def lost(self, sentence: str) -> None:
        if not self._connected.is_set():
            raise ChatError(sentence)
        self._tell("terminal.lost", sentence=plain(sentence))

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _or_broken(self, streaming: "asyncio.Task[None]", work: Coroutine[Any, Any, T]) -> T:
        """The result of the work, or the error that ended the stream meanwhile."""
        doing = asyncio.create_task(work)
        try:
            await asyncio.wait({doing, streaming}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                return doing.result()
        finally:
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
        streaming.result()
        raise ChatError(self._client.texts.line("terminal.ended"))

    async def _one(self, text: str) -> int:
        said_id, self._form = new_id(), None
        self._own = {said_id}
        try:
            async with asyncio.timeout(self._seconds):
                await self._say(self._client.say(self._room.id, said_id, text))
                reply = await self._settled(said_id, {})
                if reply is not None and self._yes and (button := confirming(reply.entry.message)) is not None:
                    versions = {said.entry.id: said.entry.version for said in self._conversation.answers(said_id)}
                    self._own.add(pressed_id := new_id())
                    await self._say(self._client.press(self._room.id, pressed_id, button.command, reply.entry.id))
                    reply = await self._settled(said_id, versions)
        except TimeoutError:
            self._tell("terminal.timeout", seconds=f"{self._seconds:g}")
            return FAILED
        self._awaiting = False
        if reply is None or reply.entry.message is None:
            self._tell_form()
            return WAITS
        return self._print(reply.entry.message)

    async def _say(self, sent: Awaitable[None]) -> None:
        self._awaiting = True
        try:
            await sent
        except ChatError as error:
            self._awaiting = error.unsure
            raise

    async def _settled(self, said_id: str, before: dict[str, int]) -> Said | None:
        """The newest reply that came or changed since `before`, once none of them goes on; None when a form is asked for.

        Without waiting: the first that answers.
        """
        while True:
            self._changed.clear()
            newer = [
                said
                for said in self._conversation.answers(said_id)
                if said.entry.version > before.get(said.entry.id, 0) and (self._wait or not _only_promises(said))
            ]
            if newer and (not self._wait or not any(said.going_on for said in newer)):
                if not self._wait or not await self._changes():
                    private = [said for said in newer if said.entry.to is not None]  # the open one says only that
                    plans = [said for said in newer if said.entry.room != self._room.id]  # the one here says only where
                    return max(private or plans or newer, key=lambda said: said.entry.edited_at or said.entry.at)
            elif self._form is not None:
                return None
            else:
                await self._changed.wait()

    async def _changes(self) -> bool:
        try:
            async with asyncio.timeout(CALM):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def _print(self, message: Message) -> int:
        if self._json:
            line = json.dumps(msgspec.to_builtins(message), ensure_ascii=False)
            self._out(f"{shown(line) if sys.stdout.isatty() else line}\n")
        elif message.file is not None:  # the file is what was asked for, and can be piped on
            self._err(plain_text(render(message, self._width, self._client.texts)))
            text = message.file.text
            text = "\n".join(shown(line) for line in text.split("\n")) if sys.stdout.isatty() else text
            self._out(text if text.endswith("\n") else f"{text}\n")
        else:
            self._out(plain_text(render(message, self._width, self._client.texts)))
        self._going_on = self._going_on or message.tone is Tone.WAIT or waits(message)
        if waits(message):
            return WAITS
        return FAILED if message.tone in (Tone.BAD, Tone.WARN) else GOOD

    def _tell(self, key: str, **values: object) -> None:
        self._err(f"{self._client.texts.line(key, **values)}\n")

    def _tell_form(self) -> None:
        """Nobody is here to fill it: say what is missing, as options."""
        if self._form is None:
            return
        needed = [field for field in self._form.fields if field.required and not field.initial]
        self._tell("terminal.form.script", title=shown(self._form.title))
        for field in needed:
            labels = ", ".join(shown(choice.label) for choice in field.choices[:20])
            more = ", …" if len(field.choices) > 20 else ""
            self._err(f"  {shown(field.label)}{f': {labels}{more}' if labels else ''}\n")


def _only_promises(said: Said) -> bool:
    """Whether it says no more than that the bot works on an answer: one that goes on tells how far it is, or what it came from."""
    message = said.entry.message
    if message is None or message.tone is not Tone.WAIT or message.source is not None:
        return False
    return not any(isinstance(block, Progress | Steps) for block in message.blocks)


def confirming(message: Message | None) -> Button | None:
    """The button that confirms a plan."""
    return next((b for b in (buttons_of(message) if message is not None else []) if _confirms(b)), None)


def _confirms(button: Button) -> bool:
    return button.command.split(" ")[0] == "confirm" and button.style in (ButtonStyle.PRIMARY, ButtonStyle.DANGER)
