"""What people try who mean harm: each ends without effect."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.kept import name_for
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting
from tests.bot.talking import operations, talking, waits
from tests.polling import eventually

APPROVED = """
rules:
  - allow: [server.stop, server.start, server.delete]
    approval: {role: admin}
    confirm: none
  - allow: ["*"]
"""


@pytest.fixture
async def approved(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Chatting]:
    async with talking(valkey, tmp_path, APPROVED) as chat:
        yield chat


def _twins(person: str, stage: str) -> tuple[str, str]:
    """Two ids of messages whose plans would wait under the same short name, found in a second."""
    seen: dict[str, str] = {}
    number = 0
    while True:
        said = f"said-{number:08}"
        turn = hashlib.sha256(f"console:console:{person}:{said}".encode()).hexdigest()
        name = name_for(turn, stage)
        if name in seen:
            return seen[name], said
        seen[name] = said
        number += 1


async def test_an_approval_is_of_the_plan_that_is_shown(approved: Chatting) -> None:
    jiwoo = await approved.person("jiwoo")
    harmless, harmful = _twins(jiwoo.id, "approval")
    await approved.said("jiwoo", "server stop shop-web-1", "shop", harmless)
    waiting = await waits(approved, "jiwoo", harmless, "Plan", "shop")
    await approved.said("jiwoo", "server delete shop-web-2 --project shop", "direct", harmful)
    await approved.reply("jiwoo", harmful)
    await approved.press("operator", waiting, "Approve", "shop")

    async def ran() -> list[str] | None:
        return [each["action"] for each in await operations(approved.graph)] or None

    assert await eventually(ran, "what was approved runs") == ["server.stop"]
