"""Chat accounts that are not signed in: offered a link, acting as their person, and degrading with what the chat system can."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.messages import Form, Message
from bot.platforms.base import ELSEWHERE, Entry, Incoming, Place, PlatformError
from notifications.redis import RedisClient
from tests.bot.chatting import button, buttons, shown
from tests.bot.far_chat import LINKED, PLAIN, FarChat, address, far_chat
from tests.bot.recording import RecordingPlatform
from tests.bot.talking import operations, rows, status
from tests.clock import LaterClock
from tests.polling import eventually


async def test_who_is_not_linked_gets_an_address_alone_and_nothing_runs(far: FarChat) -> None:
    said = await far.say("jiwoo", "server rename shop-web-1 renamed")
    offer = await far.heard("whisper", "not linked")
    assert offer.where == "T1/jiwoo"
    assert "/link#" in (address(offer) or "")
    assert [each.how for each in far.platform.said] == ["whisper"]
    row = (await rows(far.graph))[0]
    assert (row["result"], row["error"], row["said"], row["actorName"]) == (
        "REFUSED",
        "UNAUTHENTICATED",
        said,
        "recorded:T1/jiwoo",
    )
    assert await operations(far.graph) == []
    assert await status(far.graph, "shop-web-1") == "ACTIVE"


async def test_a_linked_person_acts_as_herself_in_the_channel(far: FarChat) -> None:
    assert (await far.link("jiwoo", "shop")).status_code == 200
    said = await far.say("jiwoo", "server rename shop-web-1 renamed")
    await far.heard("post", "is done")
    (operation,) = await operations(far.graph)
    assert (operation["actorName"], operation["origin"]) == ("jiwoo", "recorded")
    row = next(each for each in await rows(far.graph) if each["action"] == "server.rename")
    assert (row["channel"], row["said"]) == ("C1", said)
    await far.say("jiwoo", "whoami")
    told = await far.heard("whisper", "acts as jiwoo")
    assert isinstance(told.message, Message)
    assert "shop | member" in shown(told.message)


async def test_unlinked_again_nothing_runs(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    await far.say("jiwoo", "unlink")
    await far.heard("whisper", "unlinked")
    await far.say("jiwoo", "server rename shop-web-1 renamed")
    await far.heard("whisper", "not linked")
    assert await operations(far.graph) == []


async def test_linking_and_unlinking_are_audit_rows(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    said = await far.say("jiwoo", "unlink")
    await far.heard("whisper", "unlinked")
    unlinked, linked = (await rows(far.graph))[:2]
    assert (linked["action"], linked["result"], linked["actorName"], linked["origin"]) == (
        "account.link",
        "SUCCEEDED",
        "jiwoo",
        "http",
    )
    assert linked["input"]["person"] == "recorded:T1/jiwoo"
    assert linked["input"]["projects"] == ["shop: member"]
    assert linked["input"]["until"].endswith("Z")
    assert (unlinked["action"], unlinked["result"], unlinked["actorName"]) == ("account.unlink", "SUCCEEDED", "jiwoo")
    assert (unlinked["origin"], unlinked["channel"], unlinked["said"]) == ("recorded", "C1", said)
    assert unlinked["input"] == {"person": "recorded:T1/jiwoo", "projects": ["shop"]}


async def test_the_account_is_told_privately_and_once_whom_it_acts_as(far: FarChat, redis: RedisClient) -> None:
    await far.link("jiwoo", "shop", "talk")
    told = await far.heard("tell", "acts as jiwoo for shop, talk")
    assert told.where == "T1/jiwoo"
    assert isinstance(told.message, Message)
    assert "unlink" in shown(told.message)
    await nothing_to_tell(redis)
    assert len(far.platform.summaries("tell")) == 1


async def test_of_several_projects_one_is_chosen_by_a_button(far: FarChat) -> None:
    await far.link("jiwoo", "shop", "talk")
    await far.say("jiwoo", "server list --first 100")
    asked = await far.heard("whisper", "Which project")
    assert isinstance(asked.message, Message)
    assert [each.label for each in buttons(asked.message)] == ["shop", "talk"]
    await far.press("jiwoo", asked, "talk")
    listed = await far.heard("post", "server list")
    assert isinstance(listed.message, Message)
    assert "talk-chat-1" in shown(listed.message)
    assert "shop-web-1" not in shown(listed.message)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("server create web-9 --image ubuntu-24.04 --flavor m1.small --networks shop-net", "server create web-9"),
        ("audit --first 5", "audit list"),
    ],
)
async def test_the_button_names_the_project_where_the_command_has_an_option_for_it(
    far: FarChat, text: str, command: str
) -> None:
    await far.link("jiwoo", "shop", "talk")
    await far.say("jiwoo", text)
    asked = await far.heard("whisper", "Which project")
    assert isinstance(asked.message, Message)
    said = button(asked.message, "shop").command
    assert said.startswith(command) and "--project=shop" in said
    before = len(far.platform.said)
    await far.press("jiwoo", asked, "shop")

    async def look() -> Message | None:
        sent = [each.message for each in far.platform.said[before:]]
        return next((each for each in sent if isinstance(each, Message)), None)

    assert "Which project" not in (await eventually(look, "an answer")).summary


async def test_a_command_whose_object_is_a_project_chooses_for_the_place(far: FarChat) -> None:
    await far.link("jiwoo", "shop", "talk")
    await far.say("jiwoo", "quota list")
    asked = await far.heard("whisper", "Which project")
    assert isinstance(asked.message, Message)
    assert [each.command for each in buttons(asked.message)] == ["use project shop", "use project talk"]
    assert "--project" not in shown(asked.message)
    await far.press("jiwoo", asked, "talk")
    await far.heard("post", "Commands here are about the project talk")
    await far.say("jiwoo", "quota list")
    await far.heard("post", "quota list")


async def test_help_is_shown_where_the_channel_is_about_a_project_that_is_not_linked(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    await far.link("minsu", "talk")
    await far.say("minsu", "use project talk")
    await far.heard("post", "Commands here are about the project talk")
    await far.say("jiwoo", "help server")
    told = await far.heard("post", "server")
    assert isinstance(told.message, Message)
    assert "server list" in shown(told.message)
    await far.say("jiwoo", "help server --project talk")
    await far.heard("whisper", "can not act for a project talk")
    before = len(far.platform.said)
    await far.say("jiwoo", "server list")
    assert "project talk" in (await far.heard_after(before, "whisper", "can not act for")).summary


class Between(RecordingPlatform):
    """Two people write to each other: the bot may not answer there, and does so in its own conversation with the one who asked."""

    async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
        own = await super().post(replace(place, channel="D-bot"), message, asked)
        return f"D-bot{ELSEWHERE}{own}" if place.channel != "D-bot" else own

    async def edit(self, place: Place, message_id: str, message: Message, asked: Incoming | None = None) -> None:
        await super().edit(place, message_id.rpartition(ELSEWHERE)[2], message, asked)


async def test_pages_turn_in_place_where_the_answer_stands_in_another_conversation(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with far_chat(valkey, tmp_path, Between(capabilities=LINKED)) as far:
        await far.link("jiwoo", "shop")
        await far.say("jiwoo", "server list --first 2")
        listed = await far.heard("post", "server list")
        assert isinstance(listed.message, Message)
        place = Place(platform=far.platform.name, channel="D-bot", direct=True)
        more = button(listed.message, "More").command
        pressed = Incoming(
            id="press-1", person=far.person("jiwoo"), place=place, text=more, entry=Entry.BUTTON, message=listed.id
        )
        assert far.platform.receive is not None
        before = len(far.platform.said)
        await far.platform.receive(pressed)
        await far.heard_after(before, "edit", "server list")
        assert [each.how for each in far.platform.said[before:] if each.id is not None] == ["edit"]


async def test_a_project_that_was_not_delegated_is_refused(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    await far.say("jiwoo", "server stop talk-chat-1 --project talk")
    await far.heard("whisper", "can not act for a project talk")
    assert (await rows(far.graph))[0]["error"] == "NOT_FOUND"
    assert await operations(far.graph) == []


async def test_a_role_that_was_not_delegated_is_denied_privately(far: FarChat) -> None:
    await far.link("jiwoo", "shop", role="reader")
    await far.say("jiwoo", "server rename shop-web-1 renamed")
    await far.heard("whisper", "Not allowed")
    assert (await rows(far.graph))[0]["result"] == "DENIED"
    assert await operations(far.graph) == []


async def test_a_trust_that_is_gone_says_so_and_offers_a_new_link(far: FarChat, redis: RedisClient) -> None:
    await far.link("jiwoo", "shop")
    await far.say("jiwoo", "server list")
    await far.heard("post", "server list")
    port = far.graph.app.ports.get("identity", "krane")
    link = await far.graph.app.chat.people.link_of(far.person("jiwoo"))
    assert link is not None
    await port.delete_trust(link.delegations[0].trust)
    await far.say("jiwoo", "server rename shop-web-1 renamed")

    async def told() -> bool:
        return any("has ended" in summary for summary in far.platform.summaries("whisper"))

    await eventually(told, "the person is told that the link ended")
    assert await status(far.graph, "shop-web-1", "operator") == "ACTIVE"


async def test_without_a_policy_every_other_channel_is_denied(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    async with far_chat(valkey, tmp_path, rules=None) as far:
        await far.link("jiwoo", "shop")
        await far.say("jiwoo", "server list")
        await far.say("jiwoo", "server rename shop-web-1 renamed")

        async def denied() -> bool:
            return len(far.platform.summaries("whisper")) == 3  # the address, and two refusals

        await eventually(denied, "both are denied")
        assert all("policy" in each for each in far.platform.summaries("whisper")[1:])
        assert [each["result"] for each in (await rows(far.graph))[:2]] == ["DENIED", "DENIED"]
        assert await operations(far.graph) == []


async def test_a_moment_that_has_passed_is_a_button_that_asks_again(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    await far.say("jiwoo", "server rename shop-web-1")
    offered = await far.heard("post", "--name")
    await far.say("jiwoo", "server rename shop-web-1", trigger="now")

    async def asked() -> Form | None:
        return next((each.message for each in far.platform.said if isinstance(each.message, Form)), None)

    assert (await eventually(asked, "a form")).fields[0].name == "name"
    await far.heard("tell", "acts as jiwoo")  # or that would fail instead
    far.platform.failures.append(PlatformError("no_trigger", "The moment has passed."))
    before = len(far.platform.said)
    await far.press("jiwoo", offered, "Fill in", trigger="late")
    again = await far.heard_after(before, "edit", "--name")
    assert [each.label for each in buttons(again)] == ["Fill in"]
    assert len([each for each in far.platform.said if isinstance(each.message, Form)]) == 1
    assert list(far.platform.failures) == []
    assert await operations(far.graph) == []


async def test_a_chat_system_with_text_alone_is_enough(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    platform = RecordingPlatform(capabilities=PLAIN)
    async with far_chat(valkey, tmp_path, platform) as far:
        await far.link("jiwoo", "shop")
        assert address(await far.heard("whisper", "sign in")) is not None
        await far.say("jiwoo", "server create web-9")
        asked = await far.heard("post", "Still needed")
        assert isinstance(asked.message, Message)
        assert "m1.small" in shown(asked.message)
        await far.say("jiwoo", "server stop shop-web-1")
        plan = await far.heard("post", "Plan")
        assert isinstance(plan.message, Message)
        assert buttons(plan.message) == []
        confirm = next(
            word for word in shown(plan.message).split() if len(word) == 8 and set(word) <= set("0123456789abcdef")
        )
        await far.say("jiwoo", f"confirm {confirm}")
        await far.heard("post", "is done")
        assert platform.summaries("edit") == []
        await far.say("jiwoo", "hypervisor list --bogus")
        await far.heard("post", "no option")


async def test_a_channel_that_takes_no_messages_loses_the_answer_and_nothing_else(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    await far.heard("tell", "acts as jiwoo")
    far.platform.failures.extend(PlatformError("channel_not_found", "No such channel.") for _ in range(1))
    await far.say("jiwoo", "server rename shop-web-1 renamed")

    async def ran() -> bool:
        return len(await operations(far.graph)) == 1 and not far.platform.failures

    await eventually(ran, "it ran, and its answer was refused")
    await far.say("jiwoo", "version")
    await far.heard("post", "9rum")

    async def emptied() -> bool:
        return await far.graph.app.chat.bot.inbox.depth() == 0

    await eventually(emptied, "nothing is left to answer")


async def test_the_end_of_a_link_is_announced_once(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    clock = LaterClock()
    async with far_chat(valkey, tmp_path, clock=clock) as far:
        await far.link("jiwoo", "shop")
        await far.heard("tell", "acts as jiwoo")
        clock.ahead = timedelta(days=5).total_seconds()
        for _ in range(2):
            await far.graph.app.chat.people.announce(timedelta(days=3))
            await nothing_to_tell(redis)
        assert [each.where for each in far.platform.said if each.how == "tell"] == ["T1/jiwoo"] * 2
        assert "shop" in far.platform.summaries("tell")[0]


async def nothing_to_tell(redis: RedisClient) -> None:
    async def look() -> bool:
        return not await redis.exists("gurum:chat:tell")

    await eventually(look, "all was told")
