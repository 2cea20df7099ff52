"""The bot's own commands. Everything else that can be typed is a command of the graph."""

from collections.abc import Sequence

from bot.commands.aliases import ALIASES
from bot.commands.approve import APPROVE
from bot.commands.audit import AUDIT, REPLAY
from bot.commands.cancel import CANCEL
from bot.commands.confirm import CONFIRM
from bot.commands.form import FORM
from bot.commands.help import HELP
from bot.commands.language import LANGUAGE
from bot.commands.link import LINK
from bot.commands.own import Own
from bot.commands.refuse import REFUSE
from bot.commands.undo import UNDO
from bot.commands.unlink import UNLINK
from bot.commands.use import USE
from bot.commands.version import VERSION
from bot.commands.whoami import WHOAMI
from bot.parser import fold

COMMANDS: tuple[Own, ...] = (
    HELP,
    LINK,
    UNLINK,
    WHOAMI,
    USE,
    CONFIRM,
    CANCEL,
    APPROVE,
    REFUSE,
    UNDO,
    FORM,
    AUDIT,
    REPLAY,
    LANGUAGE,
    ALIASES,
    VERSION,
)
_OTHER_WORDS = {"?": "help", "도움말": "help"}  # what newcomers type first


def find(words: Sequence[str]) -> tuple[Own, tuple[str, ...]] | None:
    """The own command that the first words name, the longest name first, and the words after it."""
    first = _OTHER_WORDS.get(words[0]) if words else None
    words = [first, *words[1:]] if first is not None else words
    for command in sorted(COMMANDS, key=lambda each: -len(each.name.split())):
        name = [fold(word) for word in command.name.split()]
        if [fold(word) for word in words[: len(name)]] == name:
            return command, tuple(words[len(name) :])
    return None
