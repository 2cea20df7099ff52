"""The whole application with its bot, spoken to through the console platform."""

import pytest

from tests.bot.chatting import Chatting
from tests.running import Running


@pytest.fixture
def chat(graph: Running) -> Chatting:
    return Chatting(graph)
