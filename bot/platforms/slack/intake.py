"""What Slack delivers, as `Incoming`: pure, the same for Socket Mode and HTTP. `reception.py` calls `read` and adds who the person is.

What is no person's command (other bots, edits, joins, our own messages) is None: acknowledged and forgotten.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.platforms.base import Entry, Incoming, Person, Place
from bot.platforms.slack import modal
from bot.platforms.slack.words import typed

NAME = "slack"
Payload = Mapping[str, Any]
_TS = re.compile(r"^\d+\.\d+$")


@dataclass(frozen=True)
class Facts:
    """What is known of the installation; empty strings until `auth.test` was answered."""

    command: str
    bot_user: str = ""
    team_url: str = ""


def read(body: Payload, facts: Facts, at: float) -> Incoming | None:
    """None: nothing for the bot. `at` is the time of receiving."""
    kind = str(body.get("type") or "")
    if kind == "event_callback":
        return _event(body, _part(body, "event"), facts, at)
    if kind == "block_actions":
        return _pressed(body, facts, at)
    if kind == "view_submission":
        return _filled(body, at)
    return _slash(body, facts, at) if body.get("command") else None


def user_of(person: Person) -> str:
    """`T1/U7` is U7 for Slack."""
    return person.id.rpartition("/")[2]


def permalink(team_url: str, channel: str, ts: str | None, thread: str | None = None) -> str | None:
    """As Slack makes them; made here, because asking Slack for each command would cost a call of its own."""
    if not team_url or not channel:
        return None
    link = f"{team_url.rstrip('/')}/archives/{channel}"
    if ts is None or not _TS.match(ts):
        return link
    link = f"{link}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread}&cid={channel}" if thread and thread != ts and _TS.match(thread) else link


def is_direct(channel: str) -> bool:
    return channel.startswith("D")


def _slash(body: Payload, facts: Facts, at: float) -> Incoming | None:
    channel, trigger = str(body.get("channel_id") or ""), str(body.get("trigger_id") or "")
    person = _person(body.get("team_id"), body.get("user_id"), body.get("user_name"))
    if person is None or not channel or not trigger:
        return None
    return Incoming(
        id=_once(trigger),
        person=person,
        place=_place(channel, str(body.get("channel_name") or "")),
        text=typed(str(body.get("text") or "")).strip(),
        link=permalink(facts.team_url, channel, None),
        trigger=trigger,
        door=str(body.get("response_url") or "") or None,
        at=at,
    )


def _event(body: Payload, event: Payload, facts: Facts, at: float) -> Incoming | None:
    channel, ts = str(event.get("channel") or ""), str(event.get("ts") or "")
    team = event.get("user_team") or event.get("team") or body.get("team_id")
    person = _person(team, event.get("user"), "")
    if person is None or not channel or not ts or not body.get("event_id") or not _said_to_us(event, channel):
        return None
    bots = {facts.bot_user, *(str(_mapping(one).get("user_id")) for one in body.get("authorizations") or ())}
    if event["user"] in bots:
        return None
    thread = str(event.get("thread_ts") or "") or None
    if thread is None and not is_direct(channel):
        thread = ts  # in a channel the answer goes below the request
    return Incoming(
        id=f"{NAME}-{body['event_id']}",
        person=person,
        place=_place(channel, thread=thread),
        text=_command(str(event.get("text") or ""), bots, facts.command),
        link=permalink(facts.team_url, channel, ts, str(event.get("thread_ts") or "") or None),
        at=at,
    )


def _said_to_us(event: Payload, channel: str) -> bool:
    """A person's new message: no subtype (joins, files, bots), no edit of an old one, which would run it again."""
    if event.get("subtype") or event.get("bot_id") or event.get("edited") or event.get("hidden"):
        return False
    if event.get("type") == "app_mention":
        return not is_direct(channel)  # there the message itself comes, too
    return event.get("type") == "message" and event.get("channel_type") == "im"


def _pressed(body: Payload, facts: Facts, at: float) -> Incoming | None:
    container, message, trigger = _part(body, "container"), _part(body, "message"), str(body.get("trigger_id") or "")
    channel = str(_part(body, "channel").get("id") or container.get("channel_id") or "")
    person = _presser(body)
    actions = body.get("actions") or ()
    command = str(_mapping(actions[0]).get("value") or "") if actions else ""
    if person is None or not channel or not trigger or not command:
        return None
    ts = str(container.get("message_ts") or message.get("ts") or "")
    thread = str(container.get("thread_ts") or message.get("thread_ts") or "") or None
    return Incoming(
        id=_once(trigger),
        person=person,
        place=_place(channel, str(_part(body, "channel").get("name") or ""), thread),
        text=command,
        entry=Entry.BUTTON,
        message=None
        if container.get("is_ephemeral") or not ts
        else ts,  # what one person sees can not be edited by its id
        link=permalink(facts.team_url, channel, ts or None, thread),
        trigger=trigger,
        door=str(body.get("response_url") or "") or None,
        at=at,
    )


def _filled(body: Payload, at: float) -> Incoming | None:
    view, trigger = _part(body, "view"), str(body.get("trigger_id") or "")
    person, kept = _presser(body), modal.kept(view)
    if person is None or kept is None or not trigger:
        return None
    return Incoming(
        id=_once(trigger),
        person=person,
        place=_place(kept.channel, kept.name, kept.thread),
        text=kept.command,
        entry=Entry.FORM,
        message=kept.message,
        link=kept.link,
        trigger=trigger,
        form=kept.form,
        values=modal.values(view),
        at=at,
    )


def _presser(body: Payload) -> Person | None:
    user = _part(body, "user")
    team = user.get("team_id") or _part(body, "team").get("id")
    return _person(team, user.get("id"), user.get("username") or user.get("name"))


def _person(team: object, user: object, name: object) -> Person | None:
    return Person(platform=NAME, id=f"{team}/{user}", name=str(name or "")) if team and user else None


def _place(channel: str, name: str = "", thread: str | None = None) -> Place:
    return Place(platform=NAME, channel=channel, name=name, thread=thread, direct=is_direct(channel))


def _command(text: str, bots: set[str], command: str) -> str:
    """The text without the mention of the bot, wherever in it, and without the slash command that people type out of habit."""
    for bot in filter(None, bots):
        text = re.sub(rf"<@{re.escape(bot)}(\|[^>]*)?>", " ", text, count=1)
    said = typed(text).strip().removeprefix(":").lstrip()
    first, _, rest = said.partition(" ")
    return rest.strip() if first == command else said


def _once(trigger: str) -> str:
    """The trigger is a key to open forms while it lives, so its digest is what is kept."""
    return f"{NAME}-{hashlib.sha256(trigger.encode()).hexdigest()[:32]}"


def _part(body: Payload, name: str) -> Payload:
    return _mapping(body.get(name))


def _mapping(given: object) -> Payload:
    return given if isinstance(given, Mapping) else {}
