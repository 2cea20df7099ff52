"""What the terminal shows and saves of messages that are there already: `:save`, `:source`, `/help`. Called by `program.py`.

Without a number it is the newest message of `room`: what came in another one has not been seen.
"""

import asyncio
import json

from bot.terminal import commands
from bot.terminal.cells import Line
from bot.terminal.conversation import Conversation
from bot.terminal.files import save
from bot.terminal.render import source_lines
from bot.terminal.tail import Block, Notice
from bot.terminal.view import View


async def save_file(view: View, conversation: Conversation, room: str, number: int | None, path: str | None) -> None:
    found = conversation.message(number, "file", room)
    if found is None or found[1].file is None:
        none = "terminal.file_none" if number is None else "terminal.file_none_of"
        await view.wrong(view.said(none, number=number))
        return
    done, sentence = await asyncio.to_thread(save, found[1].file, path, view.texts)
    await (view.notice(sentence, "") if done else view.wrong(sentence))


async def show_source(view: View, conversation: Conversation, room: str, number: int | None) -> None:
    found = conversation.message(number, "source", room)
    source = found[1].source if found is not None else None
    if source is None:
        none = "terminal.source_none" if number is None else "terminal.source_none_of"
        await view.wrong(view.said(none, number=number))
        return
    variables = json.dumps(source.variables, indent=2, ensure_ascii=False) if source.variables else ""

    def lines(width: int) -> list[Line]:
        return source_lines(source, variables, width)

    await view.add(Block(lines))


async def show_help(view: View) -> None:
    for name, does in commands.helps(view.texts).items():
        await view.add(Notice([("class:bold", f"{name:<9}"), ("", f" {does}")]))
    await view.notice(view.said("terminal.help.buttons"))
