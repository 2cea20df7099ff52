"""What people do in Slack arrives as Incoming, once, stored before Slack sees it acknowledged."""

import asyncio
import hashlib
import json
from typing import Any

import pytest

from bot.messages import Button, Buttons, Message
from bot.platforms.base import Entry, Place
from tests.polling import eventually
from tests.slack.conftest import Connected
from tests.slack.standin.world import BOT_USER, TEAM

pytestmark = pytest.mark.anyio


async def test_a_slash_command(both: Connected) -> None:
    await both.knows_ann()
    ack = await both.ann.type("/cloud server create web-1 --image 'a & b <c>'", "ops")

    assert ack.ok and ack.body == ""
    [incoming] = both.inbox.received
    assert incoming.text == "server create web-1 --image 'a & b <c>'"
    assert incoming.person.id == f"{TEAM}/{both.ann.user.id}"
    assert incoming.person.key == both.ann.person
    assert (incoming.person.name, incoming.person.locale) == ("ann", "ko-KR")
    channel = both.slack.world.channel("ops").id
    assert incoming.place == Place(platform="slack", channel=channel, name="ops")
    assert incoming.link == f"https://standin.slack.com/archives/{channel}"
    assert incoming.entry is Entry.TEXT and incoming.trigger is not None and incoming.at > 0
    assert incoming.id == "slack-" + hashlib.sha256(incoming.trigger.encode()).hexdigest()[:32]


async def test_a_mention_is_answered_below_it(both: Connected) -> None:
    delivery = await both.ann.mention("server list", "ops")

    assert delivery.ok and len(delivery.attempts) == 1
    [incoming] = both.inbox.received
    [said] = both.slack.messages("ops")
    assert incoming.text == "server list"
    assert incoming.id == f"slack-{delivery.event_id}"
    assert incoming.place.thread == said.ts and not incoming.place.direct
    assert incoming.link == f"https://standin.slack.com/archives/{incoming.place.channel}/p{said.ts.replace('.', '')}"


async def test_a_mention_in_a_thread_stays_in_it(both: Connected) -> None:
    await both.ann.mention("/cloud server list", "ops", thread="1700000000.000001")

    [incoming] = both.inbox.received
    assert incoming.text == "server list"  # the habit of typing the command is forgiven
    assert incoming.place.thread == "1700000000.000001"
    assert incoming.link is not None and "thread_ts=1700000000.000001" in incoming.link


async def test_a_direct_message(both: Connected) -> None:
    await both.ann.say("help server")

    [incoming] = both.inbox.received
    assert incoming.text == "help server"
    assert incoming.place.direct and incoming.place.thread is None
    assert incoming.place.channel == both.ann.user.direct


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("show <@U7|bo> in <#C2|ops>", "show @bo in #ops"),
        ("ping <@U7>", "ping @U7"),
        ("get <http://example.com/?a=1&amp;b=2|example.com/?a=1&amp;b=2>", "get example.com/?a=1&b=2"),
        ("get <https://example.com/x>", "get https://example.com/x"),
        ("mail <mailto:a@example.com|a@example.com>", "mail a@example.com"),
        ("name &lt;!channel&gt; &amp;amp;", "name <!channel> &amp;"),
        ("tell <!here> and <!subteam^S1|@devs>", "tell @here and @devs"),
        (f"<@{BOT_USER}>: server list", "server list"),
        ("--name “web one” —tag x", "--name “web one” —tag x"),  # quotes are the parser's business
    ],
)
async def test_slacks_own_writing_is_undone(http: Connected, sent: str, said: str) -> None:
    ops = http.slack.world.channel("ops").id
    event = {"type": "app_mention", "user": http.ann.user.id, "channel": ops, "ts": "1.1", "text": sent}
    await http.slack.event(event)

    assert http.inbox.texts == [said]


@pytest.mark.parametrize(
    "changes",
    [
        {"subtype": "channel_join"},
        {"subtype": "message_changed"},
        {"bot_id": "B9"},
        {"user": BOT_USER},
        {"edited": {"user": "U1", "ts": "1.2"}},
        {"user": None},
        {"channel_type": "channel"},
        {"type": "reaction_added"},
        {"type": "app_mention", "channel": "D1"},
    ],
)
async def test_what_is_no_persons_command_is_left_alone(http: Connected, changes: dict[str, Any]) -> None:
    direct = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "ts": "1.1", "text": "delete all"}
    delivery = await http.slack.event(direct | changes)

    assert delivery.ok and len(delivery.attempts) == 1
    assert http.inbox.received == []


async def test_a_button_is_its_command(both: Connected) -> None:
    buttons = Buttons((Button(label="Delete", command="confirm 4f2a"), Button(label="Keep", command="cancel 4f2a")))
    ts = await both.platform.post(both.place(thread="1700000000.000001"), Message(summary="Sure?", blocks=(buttons,)))
    ack = await both.ann.press("Delete")

    assert ack.ok
    [incoming] = both.inbox.received
    assert (incoming.text, incoming.entry, incoming.message) == ("confirm 4f2a", Entry.BUTTON, ts)
    assert incoming.place.thread == "1700000000.000001"
    assert incoming.trigger is not None and incoming.trigger not in incoming.id


async def test_a_button_of_a_whisper_has_no_message_to_edit(both: Connected) -> None:
    await both.ann.type("/cloud help")
    message = Message(summary="Link?", blocks=(Buttons((Button(label="Link", command="link"),)),))
    await both.platform.whisper(both.place(), both.inbox.received[0].person, message)
    await both.ann.press("Link")

    assert both.inbox.received[-1].text == "link"
    assert both.inbox.received[-1].message is None


