"""Slack: one slash command, mentions, direct messages, buttons, forms and files. `PLATFORMS` names it, docs/slack.md explains it."""

from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.settings import SlackSettings

__all__ = ["SlackPlatform", "SlackSettings"]
