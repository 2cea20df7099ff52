"""What can be asked of the graph, as `Query.commands` tells it: found by typed words, near misses named.

Kept by `app.py`, which reads it again when it changes.

Names are equal in every spelling (`security-group rule-add`, `securityGroup ruleAdd`), a noun also in the plural and as several words.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.parser import fold, kebab

LONGEST = 3  # words of a noun or a verb: `floating ip list`, `server add floating ip`

_FIELDS = """name summary kind danger role document rows total next text columns { title path }
    parameters { name type required many position choices choicesFrom default help }"""
CATALOGUE_QUERY = f"{{ commands(all: true) {{ {_FIELDS} }} }}"
ALLOWED_QUERY = "{ commands { name confirmation approval } }"
COMMAND_QUERY = "query($name: String!) { command(name: $name) { name allowed danger role confirmation approval } }"


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """`type` is the GraphQL type without list and non-null marks; `choices` the values of an enum; `choices_from` a kind of the graph."""

    name: str
    type: str = "String"
    required: bool = False
    many: bool = False
    position: int | None = None
    choices: tuple[str, ...] = ()
    choices_from: str | None = None
    default: str | None = None
    help: str = ""

    @property
    def option(self) -> str:
        """`--boot-volume`"""
        return f"--{kebab(self.name)}"

    @property
    def placeholder(self) -> str:
        """`BOOT-VOLUME`: what stands for its value in a usage line."""
        return kebab(self.name).upper()


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """`change`: it is a mutation. `columns` are (title, path below one row); the paths of READ commands are dotted, below `data`."""

    name: str
    summary: str = ""
    change: bool = True
    danger: str = "LOW"
    role: str = ""
    parameters: tuple[ParameterSpec, ...] = ()
    document: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    rows: str | None = None
    total: str | None = None
    next: str | None = None
    text: str | None = None

    @property
    def noun(self) -> str:
        return self.name.partition(".")[0]

    @property
    def verb(self) -> str:
        return self.name.partition(".")[2]

    @property
    def typed(self) -> str:
        """How it is written: `security-group rule-add`."""
        return typed(self.name)

    @property
    def positional(self) -> tuple[ParameterSpec, ...]:
        placed = [p for p in self.parameters if p.position is not None]
        return tuple(sorted(placed, key=lambda p: p.position or 0))

    @property
    def usage(self) -> str:
        """Its words and what must be given; `…` stands for options that may be."""
        words = [f"{p.placeholder}…" if p.many else p.placeholder for p in self.positional if p.required]
        maybe = [f"[{p.placeholder}]" for p in self.positional if not p.required]
        named = [f"{p.option} {p.placeholder}" for p in self.parameters if p.required and p.position is None]
        more = ["[--…]"] if any(not p.required and p.position is None for p in self.parameters) else []
        return " ".join([self.typed, *words, *maybe, *named, *more])

    def parameter(self, name: str) -> ParameterSpec | None:
        wanted = fold(name)
        return next((p for p in self.parameters if fold(p.name) == wanted), None)


# What people call verbs elsewhere, each with what they may mean here.
_MEANT = {
    each: verbs
    for said, verbs in {
        ("ls", "all", "get", "목록", "리스트"): ("list",),
        ("describe", "info", "view", "inspect", "조회", "상세", "보기"): ("show", "list"),
        ("new", "add", "make", "boot", "launch", "생성", "만들기", "추가"): ("create",),
        ("rm", "remove", "del", "destroy", "terminate", "kill", "삭제", "제거"): ("delete",),
        ("restart", "reboot", "재시작", "재부팅"): ("reboot-soft", "reboot-hard"),
        ("halt", "shutdown", "poweroff", "off", "down", "중지", "정지", "종료"): ("stop",),
        ("run", "poweron", "on", "up", "시작"): ("start",),
        ("logs", "console", "로그"): ("log",),
        ("edit", "change", "set", "modify", "변경", "수정"): ("update",),
        ("mv", "이름변경"): ("rename",),
        ("scale", "크기변경"): ("resize", "extend"),
        ("backup", "백업", "스냅샷"): ("snapshot", "create"),
    }.items()
    for each in said
}


def typed(name: str) -> str:
    """`securityGroup.ruleAdd` -> `security-group rule-add`: how the name of a command is written."""
    noun, _, verb = name.partition(".")
    return f"{kebab(noun)} {kebab(verb)}"


class Catalogue:
    def __init__(self, commands: Iterable[CommandSpec]) -> None:
        self._by_name = {command.name: command for command in sorted(commands, key=lambda c: c.name)}
        self._by_words = {(fold(c.noun), fold(c.verb)): c for c in self._by_name.values()}
        self._nouns = {form: noun for noun in {c.noun for c in self} for form in _forms(fold(noun))}
        self._nouns |= {fold(c.noun): c.noun for c in self}  # a real noun wins over another's plural

    def __iter__(self) -> Iterator[CommandSpec]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def get(self, name: str) -> CommandSpec | None:
        """By its name in the graph: `server.create`."""
        return self._by_name.get(name)

    def nouns(self) -> list[str]:
        return sorted({command.noun for command in self})

    def of_noun(self, noun: str) -> list[CommandSpec]:
        return [command for command in self if command.noun == noun]

    def noun(self, words: Sequence[str], aliases: Mapping[str, str]) -> str | None:
        """The noun that all of the words are, in any spelling or number, or by an alias."""
        joined = fold("".join(_expanded(words, aliases)))
        return self._nouns.get(joined)

    def find(self, words: Sequence[str], aliases: Mapping[str, str]) -> tuple[CommandSpec, list[str]] | None:
        """The command that the first words name, and the words after it. One word each is tried first, then longer nouns and verbs."""
        meant = _expanded(words, aliases)
        added = len(meant) - len(words)
        ways = sorted(((n, v) for n in range(1, LONGEST + 1) for v in range(1, LONGEST + 1)), key=sum)
        for n, v in ways:
            if n + v > len(meant):
                break
            noun = self._nouns.get(fold("".join(meant[:n])))
            command = self._by_words.get((fold(noun), fold("".join(meant[n : n + v])))) if noun else None
            if command is not None:
                return command, list(words[max(n + v - added, 0) :])
        return None

    def nearest(
        self,
        words: Sequence[str],
        n: int = 3,
        also: Iterable[str] = (),
        aliases: Mapping[str, str] = MappingProxyType({}),
    ) -> list[str]:
        """The commands, as typed, that look most like the first words; those of the noun when it is known. `also`: the bot's own.

        Two words the other way round (`list servers`) are that one command, and so is a verb of other systems (`server rm`).
        """
        for noun_word, verb_word in ((words[:1], words[1:2]), (words[1:2], words[:1])):
            named = self.noun(noun_word, aliases) if verb_word else None
            meant = (
                [(fold(named), fold(verb)) for verb in (*verb_word, *_MEANT.get(fold(verb_word[0]), ()))]
                if named
                else []
            )
            if typed_ := [self._by_words[each].typed for each in meant if each in self._by_words]:
                return typed_[:n]
        said = " ".join(kebab(word) for word in words[:2])
        noun = self.noun(words[:1], aliases)
        if noun is not None:
            verb = kebab(words[1]) if len(words) > 1 else ""
            verbs = {kebab(c.verb): c.typed for c in self.of_noun(noun)}
            near = next(
                (found for c in (0.6, 0.4) if (found := difflib.get_close_matches(verb, verbs, n, c))), sorted(verbs)
            )
            return [verbs[found] for found in near[:n]]
        offered = {**{c.typed: c.typed for c in self}, **{own: own for own in also}}
        found = difflib.get_close_matches(said, offered, n, 0.6)
        single = difflib.get_close_matches(kebab(words[0]), list(also), n, 0.6) if words else []
        return list(dict.fromkeys([*found, *single]))[:n]


def catalogue_of(data: Mapping[str, Any]) -> Catalogue:
    """From the data of CATALOGUE_QUERY."""
    return Catalogue(_command(given) for given in data["commands"])


def _command(given: Mapping[str, Any]) -> CommandSpec:
    return CommandSpec(
        name=given["name"],
        summary=given["summary"],
        change=given["kind"] == "CHANGE",
        danger=given["danger"],
        role=given["role"],
        parameters=tuple(_parameter(each) for each in given["parameters"]),
        document=given["document"],
        columns=tuple((column["title"], column["path"]) for column in given["columns"]),
        rows=given["rows"],
        total=given["total"],
        next=given["next"],
        text=given["text"],
    )


def _parameter(given: Mapping[str, Any]) -> ParameterSpec:
    return ParameterSpec(
        name=given["name"],
        type=given["type"],
        required=given["required"],
        many=given["many"],
        position=given["position"],
        choices=tuple(given["choices"]),
        choices_from=given["choicesFrom"],
        default=given["default"],
        help=given["help"],
    )


def _expanded(words: Sequence[str], aliases: Mapping[str, str]) -> list[str]:
    """With the first word replaced by what it stands for; an alias may hold several words (`ls` = `server list`)."""
    if not words:
        return []
    meant = {fold(alias): noun for alias, noun in aliases.items()}.get(fold(words[0]))
    return [*(meant.split() if meant else words[:1]), *words[1:]]


def _forms(noun: str) -> list[str]:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"
    return [plural, f"{noun}es"]
