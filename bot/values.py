"""One value of a command, between text and the types of the graph. Called by `invocation.py`.

Names, ids, spans and moments stay texts: what they mean is the graph's to decide.
"""

import difflib
import json
import math
import re
from collections.abc import Sequence
from typing import Any

from bot.catalogue import ParameterSpec
from bot.parser import fold

_YES = frozenset({"true", "yes", "on", "y", "1", "예", "네", "참"})
_NO = frozenset({"false", "no", "off", "n", "0", "아니요", "아니오", "거짓"})
_DIGITS = frozenset("10")  # `--force 1` is a switch and a word
_INT = re.compile(r"[+-]?[0-9]{1,40}")
_INT_RANGE = range(-(2**31), 2**31)  # GraphQL's
_CURLED = str.maketrans("“”„‟", '""""')
_OBJECTS = ("Input", "Filter", "Order")  # how names of input objects end; scalars end otherwise


class Misused(Exception):
    """`key` is the text key of one sentence, `values` its values."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def read(parameter: ParameterSpec, parts: Sequence[str], typed: str) -> Any:
    """The value of a parameter. `parts`: the texts given, one for each value; `typed`: as they were typed. Raises Misused."""
    if is_json(parameter):
        return _json(parameter, parts, typed)
    if parameter.many:
        return [_single(parameter, part) for part in parts]
    return _single(parameter, parts[0] if len(parts) == 1 else ",".join(parts))


def is_switch_word(text: str) -> bool:
    return text.casefold() in (_YES | _NO) - _DIGITS


def is_json(parameter: ParameterSpec) -> bool:
    return parameter.type == "JSON" or (not parameter.choices and parameter.type.endswith(_OBJECTS))


def written(parameter: ParameterSpec, value: Any) -> str:
    """The text that is read as this value, or as one of these values."""
    if is_json(parameter):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _single(parameter: ParameterSpec, text: str) -> Any:
    if parameter.choices:
        return _choice(parameter, text)
    match parameter.type:
        case "Int":
            return _int(parameter, text)
        case "Float":
            return _float(parameter, text)
        case "Boolean":
            return _boolean(parameter, text)
        case _:
            return text


def _int(parameter: ParameterSpec, text: str) -> int:
    if not _INT.fullmatch(text.strip()):
        raise Misused("bind.int", option=parameter.option, value=text)
    number = int(text)
    if number not in _INT_RANGE:
        raise Misused("bind.int_range", option=parameter.option, value=text, least=str(-(2**31)), most=str(2**31 - 1))
    return number


def _float(parameter: ParameterSpec, text: str) -> float:
    try:
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Misused("bind.float", option=parameter.option, value=text)
    return number


def _boolean(parameter: ParameterSpec, text: str) -> bool:
    said = text.strip().casefold()
    if said not in _YES | _NO:
        raise Misused("bind.boolean", option=parameter.option, value=text)
    return said in _YES


def _choice(parameter: ParameterSpec, text: str) -> str:
    known = {fold(choice): choice for choice in parameter.choices}
    if (found := known.get(fold(text.strip()))) is not None:
        return found
    near = [known[each] for each in difflib.get_close_matches(fold(text), known, 3, 0.5)]
    choices = ", ".join(parameter.choices)
    if near:
        nearest = ", ".join(near)
        raise Misused("bind.choice_near", option=parameter.option, value=text, nearest=nearest, choices=choices)
    raise Misused("bind.choice", option=parameter.option, value=text, choices=choices)


def _json(parameter: ParameterSpec, parts: Sequence[str], typed: str) -> Any:
    """JSON text, or `key=value,key=value` for an object. Quotes that the command line took away, or a phone curled, are put back."""
    text = ",".join(parts)
    for attempt in (text, typed, text.translate(_CURLED), typed.translate(_CURLED)):
        try:
            found = json.loads(f"[{attempt}]", parse_constant=_refuse)
        except (ValueError, RecursionError):
            continue
        if len(found) == 1 and (not parameter.many or isinstance(found[0], list)):
            return found[0]
        if parameter.many:
            return found
    pairs = [part.partition("=") for part in parts]
    if pairs and not parameter.many and all(key.strip() and sign for key, sign, _ in pairs):
        return {key.strip(): value for key, _, value in pairs}
    raise Misused("bind.json", option=parameter.option, value=text)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