async def test_what_no_message_of_ours_has_is_left_alone(http: Connected) -> None:
    option = {"text": {"type": "plain_text", "text": "m1.small"}, "value": "server create --flavor m1.small"}
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": "U1", "team_id": TEAM},
        "channel": {"id": "C1", "name": "ops"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C1"},
        "trigger_id": "t1",
        "actions": [{"type": "static_select", "action_id": "pick", "selected_option": option}],
    }
    assert (await http.slack.deliver("interactive", payload)).ok

    assert http.inbox.texts == []


async def test_nothing_is_acknowledged_before_it_is_stored(both: Connected) -> None:
    both.inbox.gate = asyncio.Event()
    command = asyncio.create_task(both.ann.type("/cloud server list"))
    mention = asyncio.create_task(both.ann.mention("server list"))

    async def both_wait() -> bool:
        return both.inbox.at_gate == 2

    await eventually(both_wait, "both are being stored", pause=0.01)
    assert not command.done() and not mention.done()

    both.inbox.gate.set()
    assert (await command).ok and (await mention).ok
    assert len(both.inbox.received) == 2


async def test_an_event_that_can_not_be_stored_comes_again(both: Connected) -> None:
    both.inbox.failures = 2
    both.slack.ack_seconds = 0.3  # by sockets there is no answer at all
    delivery = await both.ann.mention("server list")

    assert [attempt.ok for attempt in delivery.attempts] == [False, False, True]
    assert [incoming.id for incoming in both.inbox.received] == [f"slack-{delivery.event_id}"]


async def test_a_command_that_can_not_be_stored_is_answered_at_once(both: Connected) -> None:
    await both.knows_ann()
    both.inbox.broken = True
    ack = await both.ann.type("/cloud server delete web-1")

    assert ack.status == 200 and ack.seconds < 1.0
    assert "아무것도 실행하지 않았습니다" in both.ann.whispers()[-1].text
    assert both.inbox.received == []


async def test_a_button_that_can_not_be_stored_is_answered_privately(both: Connected) -> None:
    buttons = Buttons((Button(label="Delete", command="confirm 4f2a"),))
    await both.knows_ann()
    await both.platform.post(both.place(), Message(summary="Sure?", blocks=(buttons,)))
    both.inbox.broken = True
    both.slack.ack_seconds = 0.3
    ack = await both.ann.press("Delete")

    assert not ack.ok
    await both.ann.sees(lambda shown: shown.private and "아무것도 실행하지 않았습니다" in shown.text)
    assert both.inbox.received == []


async def test_who_says_too_much_is_told_so_and_slack_does_not_repeat_it(
    both: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    await both.knows_ann()
    buttons = Buttons((Button(label="Delete", command="confirm 4f2a"),))
    await both.platform.post(both.place(), Message(summary="Sure?", blocks=(buttons,)))
    both.inbox.full = True
    sentence = "대기 중인 내 명령이 300개입니다. 잠시 후 다시 입력해 주세요."  # Ann's Slack is Korean
    await both.ann.type("/cloud server list")
    await both.ann.press("Delete")
    assert [shown.text for shown in both.ann.whispers()] == [sentence] * 2

    delivery = await both.ann.mention("server list")
    assert len(delivery.attempts) == 1 and delivery.ok
    await both.ann.sees(lambda shown: shown.private and shown.thread is not None and shown.text == sentence)
    said = await both.ann.say("server list")
    assert len(said.attempts) == 1 and said.ok
    await both.ann.sees(sentence, None)
    assert "Traceback" not in caplog.text and both.inbox.received == []


async def test_three_deliveries_of_one_event_are_one(both: Connected) -> None:
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.1", "text": "server list"}
    payload = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
    for number in range(3):
        retry = (number, "http_timeout") if number else None
        assert (await both.slack.deliver("events_api", payload, retry)).ok

    assert [incoming.id for incoming in both.inbox.received] == ["slack-Ev1"]
    assert both.inbox.again == ["slack-Ev1", "slack-Ev1"]
    assert both.inbox.refused == []


async def test_a_slow_users_info_does_not_hold_a_command_up(both: Connected) -> None:
    both.slack.fail("users.info", silent=True)
    ack = await both.ann.type("/cloud server list")

    assert ack.ok and ack.seconds < 1.5
    assert both.inbox.received[0].person.name == "ann"  # as the command said it
    assert both.inbox.received[0].person.locale is None


async def test_a_person_is_asked_for_once(both: Connected) -> None:
    for _ in range(5):
        await both.ann.type("/cloud server list")

    assert len(both.slack.calls("users.info")) == 1


async def test_64_people_at_once(both: Connected) -> None:
    people = [both.slack.person(f"person-{number}") for number in range(64)]
    acks = await asyncio.gather(*(person.type(f"/cloud server show {person.user.name}") for person in people))

    assert all(ack.ok for ack in acks)
    assert sorted(both.inbox.texts) == sorted(f"server show {person.user.name}" for person in people)


async def test_a_payload_that_is_nothing_known_is_acknowledged(http: Connected) -> None:
    ack = await http.slack.deliver("interactive", {"type": "shortcut", "callback_id": "x", "trigger_id": "t"})

    assert ack.ok and http.inbox.received == []


async def test_slack_checks_the_address(http: Connected) -> None:
    ack = await http.slack.deliver("events_api", {"type": "url_verification", "challenge": "abc", "token": "old"})

    assert ack.ok and json.loads(ack.body) == {"challenge": "abc"}
