"""The form for what is missing: which fields, which choices, and what comes of it."""

from bot import texts
from bot.catalogue import ParameterSpec
from bot.forms import MAX_FIELDS, Choices, asked_for, choice_query, choices_of, counted, form_for, plural
from bot.invocation import Invocation, bind
from bot.messages import Choice, FieldKind, Form
from bot.parser import split
from tests.bot.specs import SERVER_CREATE, catalogue
from tests.running import Running

EN = texts.of("en")


def begun(text: str) -> Invocation:
    words = split(text)
    found = catalogue().find(words.words, {})
    assert found is not None
    return bind(found[0], words, found[1])


def form(text: str, choices: dict[str, list[Choice]] | None = None, most: int = 100) -> Form:
    counted_ = {name: Choices(rows, len(rows)) for name, rows in (choices or {}).items()}
    return form_for(EN, begun(text), counted_, "f1", most)


def test_the_missing_ones_come_first_then_what_has_choices() -> None:
    names = [parameter.name for parameter in asked_for(begun("server create web --count 2"))]
    assert names[0] == "flavor"
    assert names[1:3] == ["image", "networks"]
    assert len(names) == MAX_FIELDS
    assert not {"name", "count", "project", "cloud", "metadata"} & set(names)


def test_only_what_is_missing_when_there_is_nothing_else() -> None:
    shown = form("server delete")
    assert [field.name for field in shown.fields] == ["server"]
    assert shown.fields[0].required
    assert (shown.id, shown.title, shown.command) == ("f1", "server delete", "server delete")


def test_kinds_of_fields() -> None:
    choices = {"flavor": [Choice("m1", "m1")], "networks": [Choice("a", "a")]}
    fields = {field.name: field for field in form("server create web", choices).fields}
    assert fields["flavor"].kind is FieldKind.CHOICE
    assert fields["flavor"].choices == (Choice("m1", "m1"),)
    assert fields["networks"].kind is FieldKind.CHOICES
    assert fields["image"].kind is FieldKind.TEXT
    assert fields["bootVolumeSize"].kind is FieldKind.NUMBER
    assert fields["bootVolumeSize"].label == "Boot volume size"
    assert fields["userData"].kind is FieldKind.LONG_TEXT and fields["userData"].secret
    assert fields["tags"].kind is FieldKind.LONG_TEXT
    assert fields["wait"].kind is FieldKind.SWITCH and fields["wait"].initial == ("true",)
    assert fields["policy"].choices == (Choice("AFFINITY", "AFFINITY"), Choice("ANTI_AFFINITY", "ANTI_AFFINITY"))


def test_more_choices_than_the_platform_shows_are_typed() -> None:
    field = form("server create web", {"flavor": [Choice(f"m{i}", f"m{i}") for i in range(5)]}, most=4).fields[0]
    assert field.kind is FieldKind.TEXT and field.choices == ()
    assert "There are 5" in field.hint and "m0" in field.hint


def test_the_shown_command_holds_no_secret() -> None:
    assert "hunter2" not in form("server create web --user-data hunter2").command


def test_a_query_for_choices() -> None:
    flavor = SERVER_CREATE.parameter("flavor")
    assert flavor is not None
    document = "query($first: Int!) { rows: flavors(first: $first) { totalCount nodes { id name } } }"
    assert choice_query(flavor, 100) == (document, {"first": 100})
    assert choice_query(ParameterSpec("name")) is None
    assert choice_query(ParameterSpec("name", choices_from="x){y")) is None


def test_rows_are_chosen_by_name_while_it_is_theirs_alone() -> None:
    rows = [
        {"id": "network:k/1", "name": "front"},
        {"id": "network:k/2222", "name": "back"},
        {"id": "network:k/3333", "name": "back"},
        {"id": "network:k/4444", "name": ""},
        {"id": "network:k/5555", "name": "a,b"},
        {"id": "network:k/6666", "name": "evil\u202ename"},
    ]
    found = choices_of({"rows": {"nodes": rows}})
    assert [choice.value for choice in found] == ["front", *(row["id"] for row in rows[1:])]
    assert [choice.label for choice in found[:4]] == ["front", "back (2222)", "back (3333)", "4444"]
    assert "\u202e" not in found[5].label
    assert choices_of(None) == choices_of({"rows": None}) == []
    assert counted(None) == counted({"rows": None}) == Choices([], 0)


def test_a_list_that_is_not_all_there_is_typed_with_the_true_number() -> None:
    """Else a form shows its first rows as if they were all, and nobody can choose another."""
    rows = [{"id": f"flavor:k/{number}", "name": f"m1.{number}"} for number in range(100)]
    first = counted({"rows": {"totalCount": 2_000, "nodes": rows}})
    field = form_for(EN, begun("server create web"), {"flavor": first}, "f1", 100).fields[0]
    assert (field.name, field.kind, field.choices) == ("flavor", FieldKind.TEXT, ())
    assert "There are 2000; type a name, such as m1.0." in field.hint


def test_plurals() -> None:
    assert [plural(kind) for kind in ("server", "ipPolicy", "gateway", "address")] == [
        "servers", "ipPolicies", "gateways", "addresses",
    ]  # fmt: skip


async def test_the_graph_lists_the_choices_of_every_parameter(graph: Running) -> None:
    answer = await graph("jiwoo", "{ commands(all: true) { name parameters { choicesFrom } } }")
    kinds = {p["choicesFrom"] for command in answer["data"]["commands"] for p in command["parameters"]} - {None}
    assert "flavor" in kinds
    names = {command["name"] for command in answer["data"]["commands"]}
    assert {f"{kind}.list" for kind in kinds} <= names  # by which policy says who may see the choices
    for kind in sorted(kinds):
        query = choice_query(ParameterSpec("it", choices_from=kind))
        assert query is not None
        listed = await graph("jiwoo", *query)
        assert {error["extensions"]["code"] for error in listed.get("errors", [])} <= {"DENIED"}, (kind, listed)
    flavors = await graph("jiwoo", *(choice_query(ParameterSpec("it", choices_from="flavor")) or ("", {})))
    assert "m1.small" in [choice.value for choice in choices_of(flavors["data"])]
