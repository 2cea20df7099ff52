"""The console: 9rum's own chat, for the web page and the terminal. A real platform with rooms, threads, edits, buttons and forms."""

from bot.platforms.console.platform import ConsolePlatform as ConsolePlatform
