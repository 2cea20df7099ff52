"""The graph's own sentences in another language: errors, warnings, titles of steps, help and titles of columns.

The graph speaks English. A catalogue tells how a sentence of it reads in a language, by its English with `{}` where a value stands; what
nobody wrote, such as the words of a cloud, stays as it is. Made by `__init__`, whose `Texts` is what replies ask.
"""

import functools
from collections.abc import Mapping
from typing import Final

HOLE: Final = "{}"
_MOST: Final = 2_000  # characters: no sentence of the graph is longer, a name in it that is can be read as it is
_DEEPEST: Final = 3  # a sentence in a sentence, and a noun in that


class Sentences:
    def __init__(self, catalogue: Mapping[str, str]) -> None:
        # What is put behind another sentence begins with a space, which belongs to neither language.
        stripped = {english.strip(): told.strip() for english, told in catalogue.items()}
        self._whole = {english: told for english, told in stripped.items() if HOLE not in english}
        open_ones = [_Open(english, told) for english, told in stripped.items() if HOLE in english]
        # The one that says most of itself first: `{} is {}.` would fit many.
        self._open = sorted(open_ones, key=lambda one: -one.own)
        self._told = functools.lru_cache(maxsize=1_000)(self._read)

    def __call__(self, sentence: str) -> str:
        if not self._whole or len(sentence) > _MOST:
            return sentence
        return self._told(sentence, _DEEPEST)

    def _read(self, sentence: str, depth: int) -> str:
        known = self._whole.get(sentence)
        if known is not None or not depth:
            return known or sentence
        for one in self._open:
            values = one.values(sentence)
            if values is not None:
                return one.told.format(*(self._value(value, name, depth) for value, name in values))
        return sentence

    def _value(self, value: str, is_name: bool, depth: int) -> str:
        """A word or a sentence of the graph in its turn; what stands between backticks is somebody's name or a command."""
        if is_name:
            return value
        bare = value.strip()
        return value.replace(bare, self._read(bare, depth - 1), 1) if bare else value


class _Open:
    """A sentence with values in it. Read from left to right without going back, so that no text can make it slow."""

    def __init__(self, english: str, told: str) -> None:
        self._parts = english.split(HOLE)
        self.own = sum(map(len, self._parts))
        self.told = told

    def values(self, sentence: str) -> list[tuple[str, bool]] | None:
        """Each value, and whether it stands between backticks; None when the sentence is another one."""
        before, *parts = self._parts
        if not (sentence.startswith(before) and sentence.endswith(parts[-1])):
            return None
        at, end, found = len(before), len(sentence) - len(parts[-1]), []
        for place, part in enumerate(parts, 1):
            to = end if place == len(parts) else sentence.find(part, at, end)
            if to < at:
                return None
            found.append((sentence[at:to], before.endswith("`") and part.startswith("`")))
            at, before = to + len(part), part
        return found
