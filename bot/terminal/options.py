"""The options of `9rum chat`. Called by the command line while it builds its parser, so it imports next to nothing.

What they do stands here by keys of the texts, which are read when somebody asks for help.
"""

import argparse
import os
from collections.abc import Mapping

URL = "http://127.0.0.1:8080"
LANGUAGES = ("en", "ko")  # those of the texts, which are not read for this


class Spoken(argparse.HelpFormatter):
    """Help in the language of the environment. (What argparse itself says of a mistake is English.)"""

    def add_usage(self, usage: str | None, actions: object, groups: object, prefix: str | None = None) -> None:
        said = prefix if prefix is not None else _said("terminal.option.usage")
        super().add_usage(usage, actions, groups, said)  # type: ignore[arg-type] # types that only its stubs have

    def add_text(self, text: str | None) -> None:
        super().add_text(None if text is None else _said(text))

    def start_section(self, heading: str | None) -> None:
        ours = heading is not None and heading.startswith("terminal.")
        super().start_section(_said(heading if ours and heading else "terminal.option.options"))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return _said("terminal.option.help" if action.dest == "help" else action.help or "", url=URL)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = Spoken
    parser.description, parser.epilog = "terminal.option.description", "terminal.option.status"
    parser.add_argument("--url", help="terminal.option.url")
    who = parser.add_argument_group("terminal.option.who")
    who.add_argument("--user", metavar="NAME", help="terminal.option.user")
    who.add_argument("--domain", metavar="NAME", help="terminal.option.domain")
    who.add_argument("--project", metavar="NAME", help="terminal.option.project")
    who.add_argument("--credential", metavar="ID", help="terminal.option.credential")
    who.add_argument("--token", action="store_true", help="terminal.option.token")
    who.add_argument("--password-stdin", action="store_true", help="terminal.option.password_stdin")
    parser.add_argument("--room", metavar="NAME", default="direct", help="terminal.option.room")
    parser.add_argument("--language", choices=LANGUAGES, help="terminal.option.language")
    alone = parser.add_argument_group("terminal.option.alone")
    alone.add_argument("-c", "--command", action="append", metavar="TEXT", help="terminal.option.command")
    alone.add_argument("--no-wait", action="store_true", help="terminal.option.no_wait")
    alone.add_argument("--yes", action="store_true", help="terminal.option.yes")
    alone.add_argument("--json", action="store_true", help="terminal.option.json")
    alone.add_argument("--timeout", type=_seconds, default=900.0, metavar="SECONDS", help="terminal.option.timeout")


def language(environment: Mapping[str, str]) -> str | None:
    """`ko_KR.UTF-8` -> `ko-KR`: the language of the terminal and of the answers; None when the environment does not say."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            plain = value.partition(".")[0].partition("@")[0].replace("_", "-")
            return plain if plain.replace("-", "").isalpha() and plain not in ("C", "POSIX") else None
    return None


def _said(key: str, **values: object) -> str:
    from bot import texts

    return texts.of(language(os.environ)).line(key, **values)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError("give seconds between 0 and 86400")
    return seconds
