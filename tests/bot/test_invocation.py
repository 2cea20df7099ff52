"""Words bound to parameters: every type, every way to be wrong, and the text that means the same again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.catalogue import CommandSpec, ParameterSpec
from bot.invocation import Flags, Invocation, Misused, bind, retyped, with_values
from bot.parser import split
from tests.bot.specs import SERVER_CREATE, catalogue


def bound(text: str) -> Invocation:
    words = split(text)
    found = catalogue().find(words.words, {"vm": "server"})
    assert found is not None
    return bind(found[0], words, found[1])


def refused(text: str) -> Misused:
    with pytest.raises(Misused) as misused:
        bound(text)
    for language in texts.LANGUAGES:
        assert texts.of(language).line(misused.value.key, **misused.value.values)
    return misused.value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("server create web --flavor m1", {"name": "web", "flavor": "m1"}),
        ("server create --flavor m1 web", {"name": "web", "flavor": "m1"}),
        ("server --flavor=m1 create web", {"name": "web", "flavor": "m1"}),
        ("vm create flavor=m1 name=web", {"name": "web", "flavor": "m1"}),
        ("server create --name web-1", {"name": "web-1"}),
        ("server create a=b", {"name": "a=b"}),
        ("server create 'flavor=m1'", {"name": "flavor=m1"}),
        ("server create -- --flavor", {"name": "--flavor"}),
        ("server create --networks a,b --networks=c networks=d", {"networks": ["a", "b", "c", "d"]}),
        ("server create --networks 'a,b'", {"networks": ["a,b"]}),
        ("server create --networks=", {"networks": []}),
        ("server create --count 3", {"count": 3}),
        ("server create --count=-3", {"count": -3}),
        ("server create --count −3", {"count": -3}),
        ("server create --weight 0.5", {"weight": 0.5}),
        ("server create --weight 1e3", {"weight": 1000.0}),
        ("server create --wait", {"wait": True}),
        ("server create --wait web", {"wait": True, "name": "web"}),
        ("server create --wait 1", {"wait": True, "name": "1"}),
        ("server create --wait no web", {"wait": False, "name": "web"}),
        ("server create --wait=0", {"wait": False}),
        ("server create wait=예", {"wait": True}),
        ("server create --no-wait web", {"wait": False, "name": "web"}),
        ("server create --policy anti-affinity", {"policy": "ANTI_AFFINITY"}),
        ("server create --policy=Anti_Affinity", {"policy": "ANTI_AFFINITY"}),
        ("server create --max-age 5m", {"maxAge": "5m"}),
        ("server create --user-data ''", {"userData": ""}),
        ('server create --metadata \'{"a": {"b": [1]}}\'', {"metadata": {"a": {"b": [1]}}}),
        ('server create --metadata {"a":"b"}', {"metadata": {"a": "b"}}),
        ("server create --metadata '{“a”: “b”}'", {"metadata": {"a": "b"}}),
        ("server create --metadata ‘{“a”: “b”}’", {"metadata": {"a": "b"}}),
        ("server create metadata=service=talk,owner='j, k'", {"metadata": {"service": "talk", "owner": "j, k"}}),
        ("server create --ports '[{\"a\": 1}]'", {"ports": [{"a": 1}]}),
        ("server create --ports '{\"a\": 1}'", {"ports": [{"a": 1}]}),
        ("server create --ports '{\"a\": 1}' --ports='{\"b\": 2}'", {"ports": [{"a": 1}, {"b": 2}]}),
        ("security-group rule-add sg tcp 80", {"securityGroup": "sg", "protocol": "tcp", "portMin": 80}),
        ("security-group rule-add sg --protocol tcp 80", {"securityGroup": "sg", "protocol": "tcp", "portMin": 80}),
        ("server set-tags web a b,c", {"server": "web", "tags": ["a", "b", "c"]}),
        ("server create --project shop", {"project": "shop"}),
    ],
)
def test_values(text: str, values: dict[str, Any]) -> None:
    assert bound(text).values == values


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("server create --flvor m1", "bind.unknown_near", "--flavor"),
        ("server create --zzzzzz", "bind.unknown", "--zzzzzz"),
        ("server create web flvor=m1", "bind.unknown_near", "--flavor"),
        ("server create --no-flavor", "bind.unknown_near", "--no-flavor"),
        ("server create --flavor a --flavor b", "bind.twice", "--flavor"),
        ("server create --flavor a flavor=a", "bind.twice", "--flavor"),
        ("server create --wait --no-wait", "bind.twice", "--wait"),
        ("server create --project a --project b", "bind.twice", "--project"),
        ("server delete web --project a --project b", "bind.twice", "--project"),
        ("server create --flavor", "bind.value", "--flavor FLAVOR"),
        ("server create --flavor --wait", "bind.value", "--flavor FLAVOR"),
        ("server create web two", "bind.words", "two"),
        ("server list --locked x", "bind.no_words", "x"),
        ("server create -flavor m1", "bind.dash", "--flavor"),
        ("server create --count three", "bind.int", "three"),
        ("server create --count 1.5", "bind.int", "1.5"),
        ("server create --count 1_000", "bind.int", "1_000"),
        ("server create --count ٣", "bind.int", "٣"),
        ("server create --count 2147483648", "bind.int_range", "2147483647"),
        ("server create --count=99999999999999999999", "bind.int_range", "2147483647"),
        ("server create --weight nan", "bind.float", "nan"),
        ("server create --weight heavy", "bind.float", "heavy"),
        ("server create --wait=maybe", "bind.boolean", "maybe"),
        ("server create --policy afinity", "bind.choice_near", "AFFINITY"),
        ("server create --policy xyz", "bind.choice", "ANTI_AFFINITY"),
        ("server create --metadata {a", "bind.json", "{a"),
        ("server create --metadata NaN", "bind.json", "NaN"),
        ("server create --metadata " + "[" * 3000, "bind.json", "[["),
        ("server create --explain=perhaps", "bind.boolean", "perhaps"),
    ],
)
def test_misuse_is_one_sentence(text: str, key: str, said: str) -> None:
    misused = refused(text)
    assert misused.key == key
    assert said in texts.of("en").line(misused.key, **misused.values)
    assert said in texts.of("ko").line(misused.key, **misused.values)


def test_what_was_probably_meant_is_suggested() -> None:
    assert refused("server create --flvor m1").values["nearest"] == "--flavor"
    assert refused("server create --policy afinity").values["nearest"].startswith("AFFINITY")
    assert refused("server create --explian").values["nearest"].startswith("--explain")


@pytest.mark.parametrize("text", ["server delete web --cloud krane", "server delete web cloud=krane"])
def test_a_cloud_is_an_option_only_where_the_command_has_it(text: str) -> None:
    misused = refused(text)
    assert (misused.key, misused.values["option"]) == ("bind.unknown", "--cloud")


@pytest.mark.parametrize("option", ["--metadata", "--tags"])
def test_what_looks_like_the_project_and_is_a_value_is_not_whom_to_act_for(option: str) -> None:
    assert bound(f"server create web {option} project=talk").flags.project is None
    assert bound(f"server create web {option} project=talk --project shop").flags.project == "shop"


def test_a_project_that_is_the_object_of_a_command_is_not_whom_to_act_for() -> None:
    spec = CommandSpec(
        "image.share",
        parameters=(
            ParameterSpec("image", required=True, position=0),
            ParameterSpec("project", required=True, position=1),
        ),
    )
    for text in ("image share img talk", "image share img --project talk", "image share img project=talk"):
        words = split(text)
        shared = bind(spec, words, words.words[2:])
        assert (shared.values, shared.flags.project) == ({"image": "img", "project": "talk"}, None)
        assert retyped(shared) == "image share img talk"


def test_flags_stand_anywhere() -> None:
    text = "--cloud krane server create web --explain --plan --json --help --project shop"
    assert bound(text).flags == Flags(explain=True, plan=True, json=True, help=True, project="shop")
    assert bound(text).values == {"name": "web", "project": "shop", "cloud": "krane"}


def test_flags_are_no_values_where_the_command_has_no_such_parameter() -> None:
    invocation = bound("server delete web --project shop --json=no")
    assert invocation.values == {"server": "web"}
    assert invocation.flags == Flags(project="shop")


def test_missing_ones_are_named_in_the_order_of_the_words() -> None:
    assert [p.name for p in bound("server create").missing] == ["name", "flavor"]
    assert [p.name for p in bound("server create web").missing] == ["flavor"]
    assert bound("server create web --flavor m1").missing == ()


def test_a_change_has_one_input() -> None:
    assert bound("server delete web").variables("k1") == {"input": {"server": "web"}, "idempotencyKey": "k1"}


def test_a_reading_command_has_flat_variables_and_a_small_page() -> None:
    assert bound("server list").variables() == {"first": 20}
    assert bound("server list --first 5 --status active").variables() == {"first": 5, "status": "ACTIVE"}
    assert bound("server show web").variables("k1") == {"id": "web"}


def test_labels_in_several_words_are_one_object() -> None:
    spec = CommandSpec(
        "server.label",
        parameters=(ParameterSpec("server", required=True, position=0), ParameterSpec("labels", "JSON", position=1)),
    )
    words = split("server label web a=1 b=2")
    assert bind(spec, words, words.words[2:]).values == {"server": "web", "labels": {"a": "1", "b": "2"}}


def test_a_form_completes_the_values() -> None:
    begun = bound("server create web --count 2")
    done = with_values(
        begun,
        {
            "flavor": ["m1.small"], "networks": ["a", "b,c"], "tags": ["x, y\nz"], "count": [""], "wait": [],
            "metadata": ["a=b"], "policy": ["AFFINITY"],
        },
    )  # fmt: skip
    assert done.values == {
        "name": "web", "flavor": "m1.small", "networks": ["a", "b,c"], "tags": ["x", "y", "z"], "wait": False,
        "metadata": {"a": "b"}, "policy": "AFFINITY",
    }  # fmt: skip
    assert done.missing == ()
    assert begun.values == {"name": "web", "count": 2}


def test_a_form_with_nothing_required_still_misses_it() -> None:
    assert [p.name for p in with_values(bound("server create web"), {"flavor": [" "]}).missing] == ["flavor"]


@pytest.mark.parametrize("values", [{"count": ["many"]}, {"policy": ["none"]}, {"nothing": ["x"]}])
def test_a_form_is_checked_like_text(values: dict[str, list[str]]) -> None:
    with pytest.raises(Misused):
        with_values(bound("server create web"), values)


def test_retyped_with_a_change() -> None:
    invocation = bound("server list --status=active --first 5 --json")
    assert retyped(invocation, after="abc=") == 'server list --status=ACTIVE --first=5 --after="abc=" --json'
    assert retyped(invocation, status=None) == "server list --first=5 --json"
    assert retyped(bound("server delete web --project shop")) == "server delete web --project=shop"


_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn")), max_size=12)
_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "name": _TEXT,
        "flavor": _TEXT,
        "count": st.integers(-(2**31), 2**31 - 1),
        "weight": st.floats(allow_nan=False, allow_infinity=False),
        "wait": st.booleans(),
        "policy": st.sampled_from(["AFFINITY", "ANTI_AFFINITY"]),
        "networks": st.lists(_TEXT, max_size=3),
        "metadata": st.dictionaries(_TEXT, _TEXT, max_size=3),
        "ports": st.lists(st.dictionaries(_TEXT, st.integers(), max_size=2), max_size=2),
        "project": _TEXT,
    },
)


@given(_VALUES, st.booleans(), st.booleans())
def test_what_is_retyped_means_the_same(values: dict[str, Any], plan: bool, json: bool) -> None:
    flags = Flags(plan=plan, json=json, project=values.get("project"))
    invocation = Invocation(SERVER_CREATE, values, flags=flags)
    again = bound(retyped(invocation))
    assert again.values == values
    assert again.flags == flags


@given(st.text(max_size=120))
def test_any_words_are_bound_or_refused(text: str) -> None:
    try:
        words = split(f"server create {text}")
        bind(SERVER_CREATE, words, words.words[2:])
    except Exception as refusal:
        assert hasattr(refusal, "key"), refusal  # Unreadable and Misused: nothing else may come out
        for language in texts.LANGUAGES:
            assert texts.of(language).line(refusal.key, **getattr(refusal, "values", {}))
