"""The chat systems that 9rum speaks. `PLATFORMS` maps a name to `module:Class`, imported only when its settings are there."""

from collections.abc import Mapping

PLATFORMS: Mapping[str, str] = {
    "console": "bot.platforms.console:ConsolePlatform",
    "slack": "bot.platforms.slack:SlackPlatform",
}
