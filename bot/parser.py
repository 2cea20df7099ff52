"""Typed text to words and options, before anybody knows which command it is. Called by `app.py`; `catalogue` and `invocation` take it on.

Phones change what people type: quotes become curly and two dashes become one long one. Such signs are read as what was meant, outside of
plain quotes only, so a quoted value stays as it is. What `--option word` means (a value, or a switch and a word) needs the command's
parameters: tokens stay in order, and `invocation` decides.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

MAX_TEXT = 4_000  # characters; what is longer is a paste, not a command
VALUED = frozenset({"project", "cloud"})  # take the next word wherever they stand, before a command too
SWITCHES = ("explain", "plan", "json", "help")  # of every command; they take no word

_CLOSERS = {
    '"': '"', "'": "'", "“": "”“", "”": "”", "„": "“”", "‟": "”", "«": "»", "»": "«»",
    "‘": "’‘", "’": "’", "‚": "‘’", "‛": "’", "‹": "›", "›": "‹›",
}  # fmt: skip
_SINGLE = frozenset("'‘’‚‛‹›")  # inside these a backslash is a backslash
_ALSO_APOSTROPHE = frozenset("’”»›")  # open a quote only where a word or a value begins: `it’s` is one word
_PLAIN_CLOSER = {True: "'", False: '"'}  # a phone curls one of the two quotes and leaves the other
_LONG_DASHES = frozenset("—–−‒―﹘－")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SAFE = re.compile(r"[\w./:@%+][\w./:@%+-]*")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")  # Persian and emoji need them

_Char = tuple[str, bool, int]  # the character, whether it was quoted or escaped, where it stands in the text


class Unreadable(Exception):
    """`key` is the text key of one sentence, `values` are its values."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Token:
    """A word (`option` None), or an option with what followed its `=`.

    `parts` is the value split at commas that were not quoted; `typed` the value as it was typed, quotes and all. `bare`: nothing in it was
    quoted. `pair` is the option that a word like `key=value` would be, if `key` is known. `joined`: the value came with `=`.
    `start` and `end`: where it stands in the text.
    """

    option: str | None
    value: str | None
    parts: tuple[str, ...] = ()
    typed: str = ""
    bare: bool = True
    joined: bool = False
    pair: "Token | None" = None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def expects(self) -> bool:
        """Whether the word after it may be its value."""
        return self.option is not None and self.value is None and fold(self.option) not in SWITCHES


@dataclass(frozen=True, slots=True)
class Words:
    """`raw` is the text as it came. Options without `=` have the value None here, except those that always have one (VALUED)."""

    tokens: tuple[Token, ...]
    raw: str

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(token.value or "" for token in self.tokens if token.option is None)

    @property
    def leading(self) -> tuple[str, ...]:
        """The first words, as far as none of them may be the value of an option."""
        found: list[str] = []
        for token in self.tokens:
            if token.expects:
                break
            if token.option is None and token.pair is None:
                found.append(token.value or "")
        return tuple(found)

    @property
    def options(self) -> tuple[tuple[str, str | None], ...]:
        return tuple((token.option, token.value) for token in self.tokens if token.option is not None)

    def said(self, name: str) -> str | None:
        """What `--name value` or `name=value` says, as far as that can be told before the command is known."""
        return next(((token.pair or token).value for token in self._of(name)), None)

    def without(self, name: str) -> str:
        """`raw` without what `said` finds."""
        kept, place = "", 0
        for token in self._of(name):
            kept, place = kept + self.raw[place : token.start], token.end
        return f"{kept}{self.raw[place:]}".strip()

    def _of(self, name: str) -> Iterator[Token]:
        taken = False  # what follows an option is its value, whatever it looks like
        for token in self.tokens:
            read = token if taken or token.pair is None else token.pair
            if fold(read.option or "") == name and read.value is not None:
                yield token
            taken = token.expects


def split(text: str) -> Words:
    """Raises Unreadable."""
    raw = text.strip()
    if not raw:
        raise Unreadable("parser.empty")
    if len(raw) > MAX_TEXT:
        raise Unreadable("parser.long", length=str(len(raw)), limit=str(MAX_TEXT))
    _check(raw)
    tokens = _tokens(raw)
    return Words(tokens=tuple(_taking(tokens, VALUED)), raw=raw)


def camel(name: str) -> str:
    """`boot-volume`, `boot_volume`, `BootVolume` -> `bootVolume`."""
    head, *rest = [part for part in re.split(r"[-_]+", name) if part] or [name]
    if head.isupper():
        head = head.lower()
    return head[:1].lower() + head[1:] + "".join(part[:1].upper() + part[1:] for part in rest)


