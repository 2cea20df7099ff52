"""Slack: one slash command, mentions, direct messages, buttons, forms and files. `PLATFORMS` names it, docs/slack.md explains it.

`SlackPlatform` is imported when it is asked for: the settings are read by every process, and shall not wait for Slack's libraries.
"""

from typing import TYPE_CHECKING, Any

from bot.platforms.slack.settings import SlackSettings

if TYPE_CHECKING:
    from bot.platforms.slack.platform import SlackPlatform

__all__ = ["SlackPlatform", "SlackSettings"]


def __getattr__(name: str) -> Any:
    if name == "SlackPlatform":
        from bot.platforms.slack.platform import SlackPlatform

        return SlackPlatform
    raise AttributeError(name)
