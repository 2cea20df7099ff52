"""`commands`: help that differs by person, and tells everything that a form or a chat bot needs to ask for."""

from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_required_input_field,
    parse,
    validate,
)

from resolvers.actor import Identity
from tests.resolvers.graph import walk
from tests.resolvers.graph.asking import Asked
from tests.resolvers.graph.world import KINDS, OPERATOR, member

COMMANDS = """{ commands { name summary kind danger role document rows total next text allowed columns { title path }
  parameters { name type required many position choices choicesFrom default help } } }"""


async def commands(identity: Identity, kind: str | None = None) -> dict[str, Any]:
    answer = await Asked([], identity).data(COMMANDS)
    return {command["name"]: command for command in answer["commands"] if kind in (None, command["kind"])}


def reader() -> Identity:
    return Identity("user-1", "reader", "domain-0", "Default", {"p": frozenset({"reader"})})


async def test_help_shows_to_each_person_what_that_person_may_run() -> None:
    everything, ordinary, nearly_nothing = (
        set(await commands(OPERATOR)),
        set(await commands(member("p"))),
        set(await commands(reader())),
    )
    assert nearly_nothing < ordinary < everything
    assert {"server.create", "volume.attach"} & ordinary == {"server.create"} | ({"volume.attach"} & everything)
    assert "server.create" not in nearly_nothing
    assert {name for name in everything - ordinary if name.startswith("flavor.")}
    for_operators = {
        name for name, command in (await commands(OPERATOR)).items() if command["role"] in ("operator", "admin")
    }
    assert for_operators == everything - ordinary


async def test_each_command_is_a_mutation_with_its_plan() -> None:
    mutations, plans = walk.graph().mutation_type, walk.graph().get_type("Plans")
    assert mutations is not None
    known = await commands(OPERATOR, "CHANGE")
    fields = {name.split(".")[0] + name.split(".")[1][0].upper() + name.split(".")[1][1:] for name in known}
    assert set(mutations.fields) == fields | {"apply", "approvePlan", "refusePlan", "undo", "operationSecret"}
    assert set(getattr(plans, "fields", ())) == fields


async def test_each_document_is_valid() -> None:
    for name, command in (await commands(OPERATOR)).items():
        assert validate(walk.graph(), parse(command["document"])) == [], name


async def test_parameters_are_those_of_the_input() -> None:
    for name, command in (await commands(OPERATOR, "CHANGE")).items():
        noun, verb = name.split(".")
        given = walk.graph().get_type(f"{noun[0].upper()}{noun[1:]}{verb[0].upper()}{verb[1:]}Input")
        assert isinstance(given, GraphQLInputObjectType), name
        told = {parameter["name"]: parameter for parameter in command["parameters"]}
        assert set(told) == set(given.fields), name
        for field_name, field in given.fields.items():
            parameter = told[field_name]
            assert parameter["type"] == get_named_type(field.type).name, (name, field_name)
            assert parameter["required"] is is_required_input_field(field), (name, field_name)
            assert parameter["many"] is is_list_type(get_nullable_type(field.type)), (name, field_name)
            values = getattr(get_named_type(field.type), "values", {})
            assert parameter["choices"] == list(values), (name, field_name)
            assert parameter["help"] == field.description, (name, field_name)


async def test_what_helps_to_ask_is_told() -> None:
    for name, command in (await commands(OPERATOR)).items():
        assert command["summary"].endswith("."), name
        places = sorted(p["position"] for p in command["parameters"] if p["position"] is not None)
        assert places == list(range(len(places))), name
        for parameter in command["parameters"]:
            assert parameter["help"], f"{name}: `{parameter['name']}` has no help"
            assert parameter["choicesFrom"] is None or parameter["choicesFrom"] in KINDS, (name, parameter["name"])
            if parameter["required"]:
                assert parameter["default"] is None


@pytest.mark.parametrize("name", ["server.delete", "volume.delete", "image.delete"])
async def test_what_can_not_be_brought_back_is_called_destructive(name: str) -> None:
    assert (await commands(OPERATOR))[name]["danger"] == "DESTRUCTIVE"
