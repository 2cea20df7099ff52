"""One process serves the graph and takes in what people say, another one answers: `9rum serve --role`."""

import contextlib
from pathlib import Path

import pytest

from gateway.app import build
from gateway.roles import Role
from gateway.settings import Settings
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, shown
from tests.running import CLOUD, KEY, running, schema


async def test_what_is_said_to_the_api_is_answered_by_the_bot(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        api = await stack.enter_async_context(running(valkey, tmp_path / "api", role=Role.API))
        chat = Chatting(api)
        said = await chat.said("jiwoo", "whoami")
        assert api.app.chat.bot.counters.in_hand == 0
        assert await api.app.chat.bot.inbox.depth() == 1, "it waits for a process that answers"
        bot = await stack.enter_async_context(running(valkey, tmp_path / "bot", role=Role.BOT))
        assert "jiwoo" in shown(await chat.reply("jiwoo", said))
        assert (await bot.http.get("/healthz")).status_code == 200
        assert (await bot.http.post("/graphql", json={"query": "{ me { name } }"})).status_code == 404
        assert (await api.http.get("/readyz")).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_a_choice_of_the_command(role: Role) -> None:
    from gateway.__main__ import ROLES

    assert role in ROLES
    given = Settings.model_validate({"secret_key": KEY, "clouds": [{"backend": "sandbox", "name": CLOUD}]})
    assert build(given, None, schema(), role).role is role