def kebab(name: str) -> str:
    """`bootVolume` -> `boot-volume`: how commands and options are written for people."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def fold(name: str) -> str:
    """Equal for all spellings of one name."""
    return name.replace("-", "").replace("_", "").casefold()


def quote(word: str) -> str:
    """The word as one may type it: quoted when it must be."""
    if _SAFE.fullmatch(word):
        return word
    if '"' not in word and "\\" not in word:
        return f'"{word}"'
    if "'" not in word:
        return f"'{word}'"
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _check(text: str) -> None:
    """Raises Unreadable for characters that nobody sees: a command is what it looks like."""
    if text.isascii() and text.isprintable():
        return
    for c in text:
        kind = unicodedata.category(c)
        if c in _TURNING:
            raise Unreadable("parser.direction", code=_code(c))
        if kind == "Cs" or (kind == "Cc" and c not in "\n\r\t"):
            raise Unreadable("parser.control", code=_code(c))
        if kind == "Cf" and c not in _JOINERS:
            raise Unreadable("parser.invisible", code=_code(c))


def _code(c: str) -> str:
    return f"U+{ord(c):04X}"


def _tokens(text: str) -> tuple[Token, ...]:
    found: list[Token] = []
    options = True
    for chars, start, end in _scan(text):
        dashes = _dashes(chars) if options else 0
        if dashes and dashes == len(chars):
            options = False
        elif dashes:
            found.append(replace(_option(chars[dashes:], text, end), start=start, end=end))
        else:
            found.append(replace(_word(chars, text, end, options), start=start, end=end))
    return tuple(found)


def _scan(text: str) -> Iterator[tuple[list[_Char], int, int]]:
    """The characters of each word, and where it begins and ends. Raises Unreadable for a quote or an escape without its end."""
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        chars: list[_Char] = []
        start = place
        while place < len(text) and not text[place].isspace():
            place = _step(text, place, chars)
        yield chars, start, place


def _step(text: str, place: int, chars: list[_Char]) -> int:
    """Take one character, escape or quoted run from `place`; the place after it."""
    c = text[place]
    if c == "\\":
        if place + 1 == len(text):
            raise Unreadable("parser.escape")
        chars.append((text[place + 1], True, place))
        return place + 2
    begins = not chars or (not chars[-1][1] and chars[-1][0] in "=,")
    if c not in _CLOSERS or (c in _ALSO_APOSTROPHE and not begins):
        chars.append((c, False, place))
        return place + 1
    return _quoted(text, place, chars)


def _quoted(text: str, start: int, chars: list[_Char]) -> int:
    mark = text[start]
    single = mark in _SINGLE
    closers = _CLOSERS[mark]
    if not any(closer in text[start + 1 :] for closer in closers):
        closers = _PLAIN_CLOSER[single]
    begun = len(chars)
    place = start + 1
    while place < len(text):
        c = text[place]
        if c in closers:
            if len(chars) == begun:
                chars.append(("", True, start))  # an empty quoted word is a word
            return place + 1
        if c == "\\" and not single and text[place + 1 : place + 2] in ("\\", '"', *closers):
            place += 1
            c = text[place]
        chars.append((c, True, place))
        place += 1
    raise Unreadable("parser.quote", mark=mark)  # what follows may be a secret


def _dashes(chars: list[_Char]) -> int:
    """How many leading characters mark an option; all of them for the end of options; 0 for a word."""
    count = 0
    while count < len(chars) and not chars[count][1] and (chars[count][0] == "-" or chars[count][0] in _LONG_DASHES):
        count += 1
    run = "".join(c for c, _, _ in chars[:count])
    if count == len(chars):
        return count if run in ("--", "—") else 0
    if run.startswith("--"):
        return count
    after, literal, _ = chars[count]
    return count if not literal and after.isalpha() and any(c in _LONG_DASHES for c in run) else 0


def _option(chars: list[_Char], text: str, end: int) -> Token:
    at = _equals(chars)
    if at is None:
        return Token(option=camel(_joined(chars)), value=None)
    return _valued(camel(_joined(chars[:at])), chars[at + 1 :], text[chars[at][2] + 1 : end])


def _valued(name: str, chars: list[_Char], typed: str) -> Token:
    return Token(option=name, value=_joined(chars), parts=_parts(chars), typed=typed, bare=_bare(chars), joined=True)


def _word(chars: list[_Char], text: str, end: int, options: bool) -> Token:
    value = _joined(chars)
    if not chars[0][1] and value[0] in _LONG_DASHES and value[1:2].isdigit():
        value = "-" + value[1:]
    pair = None
    at = _equals(chars) if options else None
    if at is not None and _bare(chars[:at]) and _KEY.fullmatch(key := _joined(chars[:at])):
        pair = _valued(camel(key), chars[at + 1 :], text[chars[at][2] + 1 : end])
    bare = _bare(chars) and options
    return Token(option=None, value=value, parts=_parts(chars), typed=text[chars[0][2] : end], bare=bare, pair=pair)


def _equals(chars: list[_Char]) -> int | None:
    return next((place for place, (c, literal, _) in enumerate(chars) if c == "=" and not literal), None)


def _joined(chars: list[_Char]) -> str:
    return "".join(c for c, _, _ in chars)


def _bare(chars: list[_Char]) -> bool:
    return not any(literal for _, literal, _ in chars)


def _parts(chars: list[_Char]) -> tuple[str, ...]:
    parts = [""]
    for c, literal, _ in chars:
        if c == "," and not literal:
            parts.append("")
        else:
            parts[-1] += c
    quoted_empty = not _bare(chars)
    return tuple(part for part in parts if part or quoted_empty)


def _taking(tokens: tuple[Token, ...], names: frozenset[str]) -> Iterator[Token]:
    place = 0
    while place < len(tokens):
        token = tokens[place]
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if fold(token.option or "") in names and token.value is None and after is not None and after.option is None:
            yield replace(after, option=token.option, pair=None, start=token.start)
            place += 1
        else:
            yield token
        place += 1
