"""What Slack is sent beside the answers, files above all: it holds nothing up, and is not lost in silence when the process stops."""

import asyncio

import pytest

from bot.messages import File, Message
from bot.platforms.slack import errands
from tests.clock import leap
from tests.polling import eventually
from tests.slack.conftest import Connected

pytestmark = pytest.mark.anyio


async def test_a_file_on_its_way_is_sent_though_the_process_stops(http: Connected) -> None:
    http.slack.fail("files.completeUploadExternal", status=429, retry_after=0.05)
    await http.platform.post(http.place(), Message(summary="log", file=File(name="a.log", text="x")))
    await http.platform.stop()

    assert http.slack.said()[0].files == {"a.log": "x"}
    assert not [shown.text for shown in http.slack.said() if "could not be sent" in shown.text]


async def test_a_file_that_the_process_left_behind_is_told(http: Connected) -> None:
    http.slack.fail("files.completeUploadExternal", status=429, retry_after=600.0)
    place = http.place()
    await http.platform.post(place, Message(summary="log", file=File(name="a.log", text="x")))
    stopping = asyncio.create_task(http.platform.stop())

    async def refused() -> bool:
        return bool(http.slack.calls("files.completeUploadExternal"))

    await eventually(refused, "the file is to be sent later", pause=0.01)
    leap(errands.LEAVING)
    await stopping

    message, missed = http.slack.said()
    assert missed.thread == message.ts
    assert "a.log could not be sent: 9rum was stopped meanwhile" in missed.text


async def test_after_the_end_no_errand_begins(caplog: pytest.LogCaptureFixture) -> None:
    begun = errands.Errands()
    await begun.stop()

    async def errand() -> None:
        raise AssertionError("nobody is there to wait for it")

    begun.run(errand(), "sending a file")
    await asyncio.sleep(0)
    assert "sending a file was left" in caplog.text


async def test_a_file_that_slack_does_not_take_holds_nothing_up(
    http: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id must be kept before the file is sent, and the channel's next message must not wait for it."""
    monkeypatch.setattr(errands, "LEAVING", 0.1)
    http.slack.fail("files.getUploadURLExternal", silent=True)
    place = http.place()
    ts = await http.platform.post(place, Message(summary="log", file=File(name="a.log", text="x")))
    await http.platform.edit(place, ts, Message(summary="done", file=File(name="b.log", text="y")))

    async def other_file() -> bool:
        return http.slack.said()[0].files == {"b.log": "y"}

    await eventually(other_file, "the other file is there", pause=0.01)
    assert [shown.text for shown in http.slack.said()][:1] == ["done"]
    await http.platform.stop()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "slack-errand"]
