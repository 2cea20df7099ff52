"""Socket Mode stays connected, and says so when it is not."""

import logging

import pytest

from bot.messages import Message
from bot.platforms.slack import SlackPlatform
from bot.platforms.slack.socket import PING_SECONDS
from tests.clock import HandClock, leap, settle
from tests.polling import eventually
from tests.slack.conftest import Connected, connected
from tests.slack.receiver import Receiver
from tests.slack.standin import standin

pytestmark = pytest.mark.anyio
QUICK = 0.1  # seconds between pings, so that the client looks after its socket often


async def problem(platform: SlackPlatform, part: str) -> str:
    async def look() -> str | None:
        found = platform.problem()
        return found if found is not None and part in found else None

    return await eventually(look, f"a problem with {part!r}", pause=0.01)


async def test_slack_asks_to_connect_anew(socket: Connected) -> None:
    await socket.slack.sockets.refresh()

    async def greeted() -> bool:
        return socket.slack.sockets.greeted == 2 and socket.platform.problem() is None

    await eventually(greeted, "a second greeting", pause=0.01)
    assert (await socket.ann.type("/cloud server list")).ok
    assert socket.inbox.texts == ["server list"]


async def test_an_outage_of_slack_ends() -> None:
    async with connected("socket", ping_seconds=QUICK) as it:
        await it.slack.leave()
        await problem(it.platform, "Slack answered with status 503")
        it.slack.world.away = False
        await it.slack.connected()

        async def comes_in() -> bool:
            return (await it.ann.mention("server list")).ok

        await eventually(comes_in, "what is said comes in again", pause=0.1)
        await it.well()


async def test_a_slack_that_is_away_at_the_start() -> None:
    async with standin() as slack:
        slack.world.away = True
        clock, inbox = HandClock(), Receiver()
        platform = SlackPlatform(slack.settings(), clock, ping_seconds=QUICK)
        assert platform.problem() is not None
        await platform.start(inbox.receive, inbox.rejected)
        try:
            await problem(platform, "503")
            slack.world.away = False
            await slack.connected()
            await clock.advance(5.0)  # the first pause before the token is tried again

            async def well() -> bool:
                return platform.problem() is None

            await eventually(well, "the platform is well", pause=0.01)
        finally:
            await platform.stop()


async def test_a_deaf_socket_is_connected_anew() -> None:
    clock = HandClock()
    async with connected("socket", clock=clock, ping_seconds=60.0) as it:
        it.slack.sockets.deaf = True
        await clock.advance(44.0)
        await settle()
        assert it.platform.problem() is None
        await clock.advance(10.0)
        assert "silent" in await problem(it.platform, "silent")
        assert len(it.slack.sockets.open) <= 1

        it.slack.sockets.deaf = False
        await clock.advance(60.0)
        await it.slack.connected()

        async def greeted() -> bool:
            return it.slack.sockets.greeted == 2 and it.platform.problem() is None

        await eventually(greeted, "a second greeting", pause=0.01)
        assert (await it.ann.type("/cloud server list")).ok


async def test_pongs_keep_a_quiet_socket() -> None:
    clock = HandClock()
    async with connected("socket", clock=clock) as it:
        client = it.platform._socket._client  # type: ignore[union-attr] # this mode has one
        assert client is not None
        for _ in range(4):
            last = client.last_ping_pong_time

            async def pong(last: float | None = last) -> bool:
                return client.last_ping_pong_time != last

            leap(PING_SECONDS)
            await eventually(pong, "a pong", pause=0.01)
            await clock.advance(20.0)

        assert it.slack.sockets.greeted == 1 and it.platform.problem() is None


async def test_a_wrong_app_token() -> None:
    async with standin() as slack:
        platform = SlackPlatform(slack.settings(app_token="xapp-wrong-secret"), HandClock(), ping_seconds=QUICK)
        inbox = Receiver()
        await platform.start(inbox.receive, inbox.rejected)
        try:
            sentence = await problem(platform, "app-level token")
            assert "invalid_auth" in sentence and "secret" not in sentence
        finally:
            await platform.stop()


async def test_a_wrong_bot_token_until_it_is_right_again() -> None:
    async with standin() as slack:
        settings, clock, inbox = slack.settings(), HandClock(), Receiver()
        slack.world.bot_token = "xoxb-another"
        platform = SlackPlatform(settings, clock)
        await platform.start(inbox.receive, inbox.rejected)
        try:
            sentence = await problem(platform, "invalid_auth")
            assert "standin" not in sentence
            slack.world.bot_token = settings.bot_token.get_secret_value()
            await slack.connected()
            await clock.advance(5.0)

            async def well() -> bool:
                return platform.problem() is None

            await eventually(well, "the platform is well", pause=0.01)
        finally:
            await platform.stop()


async def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected("socket", ping_seconds=QUICK) as it:
        await it.ann.type("/cloud secret words")
        await it.platform.post(it.place(), Message(summary="secret answer"))
        await it.slack.leave()
        await problem(it.platform, "503")

    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("aiohttp", "asyncio"))
    )
    for secret in ("xoxb-", "xapp-", "secret words", "secret answer", "ticket=", "/response/"):
        assert secret not in ours
