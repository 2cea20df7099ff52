"""The app manifest that people paste into Slack: the one command, the events and the scopes that the code here uses, and no more.

`9rum slack-manifest` prints it. A test keeps `SCOPES` equal to what the stand-in saw used.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.platforms.slack.settings import SlackSettings

SCOPES: Mapping[str, str] = {
    "commands": "the slash command",
    "chat:write": "answers, and edits of them",
    "app_mentions:read": "`@9rum server list`, the way into threads",
    "im:history": "direct messages to the bot; no other messages are read",
    "users:read": "the language that answers are in",
    "files:write": "long output as a file",
}
EVENTS = ("app_mention", "message.im")
NAME = "9rum"


def manifest(command: str = "/cloud", events_url: str | None = None) -> dict[str, Any]:
    """`events_url` is the whole address that Slack delivers to; without one, the app is for Socket Mode."""
    address = {} if events_url is None else {"request_url": events_url}
    slash = {
        "command": command,
        "description": "Run a command of the private cloud",
        "usage_hint": "help | server list | server create web-1",
        "should_escape": False,
    }
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": "Commands of the private cloud, run as the person who types them",
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "slash_commands": [slash if events_url is None else {**slash, "url": events_url}],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": events_url is None,
            "token_rotation_enabled": False,
        },
    }


def manifest_for(platforms: Iterable[object], public_url: str, url: str | None) -> str:
    """As JSON, by the settings when Slack is in them. A given `url`, or a signing secret alone, makes it one for HTTP."""
    found = next((one for one in platforms if isinstance(one, SlackSettings)), None)
    command, path = (found.command, found.path) if found is not None else ("/cloud", "/slack/events")
    by_http = found is not None and found.app_token is None
    address = url or (public_url if by_http else None)
    made = manifest(command, None if address is None else f"{address.rstrip('/')}{path}")
    return f"{json.dumps(made, indent=2, ensure_ascii=False)}\n"
