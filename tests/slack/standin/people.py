"""A person in the stand-in's workspace: types, mentions, presses, fills in, and sees what people see."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.polling import eventually
from tests.slack.standin.delivery import Ack, Delivery
from tests.slack.standin.shown import Button, Shown
from tests.slack.standin.world import APP, BOT_USER, TEAM, Json, Posted, User

if TYPE_CHECKING:
    from tests.slack.standin.server import Slack

Given = str | bool | list[str]


class Human:
    """Channels are said by name or id; `channel=None` is the direct messages with the bot."""

    def __init__(self, slack: "Slack", user: User) -> None:
        self._slack = slack
        self.user = user

    @property
    def person(self) -> str:
        """As 9rum names the account."""
        return f"slack:{TEAM}/{self.user.id}"

    def channel(self, name: str | None) -> str:
        return self.user.direct if name is None else self._slack.world.channel(name).id

    async def type(self, text: str, channel: str | None = "ops") -> Ack:
        """A slash command. Slack escapes what is typed, and shows the acknowledgement's text to its person."""
        world, place = self._slack.world, self.channel(channel)
        self._allowed("commands")
        command, _, rest = text.partition(" ")
        ack = await self._slack.deliver(
            "slash_commands",
            {
                "token": "old",
                "team_id": TEAM,
                "team_domain": "standin",
                "channel_id": place,
                "channel_name": world.channels[place].name,
                "user_id": self.user.id,
                "user_name": self.user.name,
                "command": command,
                "text": escaped(rest),
                "api_app_id": APP,
                "is_enterprise_install": "false",
                "response_url": self._slack.response_url(world.response(place, self.user.id)),
                "trigger_id": world.trigger(self.user.id),
            },
        )
        if ack.text:
            world.whispers.append(Posted(place, world.ts(), ack.text, [], to=self.user.id))
        return ack

    async def mention(self, text: str, channel: str = "ops", thread: str | None = None) -> Delivery:
        """`@9rum text`, in a thread when one is given."""
        self._allowed("app_mentions:read")
        return await self._event(
            {"type": "app_mention", "text": f"<@{BOT_USER}> {escaped(text)}"}, self.channel(channel), thread
        )

    async def say(self, text: str, thread: str | None = None) -> Delivery:
        """A direct message to the bot."""
        self._allowed("im:history")
        event = {"type": "message", "channel_type": "im", "text": escaped(text)}
        return await self._event(event, self.user.direct, thread)

    async def press(self, label: str, channel: str | None = "ops", message: Shown | None = None) -> Ack:
        """The newest button with that label (or the one in the message)."""
        shown = [message] if message is not None else list(reversed(self.messages(channel)))
        for one in shown:
            for button in one.buttons:
                if button.label == label:
                    return await self._pressed(one, button)
        raise AssertionError(f"{self.user.name} sees no button {label!r}; there are {shown}")

    async def fill(self, values: Mapping[str, Given], view: Json | None = None) -> Ack:
        """Submits the modal that is open for the person: by the fields' names; a choice by its value or its label."""
        filled = self.form if view is None else view
        assert filled is not None, f"no form is open for {self.user.name}"
        state = {block["block_id"]: {block["element"]["action_id"]: _state(block, values)} for block in _inputs(filled)}
        strange = set(values) - {block["block_id"] for block in _inputs(filled)}
        assert not strange, f"the form has no {strange}; it has {self.fields}"
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM, "domain": "standin"},
            "user": {"id": self.user.id, "username": self.user.name, "name": self.user.name, "team_id": TEAM},
            "api_app_id": APP,
            "trigger_id": self._slack.world.trigger(self.user.id),
            "view": filled | {"state": {"values": state}},
            "response_urls": [],
        }
        ack = await self._slack.deliver("interactive", payload)
        if ack.ok and "errors" not in ack.body:
            self._slack.world.viewers.pop(filled["id"], None)  # closed
        return ack

    @property
    def form(self) -> Json | None:
        """The modal that is open for the person; the newest."""
        world = self._slack.world
        return next(
            (world.views[view] for view in reversed(world.viewers) if world.viewers[view] == self.user.id), None
        )

    @property
    def fields(self) -> list[str]:
        return [] if self.form is None else [str(block["block_id"]) for block in _inputs(self.form)]

    async def sees_form(self, seconds: float = 30.0) -> Json:
        async def look() -> Json | None:
            return self.form

        return await eventually(look, f"a form for {self.user.name}", seconds, pause=0.01)

    def messages(self, channel: str | None = "ops") -> list[Shown]:
        """What the person sees there, whispers included, oldest first."""
        world = self._slack.world
        return [Shown(world, one) for one in world.seen(self.channel(channel), self.user.id)]

    def whispers(self, channel: str | None = "ops") -> list[Shown]:
        return [one for one in self.messages(channel) if one.private]

    async def sees(
        self, what: str | Callable[[Shown], bool], channel: str | None = "ops", seconds: float = 30.0
    ) -> Shown:
        """Waits for a message with that text (or for which the function is true); the newest."""

        async def look() -> Shown | None:
            found = (one for one in reversed(self.messages(channel)) if _fits(one, what))
            return next(found, None)

        try:
            return await eventually(look, f"{self.user.name} sees {what!r}", seconds, pause=0.01)
        except AssertionError as failed:
            raise AssertionError(f"{failed}; there are {self.messages(channel)}") from None

    def _allowed(self, scope: str) -> None:
        assert scope in self._slack.world.scopes, f"without the scope {scope} Slack does not deliver this"
        self._slack.world.used.add(scope)

    async def _event(self, event: Json, channel: str, thread: str | None) -> Delivery:
        world, ts = self._slack.world, self._slack.world.ts()
        said = Posted(channel, ts, str(event["text"]), [], thread=thread, by=self.user.id)
        world.messages[(channel, ts)] = said
        whole = event | {"user": self.user.id, "team": TEAM, "channel": channel, "ts": ts, "event_ts": ts}
        return await self._slack.event(whole | ({"thread_ts": thread} if thread else {}))

    async def _pressed(self, shown: Shown, button: Button) -> Ack:
        world, posted = self._slack.world, shown.posted
        container: Json = {
            "type": "message",
            "message_ts": posted.ts,
            "channel_id": posted.channel,
            "is_ephemeral": shown.private,
        }
        if posted.thread:
            container["thread_ts"] = posted.thread
        action = {
            "type": "button",
            "action_id": button.action_id,
            "block_id": uuid.uuid4().hex[:5],
            "value": button.value,
        }
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "standin"},
            "user": {"id": self.user.id, "username": self.user.name, "name": self.user.name, "team_id": TEAM},
            "api_app_id": APP,
            "container": container,
            "trigger_id": world.trigger(self.user.id),
            "channel": {"id": posted.channel, "name": world.channels[posted.channel].name},
            "response_url": self._slack.response_url(world.response(posted.channel, self.user.id, posted.ts)),
            "actions": [action | {"action_ts": f"{time.time():.6f}"}],
        }
        return await self._slack.deliver("interactive", payload)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def all_of(*deliveries: Any) -> list[Any]:
    """Many people at once."""
    return list(await asyncio.gather(*deliveries))


