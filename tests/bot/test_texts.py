"""The catalogues of sentences: complete in every language, used as they are declared, and safe with any value."""

import ast
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.messages import Span, Style, clean, text_of
from tests.architecture.project import ROOT, sources

EN = texts.LANGUAGES["en"]
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
KEY = re.compile(r"[a-z]+(\.[A-Za-z_]+)+")


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    catalogue = texts.LANGUAGES[language]
    assert set(catalogue) == set(EN)
    for key, text in catalogue.items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(EN[key])), key
        assert text.count("`") % 2 == 0 and text.count("**") % 2 == 0, key
        assert text == clean(text, 1_000) and text, key


def test_korean_is_korean() -> None:
    same = {key for key, text in EN.items() if not re.search("[a-z]{2}", re.sub(r"`[^`]*`|\{[^}]*\}|9rum", "", text))}
    assert [
        key for key, text in texts.LANGUAGES["ko"].items() if key not in same and not re.search("[가-힣]", text)
    ] == []


def test_no_particle_stands_after_a_value_whose_last_sound_nobody_knows() -> None:
    particle = re.compile(r"\}(`|\*\*)?(을|를|이|가|은|는|와|과|으로|로)(?![가-힣])")
    assert [key for key, text in texts.LANGUAGES["ko"].items() if particle.search(text)] == []


# One word for one thing, and one level of politeness (…하세요), in all that is said in Korean: the bot, the graph, the page.
NOT_SAID = (
    *("십시오", "쿼터", "플로팅", "인스턴스", "키 페어", "가용 영역", "보안그룹", "네임서버", "리소스", "상대방"),
    *("소속 기관", "롤백", "첫 포트", "마지막 포트", "기다리기", '요청하기"'),
)


def test_korean_has_one_word_for_one_thing_and_one_level_of_politeness() -> None:
    folder = ROOT / "bot" / "texts"
    files = [*folder.glob("*ko.py"), *folder.glob("graph_ko/*.py"), ROOT / "gateway/console/page/texts-ko.js"]
    lines = [(path.name, line.strip()) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 1_000
    assert [(name, word, line) for name, line in lines for word in NOT_SAID if word in line] == []


def _strings(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Each text literal; the fixed beginning of an f-string counts as a beginning."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            yield str(node.values[0].value), True
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, False


def _arguments(tree: ast.AST) -> Iterator[str]:
    """Text literals that a call is given first or second: where the keys of sentences stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _trees() -> list[tuple[str, ast.AST]]:
    found = [path for path in sources("bot") if path.parent != ROOT / "bot" / "texts"]
    return [(path.as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in found]


def test_no_sentence_is_unused() -> None:
    said = [each for _, tree in _trees() for each in _strings(tree)]
    whole = {text for text, beginning in said if not beginning}
    begun = tuple({text for text, beginning in said if beginning and re.match(r"[a-z]+\.", text)})
    assert sorted(key for key in EN if key not in whole and not key.startswith(begun)) == []


def test_every_key_that_is_said_exists() -> None:
    sections = {key.partition(".")[0] for key in EN}
    missing = [
        (path, text)
        for path, tree in _trees()
        for text in _arguments(tree)
        if KEY.fullmatch(text) and text.partition(".")[0] in sections and text not in EN
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("locale", "language"),
    [("ko-KR", "ko"), ("ko_KR.UTF-8", "ko"), ("KO", "ko"), ("en-GB", "en"), ("fr", "en"), ("", "en"), (None, "en")],
)
def test_the_language_of_a_person(locale: str | None, language: str) -> None:
    assert texts.of(locale).language == language


def test_marks_of_the_catalogue_become_styles() -> None:
    assert texts.of("en")("operation.RUNNING", action="server create", subject=(), elapsed="8 s") == (
        Span("server create", Style.BOLD),
        Span(" is under way · 8 s"),
    )
    assert texts.of("en")("explain.role", role="member")[1] == Span("member", Style.CODE)


def test_neighbours_of_one_style_are_one_run() -> None:
    run = (Span("a", Style.CODE), Span("b", Style.CODE), Span("c"), Span("d", url="https://x"), Span("e"))
    assert texts.of("en")("form.title", command=run) == (
        Span("ab", Style.CODE),
        Span("c"),
        Span("d", url="https://x"),
        Span("e"),
    )


@given(st.text(max_size=300))
def test_a_value_never_becomes_markup(value: str) -> None:
    for language in texts.LANGUAGES:
        found = texts.of(language)("error.NOT_FOUND", message=f"x{value}")
        assert [span.style for span in found] == [Style.BOLD, Style.PLAIN]
        assert text_of(found).endswith(clean(f"x{value}"))
        assert texts.of(language).line("error.NOT_FOUND", message=value) == text_of(
            texts.of(language)("error.NOT_FOUND", message=value)
        )


def test_a_missing_value_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        texts.of("en")("error.NOT_FOUND")
