"""Every sentence of the graph in every language of the bot: complete, of now, well formed; and how one is found by its English."""

import re
from collections.abc import Mapping

import pytest

from bot import texts
from bot.messages import text_of
from bot.texts.graph_ko import doors, pieces
from bot.texts.sentences import Sentences
from resolvers.compute.actions.lifecycle import TRANSITIONS
from resolvers.compute.port import ServerVerb
from tests.bot.graph_sentences import door_sentences, helps, nouns, sentences

KO = texts.OF_THE_GRAPH["ko"]
HANGUL = re.compile("[가-힣]")
PARTICLE = re.compile(r"\}(`|\*\*)?(을|를|이|가|은|는|와|과|으로|로|에|의|도|만)(?![가-힣])")
SAME = re.compile(r"[A-Z]*|vCPUs|RAM \(MiB\)")  # words that are the same in every language

# One of a few words stands in them, which other languages put in other places.
VARIANTS = {
    "Give {} {} another name.": ["Give a {} another name.", "Give an {} another name."],
    "`{}` is {} in the security group `{}`.": [
        "`{}` is already in the security group `{}`.",
        "`{}` is not in the security group `{}`.",
    ],
    "`{}` is {} shared with that project.": [
        "`{}` is already shared with that project.",
        "`{}` is not shared with that project.",
    ],
}


def stripped(catalogue: Mapping[str, str]) -> dict[str, str]:
    return {english.strip(): told for english, told in catalogue.items()}


@pytest.mark.parametrize("language", set(texts.LANGUAGES) - {"en"})
def test_every_sentence_of_the_graph_is_written_in_every_language(language: str) -> None:
    known = stripped(texts.OF_THE_GRAPH[language])
    missing = {text: place for text, place in sentences().items() if not set(VARIANTS.get(text, [text])) <= set(known)}
    assert missing == {}


def test_no_sentence_is_kept_that_the_graph_does_not_say_any_more() -> None:
    """But for the pieces: what they are put together to, no reading of the sources finds; and for what the doors say, which is below."""
    variants = {variant for variants in VARIANTS.values() for variant in variants}
    assert set(VARIANTS) <= set(sentences())
    elsewhere = set(pieces.SENTENCES) | set(doors.SENTENCES)
    assert set(stripped(KO)) - set(sentences()) - nouns() - variants - elsewhere == set()


def test_all_that_is_said_to_people_at_the_doors_is_written_and_no_more() -> None:
    said = door_sentences()
    another_page = "Pages of another origin may not {}."  # each of them is written whole
    assert another_page in said
    begun = another_page.partition("{")[0]
    whole = {text for text in doors.SENTENCES if not text.startswith(begun)}
    assert {text for text in said if not text.startswith(begun)} == whole


def test_every_help_of_a_reading_command_and_every_title_is_read_in_korean() -> None:
    said = texts.of("ko")
    assert [each for each in helps() if not HANGUL.search(said.sentence(each))] == []
    assert [each for each in nouns() if not SAME.fullmatch(each) and not HANGUL.search(said.word(each))] == []


def test_a_sentence_has_its_values_and_its_code_and_no_particle_after_a_value() -> None:
    def well_formed(english: str, told: str) -> bool:
        holes = [str(place) for place in range(english.count("{}"))]
        marked = told.count("`") % 2 == 0 and not PARTICLE.search(told)
        return bool(HANGUL.search(told)) and sorted(re.findall(r"\{(\d*)\}", told)) == holes and marked

    assert {english: told for english, told in KO.items() if not well_formed(english, told)} == {}


def test_the_steps_and_the_states_of_every_state_change_of_a_server_are_read_in_korean() -> None:
    said = texts.of("ko")
    steps = [f"Ask for: {verb.value.replace('_', ' ')}" for verb in ServerVerb]
    assert [step for step in steps if re.search("[A-Za-z]", said.sentence(step))] == []
    joined = {" or ".join(sorted(states)) for each in TRANSITIONS for states in (each.allowed, each.wanted)}
    assert [states for states in joined if " or " in said.sentence(f"Wait for {states}")] == []


CATALOGUE = {
    "The volume `{}` is {}; it must be available.": "`{0}` 볼륨의 상태: {1}.",
    "There is no {} named `{}`.{}": "`{1}` {0} 없음.{2}",
    "{} Asking for it again.": "{0} 다시 요청합니다.",
    " Did you mean `{}`?": " `{0}` 아닙니까?",
    "{} and {} more": "{0} 외 {1}개",
    "`{}` is in use.": "`{0}` 사용 중.",
    "server": "서버",
}


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("The volume `data` is in-use; it must be available.", "`data` 볼륨의 상태: in-use."),
        ("There is no server named `server`. Did you mean `server`?", "`server` 서버 없음. `server` 아닙니까?"),
        ("`a` is in use. Asking for it again.", "`a` 사용 중. 다시 요청합니다."),
        ("`a`, `b` and 3 more", "`a`, `b` 외 3개"),
        ("The volume `{0} {x}` is %s; it must be available.", "`{0} {x}` 볼륨의 상태: %s."),
        ("No disk with id 7 (HTTP 404)", "No disk with id 7 (HTTP 404)"),
        ("", ""),
    ],
)
def test_a_sentence_is_found_by_what_stands_around_its_values(english: str, told: str) -> None:
    assert Sentences(CATALOGUE)(english) == told


def test_a_long_text_full_of_beginnings_is_read_at_once() -> None:
    """Each value ends where the next part first stands: no text makes it try one end after the other."""
    hostile = "The volume `" + "` is " * 390
    assert Sentences(CATALOGUE)(hostile) == hostile


def test_english_stays_as_it_is_with_its_code() -> None:
    assert text_of(texts.of("en").graph("`a` is in use.")) == "a is in use."
