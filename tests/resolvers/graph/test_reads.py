"""Read commands: each document is valid, takes its parameters as variables, and answers where it says that it does."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, get_named_type, parse, print_ast, type_from_ast, validate

from resolvers import DOMAINS
from resolvers.compute.port import ServerStatus
from resolvers.graph.commands import Command, CommandKind, command_of_read
from resolvers.graph.reads import reads_of
from tests.resolvers.graph import walk
from tests.resolvers.graph.asking import Asked
from tests.resolvers.graph.world import KINDS, OPERATOR, made, member
from tests.running import Running

READS = {name: command_of_read(read) for name, read in reads_of(DOMAINS).items()}
PEOPLE = ("jiwoo", "operator")


def at(data: Any, path: str) -> list[Any]:
    """Every value at a dotted path, through lists."""
    if isinstance(data, list):
        return [value for member in data for value in at(member, path)]
    head, _, rest = path.partition(".")
    if data is None:
        return []
    return at(data[head], rest) if rest else [data[head]]


def variables_of(document: str) -> dict[str, str]:
    operation = parse(document).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return {found.variable.name.value: print_ast(found.type) for found in operation.variable_definitions or ()}


def test_every_listed_kind_has_its_list_and_its_show() -> None:
    listed = {resource.kind.name for domain in DOMAINS for resource in domain.resources if resource.listed}
    assert {f"{kind}.{verb}" for kind in listed for verb in ("list", "show")} <= set(READS)
    assert {"search.find", "operation.list", "operation.show", "audit.list", "server.log", "quota.list"} <= set(READS)


@pytest.mark.parametrize("command", READS.values(), ids=lambda command: command.name)
def test_a_document_is_valid_and_its_variables_are_the_parameters(command: Command) -> None:
    assert command.kind is CommandKind.READ
    assert validate(walk.graph(), parse(command.document)) == []
    told = {}
    for parameter in command.parameters:
        inner = f"[{parameter.type}!]" if parameter.many else parameter.type
        told[parameter.name] = f"{inner}!" if parameter.required else inner
        known = walk.graph().get_type(parameter.type)
        assert known is not None, parameter.name
        assert parameter.choices == list(getattr(known, "values", {})), parameter.name
        assert parameter.help.endswith("."), parameter.name
        assert parameter.choices_from is None or parameter.choices_from in KINDS
    assert told == variables_of(command.document)
    places = sorted(p.position for p in command.parameters if p.position is not None)
    assert places == list(range(len(places)))
    assert all(type_from_ast(walk.graph(), parse_type(kind)) for kind in told.values())


def parse_type(text: str) -> Any:
    operation = parse(f"query($v: {text}) {{ __typename }}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.variable_definitions
    return operation.variable_definitions[0].type


def test_list_parameters_are_the_filters_of_the_kind_that_one_word_answers() -> None:
    for name, kind in KINDS.items():
        root = walk.graph().query_type
        assert root is not None
        filters = get_named_type(root.fields[kind.plural].args["filter"].type)
        one_word = {
            field
            for field, about in getattr(filters, "fields", {}).items()
            if (inner := get_named_type(about.type).name) in ("StringFilter", "BooleanFilter", "StringListFilter")
            or (inner.endswith("Filter") and "eq" in getattr(about.type, "fields", {}) and enum_of(about.type))
        }
        assert one_word <= {p.name for p in READS[f"{name}.list"].parameters}, name


def enum_of(filters: Any) -> bool:
    return bool(getattr(get_named_type(filters.fields["eq"].type), "values", None))


@pytest.mark.parametrize("person", PEOPLE)
async def test_every_list_answers_where_it_says_and_every_row_can_be_shown(graph: Running, person: str) -> None:
    shown = 0
    for name, command in READS.items():
        if not name.endswith(".list") or (command.role != "reader" and person != "operator"):
            continue
        given = {"project": "shop"} if name == "quota.list" else {}
        data = await graph.data(person, command.document, given)
        assert command.rows is not None
        rows = at(data, command.rows)[0]
        assert isinstance(rows, list), name
        for column in command.columns:
            at(rows, column.path)  # raises where the answer has no such path
        if command.total is not None and command.next is not None:
            assert isinstance(at(data, command.total)[0], int)
            assert set(at(data, command.next)[0]) == {"endCursor", "hasNextPage"}
        show = READS.get(f"{name.removesuffix('.list')}.show")
        if show is None or not rows:
            continue
        shown += 1
        one = await graph.data(person, show.document, {"id": rows[0]["id"]})
        assert show.rows is not None
        assert at(one, show.rows)[0]["id"] == rows[0]["id"], name
        for column in show.columns:
            at(at(one, show.rows), column.path)
    assert shown >= 15


async def test_the_other_reads_answer(graph: Running) -> None:
    found = await graph.data("jiwoo", READS["search.find"].document, {"text": "shop-web"})
    assert {"shop-web-1", "shop-web-2"} <= set(at(found, "search.node.name"))
    log = await graph.data("jiwoo", READS["server.log"].document, {"id": "shop-web-1", "lines": 5})
    assert isinstance(at(log, "server.consoleLog")[0], str)
    quotas = await graph.data("jiwoo", READS["quota.list"].document, {"project": "shop"})
    assert {"instances", "cores"} <= set(at(quotas, "quotas.usage.resource"))


async def test_the_quotas_of_a_project_that_is_not_seen_are_not_found(graph: Running) -> None:
    refused = await graph.refused("minsu", READS["quota.list"].document, {"project": "shop"})
    assert refused["code"] == "NOT_FOUND"


async def test_list_parameters_filter() -> None:
    rows = [
        made("server", "a", name="web-1", status=ServerStatus.ACTIVE, project_id="project:c/p"),
        made("server", "b", name="WEB-2", status=ServerStatus.SHUTOFF, project_id="project:c/p", tags=("blue",)),
        made("server", "c", name="db-1", status=ServerStatus.ACTIVE, project_id="project:c/p"),
    ]
    asked, document = Asked(rows, member("p")), READS["server.list"].document

    async def names(**given: Any) -> list[str]:
        return sorted(at(await asked.data(document, given), "servers.nodes.name"))

    assert await names() == ["WEB-2", "db-1", "web-1"]
    assert await names(name="web") == ["WEB-2", "web-1"]
    assert await names(name="web", status="ACTIVE") == ["web-1"]
    assert await names(tags="blue") == ["WEB-2"]
    assert len(await names(first=2)) == 2


async def test_a_filter_for_operators_is_refused_only_when_it_asks_something() -> None:
    document = READS["server.list"].document
    refused = await Asked([], member("p")).errors(document, {"host": "compute-1"})
    assert [error["code"] for error in refused] == ["DENIED"]
    assert await Asked([], member("p")).data(document, {}) is not None
    assert await Asked([], OPERATOR).data(document, {"host": "compute-1"}) is not None


async def test_a_command_is_found_by_name_whether_it_is_allowed_or_not() -> None:
    query = "query($n: String!) { command(name: $n) { name kind allowed role } }"
    asked = Asked([], member("p"))
    denied = (await asked.data(query, {"n": "flavor.create"}))["command"]
    assert denied == {"name": "flavor.create", "kind": "CHANGE", "allowed": False, "role": "operator"}
    assert (await asked.data(query, {"n": "server.list"}))["command"]["allowed"] is True
    assert [error["code"] for error in await asked.errors(query, {"n": "server.fly"})] == ["NOT_FOUND"]


async def test_all_tells_of_every_command_and_the_default_only_of_the_allowed_ones() -> None:
    query = "query($all: Boolean!) { commands(all: $all) { name allowed } }"
    asked = Asked([], member("p"))
    every = (await asked.data(query, {"all": True}))["commands"]
    some = (await asked.data(query, {"all": False}))["commands"]
    assert [command for command in every if command["allowed"]] == some
    assert 0 < len(some) < len(every)
    assert [command["name"] for command in every] == sorted(command["name"] for command in every)
