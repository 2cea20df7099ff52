"""All sentences that the bot says, in each language. `of` gives those for a person; the catalogues are `en.py` and `ko.py`, with those of
`9rum chat` beside them. What the graph says in answers is English, and is read in other languages by `sentences.py` and catalogues such as
`graph_ko`.

In a catalogue text backticks mark code, `**` marks bold, and `{name}` is a value. Marks count in the catalogue only: a value is cleaned and
inserted as it is, so nothing in it becomes markup. A value that is a `Text` already is spliced in.
"""

import functools
import re
from collections.abc import Mapping

from bot.messages import MAX_CELL, Span, Style, Text, clean, coded, text_of
from bot.texts import en, graph_ko, ko, terminal_en, terminal_ko
from bot.texts.sentences import Sentences

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": {**en.TEXTS, **terminal_en.TEXTS},
    "ko": {**ko.TEXTS, **terminal_ko.TEXTS},
}
OF_THE_GRAPH: Mapping[str, Mapping[str, str]] = {"en": {}, "ko": graph_ko.SENTENCES}
LABELS: Mapping[str, Mapping[str, str]] = {"en": {}, "ko": graph_ko.LABELS}
NAMES: Mapping[str, str] = {"en": "English", "ko": "한국어"}  # of the languages, in themselves
DEFAULT = "en"

_MARKS = re.compile(r"(`|\*\*|\{[a-z_]+\})")
_Piece = tuple[Style, str, bool]  # style, literal text or the name of a value, whether it is a value


class Texts:
    """The catalogue of one language. `texts("key", name=value)` is text with its marks, `texts.line(...)` a plain line."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = LANGUAGES[language]
        self._sentences = Sentences(OF_THE_GRAPH[language])
        self._labels = LABELS[language]

    def __call__(self, key: str, /, **values: object) -> Text:
        spans: list[Span] = []
        for style, literal, is_value in _pieces(self._catalogue[key]):
            if not is_value:
                spans.append(Span(literal, style))
            elif isinstance(value := values[literal], tuple):
                spans.extend(_styled(span, style) for span in value)
            else:
                spans.append(Span(clean(value), style))
        return _merged(spans)

    def line(self, key: str, /, **values: object) -> str:
        return text_of(self(key, **values))

    def graph(self, said: object, limit: int = MAX_CELL) -> Text:
        """A sentence that came from the graph, cleaned, with code where it has backticks."""
        return coded(self.sentence(said), limit)

    def sentence(self, said: object) -> str:
        """The same with its backticks, for what is put together further and marked where it is shown."""
        return "" if said is None else self._sentences(str(said))

    def word(self, said: object) -> str:
        """The same of a word or a title, as a plain line."""
        return text_of(self.graph(said))

    def label(self, english: str) -> str:
        """Of a form's field, by its English."""
        return self._labels.get(english) or self.word(english)

    def __contains__(self, key: str) -> bool:
        return key in self._catalogue


def of(locale: str | None) -> Texts:
    """`ko-KR`, `ko_KR.UTF-8` and `ko` are Korean; a language that nobody wrote is English."""
    language = _language(locale)
    return _texts(language if language in LANGUAGES else DEFAULT)


def speaks(locale: str | None) -> bool:
    """Whether somebody wrote the language of this locale."""
    return _language(locale) in LANGUAGES


def _language(locale: str | None) -> str:
    return re.split(r"[-_.@]", locale or "", maxsplit=1)[0].lower()


@functools.cache
def _texts(language: str) -> Texts:
    return Texts(language)


@functools.cache
def _pieces(template: str) -> tuple[_Piece, ...]:
    pieces: list[_Piece] = []
    style = Style.PLAIN
    for part in _MARKS.split(template):
        if part in ("`", "**"):
            mark = Style.CODE if part == "`" else Style.BOLD
            style = Style.PLAIN if style is mark else mark
        elif part.startswith("{") and part.endswith("}"):
            pieces.append((style, part[1:-1], True))
        elif part:
            pieces.append((style, part, False))
    return tuple(pieces)


def _styled(span: Span, style: Style) -> Span:
    return Span(span.text, style, span.url) if span.style is Style.PLAIN else span


def _merged(spans: list[Span]) -> Text:
    """Neighbours of one style are one run, so that a platform marks them once."""
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last is not None and last.style is span.style and last.url is None and span.url is None:
            merged[-1] = Span(last.text + span.text, span.style)
        elif span.text:
            merged.append(span)
    return tuple(merged)
