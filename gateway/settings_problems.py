"""What is wrong with the settings, as one sentence for each problem: the place first, then what should be there.

Called by `gateway/settings.py` alone. A value is never shown: it may be a secret.
"""

import difflib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

import yaml
from pydantic import BaseModel
from pydantic_settings import SettingsError as SourceError

from resolvers.backends import BACKEND_SETTINGS

PREFIX: Final = "GURUM_"
# Variables that are read elsewhere: the path of the file, where the Makefile keeps what it can make again, and those of `9rum chat`.
NOT_SETTINGS: Final = frozenset({"GURUM_CONFIG", "GURUM_CACHE", "GURUM_URL", "GURUM_PASSWORD", "GURUM_TOKEN"})
TAGS: Final = {str(get_args(settings.model_fields["backend"].annotation)[0]): settings for settings in BACKEND_SETTINGS}


def strange_variables(settings: type[BaseModel]) -> list[str]:
    """Variables with our prefix that mean nothing; pydantic-settings itself passes over them."""
    known = {f"{PREFIX}{name.upper()}" for name in settings.model_fields}
    found = []
    for name in os.environ:
        top = name.upper().split("__")[0]
        if top.startswith(PREFIX) and top not in known | NOT_SETTINGS:
            found.append(f"{name}: is not a setting{_meant(top, known)}")
    return found


def unreadable(error: SourceError) -> str:
    """A list or mapping in the environment that is not JSON."""
    field = re.search(r'field "(\w+)"', str(error))
    top = f"{PREFIX}{field[1].upper()}" if field else PREFIX
    names = [name for name, value in os.environ.items() if name.upper().startswith(top) and not _is_json(value)]
    return f"{' or '.join(names)}: lists and sections are written as JSON in the environment, and this is not JSON."


def not_yaml(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: is not YAML: {error.problem or 'unreadable'}."
    return "is not YAML."


def sentence(problem: Mapping[str, Any], file: Path | None, settings: type[BaseModel]) -> str:
    """One problem of pydantic in our words."""
    kind, loc = problem["type"], problem["loc"]
    where = [part for part in loc if part not in TAGS]
    text = str(problem["msg"]).removeprefix("Value error, ").replace("Input should", "should") + "."
    if kind == "missing":
        text = "is missing."
    elif kind == "extra_forbidden":
        text = f"is not a setting{_meant(str(where[-1]), _known_at(loc[:-1], settings))}"
    elif kind.startswith("union_tag"):
        where.append("backend")
        text = f"should be one of {listed(TAGS)}."
    elif kind in ("model_type", "model_attributes_type"):
        text = "should be a section with settings of its own."
    if not where:  # a check over several sections; its sentence begins with the place
        dotted, _, text = text.partition(": ")
        where = dotted.split(".")
    return f"{_place(where, file)}: {text}"


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _place(where: Sequence[Any], file: Path | None) -> str:
    """The variable that holds the value, or the file and the path in it."""
    variables = {name.upper(): name for name, value in os.environ.items() if value}
    for length in range(len(where), 0, -1):
        name = PREFIX + "__".join(str(part).upper() for part in where[:length])
        if name in variables:
            return variables[name] + _dotted(where[length:])
    return f"{file or 'settings'}: {_dotted(where).removeprefix('.')}"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _dotted(parts: Sequence[Any]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _known_at(place: Sequence[Any], settings: type[BaseModel]) -> list[str]:
    """The settings that are known at a place; pydantic's path names the backend of a cloud behind its number."""
    model: type[BaseModel] | None = settings
    for part in place:
        if part in TAGS:
            model = TAGS[part]
        elif model is not None and part in model.model_fields:
            inner = model.model_fields[part].annotation
            model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
    return list(model.model_fields) if model is not None else []


def _meant(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 1)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; known here are {listed(names)}." if names else "."
