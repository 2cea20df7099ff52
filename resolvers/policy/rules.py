"""A policy file: read, checked, and every fault told in one sentence that names the file and the place. Called by `policy`.

rules:
  - deny: [server.delete]
    channels: ["slack:*"]
    projects: [prod-*]
  - allow: ["server.*", "*.list", "*.show"]
    channels: ["slack:C024BE91L"]
    projects: [shop]
    confirm: typed
    approval: {role: admin}
"""

from collections.abc import Collection, Hashable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from resolvers.policy.decision import Confirmation
from resolvers.settings import Section

MAX_BYTES = 1 << 20
MAX_TOLD = 5  # faults of one file in one sentence
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=255)]], Field(min_length=1, max_length=500)]


class Approval(Section):
    role: str = Field(min_length=1, max_length=255)


class Rule(Section):
    """The first rule that matches decides. What a rule does not name, it matches whatever it is."""

    allow: Texts | None = None
    deny: Texts | None = None
    people: Texts | None = None
    roles: Texts | None = None
    channels: Texts | None = None
    projects: Texts | None = None
    confirm: Literal[Confirmation.NONE, Confirmation.BUTTON, Confirmation.TYPED] | None = None
    approval: Approval | None = None

    @field_validator("confirm", mode="before")
    @classmethod
    def _spelled_small(cls, given: Any) -> Any:
        """`confirm: none` is how people write it; YAML keeps the capitals of the graph for the graph."""
        known = {word.value.lower(): word for word in Confirmation}
        return known.get(given, "?") if isinstance(given, str) else given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.allow is None) is (self.deny is None):
            raise ValueError("a rule has either `allow` or `deny`, a list of command names such as `server.*`")
        if self.deny is not None and (self.confirm is not None or self.approval is not None):
            raise ValueError("a rule that denies takes no `confirm` and no `approval`")
        return self

    @property
    def commands(self) -> list[str]:
        return self.allow or self.deny or []


class Rules(Section):
    rules: list[Rule] = Field(max_length=1_000)


class PolicyError(Exception):
    """The file can not be right. `sentences` are whole, one for each fault."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        more = len(sentences) - MAX_TOLD
        super().__init__(" ".join(sentences[:MAX_TOLD]) + (f" There are {more} more." if more > 0 else ""))


def read(path: Path, known: Collection[str] = ()) -> list[Rule]:
    """The rules of a file. `known` are the names of all commands: a pattern that matches none is a fault. Raises PolicyError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PolicyError(
            [f"{path}: the policy file can not be read: {(error.strerror or 'unknown').lower()}."]
        ) from error
    if len(content) > MAX_BYTES:
        raise PolicyError([f"{path}: a policy file has at most {MAX_BYTES >> 20} MiB."])
    try:
        given = yaml.load(content, _Loader)  # noqa: S506 - a SafeLoader, which also refuses a key that is given twice
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise PolicyError([f"{path}: {place}this is no YAML: {error.problem}."]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError([f"{path}: this is no YAML text."]) from error
    except RecursionError as error:
        raise PolicyError([f"{path}: this is nested too deeply to be read."]) from error
    except Exception as error:  # PyYAML lets out whatever its constructors raise: of a day that no calendar has, a text that is no number
        raise PolicyError([f"{path}: a key or a value can not be read; write it in quotes."]) from error
    if not isinstance(given, dict):
        raise PolicyError([f"{path}: a policy file is `rules:` with a list of rules below it."])
    try:
        rules = Rules.model_validate(given).rules
    except ValidationError as error:
        raise PolicyError([f"{path}: {fault}" for fault in _faults(error)]) from error
    if unknown := list(_unknown(rules, known)):
        raise PolicyError([f"{path}: {fault}" for fault in unknown])
    return rules


class _Loader(yaml.SafeLoader):
    """YAML lets the second of two equal keys win, silently; in a policy that would be a rule that nobody sees."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is a text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"`{key.value}` is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        place = ""
        for part in fault["loc"]:
            place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
        yield f"{place}: {_SAID.get(fault['type']) or _plain(fault['msg'])}."


_SAID = {
    "extra_forbidden": "there is no such key",
    "literal_error": "this is one of `none`, `button` and `typed`",
    "list_type": "this is a list, such as `[server.*]`",
    "string_type": "this is a text",
    "string_too_short": "this is empty",
    "too_short": "this list is empty, and an empty list matches nothing",
    "missing": "this is missing",
    "model_type": "this is an object of keys and values",
    "model_attributes_type": "this is an object of keys and values",
}


def _plain(message: str) -> str:
    """pydantic's own sentence, as part of ours."""
    text = message.removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def _unknown(rules: list[Rule], known: Collection[str]) -> Iterator[str]:
    for number, rule in enumerate(rules):
        for pattern in rule.commands:
            if known and not any(fnmatchcase(name, pattern) for name in known):
                yield f"rules[{number}].{'allow' if rule.allow else 'deny'}: `{pattern}` is the name of no command."
