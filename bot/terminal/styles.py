"""Colours of what `render.py` draws, and the marks of tones. `NO_COLOR` leaves weight and marks, which say the same."""

from collections.abc import Mapping
from typing import Final

from prompt_toolkit.styles import Style

from bot.messages import Tone

MARKS: Final = {Tone.INFO: "•", Tone.GOOD: "✓", Tone.WAIT: "…", Tone.WARN: "!", Tone.BAD: "✗"}

_WEIGHTS: Final = {
    "bold": "bold",
    "head": "bold",
    "who": "bold",
    "link": "underline",
    "number": "bold",
    "button.danger": "bold",
    "button.primary": "bold",
    "bad": "bold",
    "toolbar": "reverse",
    "completion-menu": "reverse",
    "completion-menu.completion.current": "noreverse bold",
}
_COLOURS: Final = {
    "bold": "bold",
    "code": "ansicyan",
    "head": "bold",
    "note": "ansibrightblack",
    "who": "bold ansiblue",
    "link": "underline ansiblue",
    "number": "bold",
    "button": "",
    "button.primary": "bold ansigreen",
    "button.danger": "bold ansired",
    "bar": "ansigreen",
    "info": "ansiblue",
    "good": "ansigreen",
    "wait": "ansicyan",
    "warn": "bold ansiyellow",
    "bad": "bold ansired",
    "toolbar": "reverse",
}


def style_of(environment: Mapping[str, str]) -> Style:
    return Style.from_dict(_COLOURS if coloured(environment) else _WEIGHTS)


def coloured(environment: Mapping[str, str]) -> bool:
    """https://no-color.org: any value that is not empty."""
    return not environment.get("NO_COLOR")


def tone_style(tone: Tone) -> str:
    return f"class:{tone.value}"
