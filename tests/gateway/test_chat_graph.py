"""The graph as the bot asks it in process: admitted whatever the settings say of documents, and told what went on after a deadline."""

from pathlib import Path
from typing import Any

from bot.messages import Message
from bot.platforms.base import Person
from bot.platforms.console.rooms import direct_room
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, shown
from tests.bot.talking import rows
from tests.clock import leap
from tests.polling import eventually
from tests.running import CLOUD, Running, running

DEADLINE = 9.0  # seconds: enough for all that is asked before, and less than the store is waited for


async def test_the_bot_works_where_only_trusted_documents_are_admitted(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with running(valkey, tmp_path, graphql={"documents": {"trusted_only": True}}) as graph:
        assert (await graph.refused("jiwoo", "{ me { id } }"))["code"] == "DENIED"
        person = Person(platform="console", id="user:krane/jiwoo", name="jiwoo", token=await graph.token("jiwoo"))
        room = direct_room(person.id)
        platform = graph.app.chat.console
        await platform.say(person, room, "said-listed", "server list --name shop-web-1")

        async def listed() -> Message | None:
            entries = await platform.history(room, person, None, 10)
            return next((entry.message for entry in entries if entry.thread == "said-listed"), None)

        assert "shop-web-1 | ACTIVE" in shown(await eventually(listed, "the list"))


async def test_a_change_that_outlasts_the_deadline_is_not_told_as_refused(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with running(valkey, tmp_path, graphql={"limits": {"deadline_seconds": DEADLINE}}) as graph:
        chat = Chatting(graph)
        sandbox(graph).fail("server.rename", "slow", seconds=DEADLINE + 1)
        said = await chat.said("jiwoo", "server rename shop-web-1 renamed")

        async def results() -> list[str]:
            return [row["result"] for row in await rows(graph) if row["action"] == "server.rename"]

        async def begun() -> bool:
            return "STARTED" in await results()

        await eventually(begun, "it has begun")
        leap(DEADLINE)
        assert "deadline" in shown(await chat.reply("jiwoo", said))

        async def ended() -> bool:
            return "SUCCEEDED" in await results()

        await eventually(ended, "it goes on to its end")
        assert "REFUSED" not in await results()


def sandbox(graph: Running) -> Any:
    return graph.app.ports.get("identity", CLOUD).world
