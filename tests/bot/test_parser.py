"""What people type, with the quotes and dashes of their phones, read as what they meant; what can not be read is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parser import MAX_TEXT, Unreadable, camel, fold, kebab, quote, split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("server list", ("server", "list")),
        ("  server\n\tlist  ", ("server", "list")),
        ("server\u00a0list", ("server", "list")),
        ("a 'b c' d", ("a", "b c", "d")),
        ('a "b c" d', ("a", "b c", "d")),
        (r"a b\ c d", ("a", "b c", "d")),
        (r'a "b \"c\" \\ \n"', ("a", r'b "c" \ \n')),
        (r"a 'b \c'", ("a", r"b \c")),
        ('a "" b', ("a", "", "b")),
        ("pre'fix ed'post", ("prefix edpost",)),
        ('a "two\nlines"', ("a", "two\nlines")),
        ("a “b c” d", ("a", "b c", "d")),
        ("a ‘b c’ d", ("a", "b c", "d")),
        ("a „b c“ d", ("a", "b c", "d")),
        ("a «b c» d", ("a", "b c", "d")),
        ("a »b c« d", ("a", "b c", "d")),
        ("a ”b c” d", ("a", "b c", "d")),
        ('a “b c" d', ("a", "b c", "d")),
        ("a ‘b c' d", ("a", "b c", "d")),
        ("it’s jiwoo’s", ("it’s", "jiwoo’s")),
        ("a “b ‘c’ — d”", ("a", "b ‘c’ — d")),
        ('a "b “c” — d"', ("a", "b “c” — d")),
        ("a 'b “c” — ’d’'", ("a", "b “c” — ’d’")),
        ("서버 목록 “웹 서버”", ("서버", "목록", "웹 서버")),
        ("a -5 −5 –7", ("a", "-5", "-5", "-7")),
        ("web—1 a-b", ("web—1", "a-b")),
        ("a - – b", ("a", "-", "–", "b")),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert split(text).words == words
    assert split(text).options == ()


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("--flavor=m1.small", (("flavor", "m1.small"),)),
        ("--flavor", (("flavor", None),)),
        ("—flavor=m1.small", (("flavor", "m1.small"),)),
        ("–flavor=m1.small", (("flavor", "m1.small"),)),
        ("−flavor=m1.small", (("flavor", "m1.small"),)),
        ("—-flavor=m1.small", (("flavor", "m1.small"),)),
        ("-–flavor=m1.small", (("flavor", "m1.small"),)),
        ("--name=“web 1”", (("name", "web 1"),)),
        ("--name=’web 1’", (("name", "web 1"),)),
        ("--name='a=b'", (("name", "a=b"),)),
        ("--name=a=b", (("name", "a=b"),)),
        ("--name=", (("name", ""),)),
        (
            "--boot-volume=x --boot_volume=y --bootVolume=z",
            (("bootVolume", "x"), ("bootVolume", "y"), ("bootVolume", "z")),
        ),
        ("--Flavor --FLAVOR", (("flavor", None), ("flavor", None))),
        ("--no-wait --x", (("noWait", None), ("x", None))),
        ("--project shop", (("project", "shop"),)),
        ("--cloud krane --project=shop", (("cloud", "krane"), ("project", "shop"))),
    ],
)
def test_options(text: str, options: tuple[tuple[str, str | None], ...]) -> None:
    assert split(text).options == options
    assert split(text).words == ()


def test_order_is_kept_and_raw_too() -> None:
    found = split(" server create —flavor m1 web key=value ")
    assert [token.option or token.value for token in found.tokens] == [
        "server",
        "create",
        "flavor",
        "m1",
        "web",
        "key=value",
    ]
    assert found.raw == "server create —flavor m1 web key=value"


@pytest.mark.parametrize("end", ["--", "—"])
def test_nothing_is_an_option_after_the_end_of_options(end: str) -> None:
    found = split(f"server create {end} --flavor key=value -x")
    assert found.words == ("server", "create", "--flavor", "key=value", "-x")
    assert found.options == ()
    assert all(token.pair is None for token in found.tokens)


def test_quoted_signs_make_no_option_and_no_pair() -> None:
    found = split("'--flavor' \"key=value\" 'key'=value —'x'")
    assert found.words == ("--flavor", "key=value", "key=value", "—x")
    assert all(token.pair is None for token in found.tokens)


def test_a_pair_is_a_word_until_somebody_knows_its_key() -> None:
    (token,) = split("boot-volume=“a b”").tokens
    assert token.option is None and token.value == "boot-volume=a b"
    assert token.pair is not None and (token.pair.option, token.pair.value) == ("bootVolume", "a b")


def test_commas_divide_only_when_they_are_not_quoted() -> None:
    (token,) = split("--networks=a,'b,c',d").tokens
    assert token.parts == ("a", "b,c", "d")
    assert token.value == "a,b,c,d"


@pytest.mark.parametrize(
    ("text", "project", "rest"),
    [
        ("server list --project talk --first 5", "talk", "server list  --first 5"),
        ("--project='my talk' server list", "my talk", "server list"),
        ("server list PROJECT=talk", "talk", "server list"),
        ("server list --json project=talk", "talk", "server list --json"),
        ("server list --first=5 —pro-ject talk", "talk", "server list --first=5"),
        ("server set-metadata web --metadata project=talk", None, None),
        ("server create web --tags project=talk --project shop", "shop", "server create web --tags project=talk"),
        ("server list 'project=talk'", None, None),
        ("server list -- project=talk", None, None),
        ("server list --cloud project=talk", None, None),
        ("server list --project", None, None),
    ],
)
def test_the_project_is_what_the_option_says_and_no_value_of_another(
    text: str, project: str | None, rest: str | None
) -> None:
    assert split(text).said("project") == project
    assert split(text).without("project") == (rest or text)


@pytest.mark.parametrize(
    ("text", "leading"),
    [
        ("vm creat --user-data hunter2 x", ("vm", "creat")),
        ("--project shop --json vm creat key=hunter2 x", ("vm", "creat", "x")),
        ("--user-data hunter2 vm creat", ()),
    ],
)
def test_leading_words_are_no_values_of_options(text: str, leading: tuple[str, ...]) -> None:
    assert split(text).leading == leading


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "parser.empty"),
        (" \n\t ", "parser.empty"),
        ("x" * 40_000, "parser.long"),
        ("x" * (MAX_TEXT + 1), "parser.long"),
        ("it's", "parser.quote"),
        ('server create "web', "parser.quote"),
        ("server create “web", "parser.quote"),
        ("server create “web'", "parser.quote"),
        ("server create web\\", "parser.escape"),
        ("server\x07 list", "parser.control"),
        ("server\x00list", "parser.control"),
        ("server \x1b[31mlist", "parser.control"),
        ("server \x85list", "parser.control"),
        ("server \ud800", "parser.control"),
        ("server \u202elist", "parser.direction"),
        ("server \u2066list\u2069", "parser.direction"),
        ("server \u200flist", "parser.direction"),
        ("server\u200b list", "parser.invisible"),
        ("\ufeffserver list", "parser.invisible"),
    ],
)
def test_what_can_not_be_read_is_said(text: str, key: str) -> None:
    with pytest.raises(Unreadable) as refused:
        split(text)
    assert refused.value.key == key


def test_the_longest_text_is_read() -> None:
    assert split("x" * MAX_TEXT).words == ("x" * MAX_TEXT,)


@pytest.mark.parametrize(
    "name", ["boot-volume-size", "boot_volume_size", "bootVolumeSize", "BootVolumeSize", "Boot-Volume-Size"]
)
def test_all_spellings_of_a_name_are_equal(name: str) -> None:
    assert camel(name) == "bootVolumeSize"
    assert fold(name) == fold("bootVolumeSize")
    assert kebab(camel(name)) == "boot-volume-size"


_VISIBLE = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn"), include_characters="\n\t"), max_size=40
)


@given(st.lists(_VISIBLE, min_size=1, max_size=6))
def test_a_quoted_word_is_read_as_itself(words: list[str]) -> None:
    assert split("x " + " ".join(quote(word) for word in words)).words == ("x", *words)


@given(_VISIBLE)
def test_a_quoted_value_of_an_option_is_read_as_itself(value: str) -> None:
    assert split(f"x --name={quote(value)}").options == (("name", value),)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        found = split(text)
    except Unreadable as refused:
        assert refused.key.startswith("parser.")
    else:
        assert found.tokens or set(found.raw) <= set("-—")