def _fits(shown: Shown, what: str | Callable[[Shown], bool]) -> bool:
    return what in shown.text if isinstance(what, str) else what(shown)


def _inputs(view: Json) -> list[Json]:
    return [block for block in view["blocks"] if block["type"] == "input"]


def _state(block: Json, values: Mapping[str, Given]) -> Json:
    """What Slack's client sends of one field; it does not let a required one be empty, or choose what is not offered."""
    element, name = block["element"], block["block_id"]
    kind = element["type"]
    given = values[name] if name in values else _initial(element)
    assert block.get("optional") or given not in (None, "", []), f"Slack asks for {name}"
    if kind == "checkboxes":
        return {"type": kind, "selected_options": element["options"] if given is True else []}
    if kind == "static_select":
        return {"type": kind, "selected_option": None if given is None else _option(element, str(given))}
    if kind == "multi_static_select":
        chosen = given if isinstance(given, list) else [] if given is None else [str(given)]
        return {"type": kind, "selected_options": [_option(element, one) for one in chosen]}
    assert given is None or len(str(given)) <= element.get("max_length", 3_000), f"Slack finds {name} too long"
    return {"type": kind, "value": None if given is None else str(given)}


def _initial(element: Json) -> Given | None:
    if "initial_options" in element:
        chosen = [str(option["value"]) for option in element["initial_options"]]
        return bool(chosen) if element["type"] == "checkboxes" else chosen
    if "initial_option" in element:
        return str(element["initial_option"]["value"])
    found = element.get("initial_value")
    return None if found is None else str(found)


def _option(element: Json, wanted: str) -> Json:
    found = [one for one in element["options"] if wanted in (one["value"], one["text"]["text"])]
    assert found, f"{wanted!r} is none of {json.dumps(element['options'], ensure_ascii=False)}"
    option: Json = found[0]
    return option
