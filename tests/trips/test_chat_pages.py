"""Commands that README.md and the pages of docs/ show are commands: the bot understands every word of each, on the sandbox."""

import re
from pathlib import Path

import pytest

from tests.bot.chatting import Chatting
from tests.running import Running

ROOT = Path(__file__).parents[2]
SHOWN = {
    "README.md": r"^    ((?:help|server)\b.*?)(?:   .*)?$",
    "docs/chat.md": r"^    (?:/cloud |@9rum )?(.+?)(?:   .*)?$",
    "docs/commands.md": r"^    (.+)$",
    "docs/chat-terminal.md": r"-c '([^']+)'",
}


@pytest.mark.parametrize("page", SHOWN)
async def test_every_command_of_the_page_is_understood(graph: Running, page: str) -> None:
    shown = re.findall(SHOWN[page], (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(shown) >= 3
    chat = Chatting(graph)
    for command in shown:
        reply = await chat("jiwoo", command if command == "help" else f"{command} --explain")
        assert "nothing was run" in reply.summary or command == "help", (command, reply.summary)
