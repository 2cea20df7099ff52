"""Filters of every list: each operator on each attribute, across edges, and put together, against the same question in plain Python."""

import enum
import json
import random
import types
import typing
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import pytest

from resolvers.compute.port import ServerStatus
from resolvers.graph.filters import MAX_CONDITIONS, MAX_DEPTH, MAX_VALUES, type_name
from resolvers.graph.spelling import camel, snake
from tests.resolvers.graph import walk
from tests.resolvers.graph.asking import Asked
from tests.resolvers.graph.oracle import kind_of
from tests.resolvers.graph.world import KINDS, NOON, OPERATOR, made, member, row_id, world

SEEDS = range(12)
PER_KIND = 12  # random filters of each kind in each world


class Questions:
    """Random filters over the rows of a world, and what they mean."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.rows: list[Any] = world(self.rng, most=5)
        self.by_id = {row.id: row for row in self.rows}
        self.seen: set[str] = set()  # operators that were asked with

    def of(self, kind: str) -> list[Any]:
        return [row for row in self.rows if kind_of(row) == kind]

    def filter(self, kind: str, depth: int = 0) -> dict[str, Any]:
        spec = KINDS[kind]
        shapes = ["attribute", "attribute", "two"] + (["edge"] if spec.edges else [])
        shape = self.rng.choice(shapes + (["and", "or", "not"] if depth < 3 else []))
        if shape == "edge":
            edge = self.rng.choice(list(spec.edges))
            return {camel(edge): self.filter(spec.edges[edge][1], depth + 1)}
        if shape in ("and", "or"):
            return {shape: [self.filter(kind, depth + 1) for _ in range(self.rng.randint(1, 3))]}
        if shape == "not":
            return {"not": self.filter(kind, depth + 1)}
        count = min(1 if shape == "attribute" else 2, len(spec.filters))
        return {camel(name): self.condition(kind, name) for name in self.rng.sample(spec.filters, count)}

    def condition(self, kind: str, attribute: str) -> dict[str, Any]:
        """One or two operators, mostly with values that rows have."""
        values = [shown(kind, attribute, row) for row in self.of(kind)]
        given = self.operators(typing.get_type_hints(KINDS[kind].row)[attribute], [v for v in values if v is not None])
        key = {name: given.pop(name) for name in ("key",) if name in given}
        chosen = self.rng.sample(sorted(given), min(len(given), self.rng.randint(1, 2)))
        self.seen |= set(chosen)
        return key | {name: given[name] for name in chosen}

    def operators(self, hint: Any, values: list[Any]) -> dict[str, Any]:
        """Every operator that fits the type, with a value or two."""
        arms = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        made_of = next(arm for arm in arms if arm is not types.NoneType)
        sample = self.rng.choice(values) if values else None
        if typing.get_origin(made_of) is tuple:
            members = sorted({member for value in values for member in value})
            some = self.rng.sample(members, min(len(members), 2)) or ["nothing"]
            return {"has": some[0], "hasAny": some, "hasAll": list(sample or some)[:2]}
        if typing.get_origin(made_of) is dict:
            value = next(iter(sample.values()), "") if sample else ""
            key = self.rng.choice(["label", "other"])
            return {"key": key, "eq": value, "in": [value, "x"], "exists": self.rng.random() < 0.5}
        choices = [plain(value) for value in values or [FALLBACK.get(made_of) or next(iter(made_of))]]
        one, two = self.rng.choice(choices), self.rng.choice(choices)
        if made_of is str:
            return {
                "eq": one,
                "in": [one, two],
                "contains": one[1 : 1 + self.rng.randint(1, 6)].upper(),
                "startsWith": one[:4],
            }
        if made_of in (int, datetime):
            bounds = {word: self.rng.choice((one, two)) for word in ("eq", "gt", "gte", "lt", "lte")}
            return bounds if made_of is datetime else bounds | {"in": [one, two]}
        return {"eq": one} if made_of is bool else {"eq": one, "in": [one, two]}

    def holds(self, kind: str, given: dict[str, Any], row: Any) -> bool:
        return all(self.part(kind, name, value, row) for name, value in given.items())

    def part(self, kind: str, name: str, value: Any, row: Any) -> bool:
        if name == "and":
            return all(self.holds(kind, inner, row) for inner in value)
        if name == "or":
            return any(self.holds(kind, inner, row) for inner in value)
        if name == "not":
            return not self.holds(kind, value, row)
        if snake(name) in KINDS[kind].edges:
            attribute, other = KINDS[kind].edges[snake(name)]
            held = getattr(row, attribute)
            behind = [self.by_id[i] for i in (held if isinstance(held, tuple) else (held,)) if i in self.by_id]
            return any(self.holds(other, value, found) for found in behind)
        return matches(shown(kind, snake(name), row), value)


FALLBACK: dict[Any, Any] = {int: 1, bool: True, datetime: NOON, str: "nothing"}  # where no row has a value


def shown(kind: str, attribute: str, row: Any) -> Any:
    """As the schema tells it: an image's size in MiB, though the row has bytes."""
    value = getattr(row, attribute)
    return -(-value // 2**20) if (kind, attribute) == ("image", "size") and value is not None else value


def plain(value: Any) -> Any:
    """As JSON carries it."""
    if isinstance(value, enum.Enum):
        return value.name
    return value.isoformat() if isinstance(value, datetime) else value


def matches(value: Any, given: dict[str, Any]) -> bool:
    if "key" in given:
        value = value.get(given["key"])
    value = plain(value)
    comparable = value is not None
    answers: dict[str, Callable[[Any], bool]] = {
        "eq": lambda wanted: value == wanted,
        "in": lambda wanted: value in wanted,
        "contains": lambda wanted: comparable and wanted.lower() in value.lower(),
        "startsWith": lambda wanted: comparable and value.startswith(wanted),
        "gt": lambda wanted: comparable and value > wanted,
        "gte": lambda wanted: comparable and value >= wanted,
        "lt": lambda wanted: comparable and value < wanted,
        "lte": lambda wanted: comparable and value <= wanted,
        "has": lambda wanted: wanted in value,
        "hasAny": lambda wanted: bool(set(wanted) & set(value)),
        "hasAll": lambda wanted: set(wanted) <= set(value),
        "exists": lambda wanted: comparable is wanted,
        "key": lambda wanted: True,
    }
    return all(answers[name](wanted) for name, wanted in given.items())


async def test_every_list_filters_by_each_of_its_attributes_and_edges() -> None:
    asked_with: set[str] = set()
    found_some = 0
    for seed in SEEDS:
        questions = Questions(seed)
        asked = Asked(questions.rows, OPERATOR)
        for root, kind in walk.sorts().lists.items():
            if not questions.of(kind) or kind == "keypair":  # keypairs are not for operators
                continue
            query = (
                f"query($f: {type_name(KINDS[kind])}Filter) {{ {root}(first: 1000, filter: $f) {{ nodes {{ id }} }} }}"
            )
            for _ in range(PER_KIND):
                given = questions.filter(kind)
                found = {row["id"] for row in (await asked.data(query, {"f": given}))[root]["nodes"]}
                expected = {row.id for row in questions.of(kind) if questions.holds(kind, given, row)}
                assert found == expected, f"{root}(filter: {json.dumps(given)})"
                found_some += 0 < len(found) < len(questions.of(kind))
        asked_with |= questions.seen
    assert found_some > 500, "most filters should divide the rows"
    operators = {"eq", "in", "contains", "startsWith", "gt", "gte", "lt", "lte", "has", "hasAny", "hasAll", "exists"}
    assert asked_with == operators


SERVERS = [
    made("server", f"s{place}", name=name, ips=ips, metadata=labels, status=ServerStatus.ACTIVE)
    for place, (name, ips, labels) in enumerate(
        (
            ("web-1", ("10.0.0.1", "10.0.0.2"), {"env": "prod"}),
            ("web-2", ("10.0.0.1",), {"env": "test"}),
            ("db-1", (), {}),
        )
    )
]
NAMES_OF = "query($f: ServerFilter) { servers(filter: $f) { nodes { name } totalCount } }"


def asked() -> Asked:
    return Asked(SERVERS, OPERATOR)


def asked_by_a_member() -> Asked:
    """Of the project that owns all of them."""
    rows = [msgspec.structs.replace(row, project_id=row_id("project", "p")) for row in SERVERS]
    return Asked(rows, member("p"))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"and": [{"ips": {"has": "10.0.0.1"}}, {"ips": {"has": "10.0.0.2"}}]}, ["web-1"]),
        ({"ips": {"has": "10.0.0.1", "hasAny": ["10.0.0.2"]}}, ["web-1"]),
        ({"metadata": {"key": "env", "exists": False}}, ["db-1"]),
        ({"not": {"metadata": {"key": "env", "eq": "prod"}}}, ["db-1", "web-2"]),
        ({"name": {"in": []}}, []),
        ({"or": []}, []),
        ({"and": []}, ["db-1", "web-1", "web-2"]),
        ({"name": {"contains": "WEB"}, "ips": {"hasAll": []}}, ["web-1", "web-2"]),
        ({}, ["db-1", "web-1", "web-2"]),
        (None, ["db-1", "web-1", "web-2"]),
    ],
)
async def test_what_a_filter_means(given: Any, names: list[str]) -> None:
    found = (await asked().data(NAMES_OF, {"f": given}))["servers"]
    assert [row["name"] for row in found["nodes"]] == names
    assert found["totalCount"] == len(names)


async def test_the_size_of_an_image_is_filtered_as_it_is_shown() -> None:
    """In MiB, rounded up: bytes would not fit into 32 bits."""
    sizes = {"small": 1, "two": 2 * 2**20, "large": 5 * 2**30, "empty": None}
    rows = [made("image", name, name=name, size=size) for name, size in sizes.items()]
    query = "query($f: ImageFilter) { images(filter: $f) { nodes { name size } } }"

    async def found(**given: Any) -> dict[str, int]:
        answer = await Asked(rows, OPERATOR).data(query, {"f": {"size": given}})
        return {row["name"]: row["size"] for row in answer["images"]["nodes"]}

    assert await found(gte=2) == {"two": 2, "large": 5120}
    assert await found(eq=1) == {"small": 1}
    assert await found(lt=5120) == {"small": 1, "two": 2}


def nested(depth: int) -> dict[str, Any]:
    return {"name": {"eq": "x"}} if depth == 0 else {"not": nested(depth - 1)}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"createdAt": {"gt": "2026-09-01T12:00:00"}}, "A moment needs its distance from UTC"),
        ({"createdAt": {"gt": "yesterday"}}, "yesterday"),
        ({"name": {"in": ["x"] * (MAX_VALUES + 1)}}, "`in` takes at most 500 values; 501 were given."),
        ({"ips": {"hasAny": ["x"] * (MAX_VALUES + 1)}}, "`hasAny` takes at most 500 values; 501 were given."),
        ({"ips": {"hasAll": ["x"] * (MAX_VALUES + 1)}}, "`hasAll` takes at most 500 values; 501 were given."),
        ({"metadata": {"key": "a", "in": ["x"] * (MAX_VALUES + 1)}}, "`in` takes at most 500 values; 501 were given."),
        ({"metadata": {"key": "env"}}, "Say of the label `env` what it shall be: `eq`, `in` or `exists`."),
        ({"or": [{"name": {"eq": "x"}}] * (MAX_CONDITIONS + 1)}, "A filter may hold at most 40 conditions."),
        (nested(MAX_DEPTH + 1), "A filter may hold `and`, `or`, `not` and edges at most 8 deep."),
        ({"status": {"eq": "FLYING"}}, "FLYING"),
        ({"colour": {"eq": "red"}}, "colour"),
        ({"vcpus": {"gt": "many"}}, "many"),
    ],
)
async def test_a_filter_that_can_not_be_right_is_refused(given: Any, sentence: str) -> None:
    refused = await asked().errors(NAMES_OF, {"f": given})
    assert [error["code"] for error in refused] == ["INVALID"]
    assert sentence in refused[0]["message"]


async def test_a_filter_at_its_bounds_is_answered() -> None:
    values = [f"web-{n}" for n in range(MAX_VALUES)]
    given = {"and": [nested(MAX_DEPTH - 1)] * 2, "name": {"in": values}}
    assert (await asked().data(NAMES_OF, {"f": given}))["servers"]["totalCount"] == 2


@pytest.mark.parametrize(
    "question",
    [
        '{ servers(filter: {host: {contains: "a"}}) { totalCount } }',
        '{ servers(filter: {not: {host: {eq: "a"}}}) { totalCount } }',
        '{ volumes(filter: {servers: {or: [{host: {eq: "a"}}]}}) { totalCount } }',
        '{ serverFacets(filter: {host: {eq: "a"}}) { status { value } } }',
        "{ servers(orderBy: [{field: HOST}]) { totalCount } }",
    ],
)
async def test_the_host_of_a_server_is_for_operators(question: str) -> None:
    assert await asked().errors(question) == []
    refused = await asked_by_a_member().errors(question)
    assert [error["code"] for error in refused] == ["DENIED"]
    assert "operators of the cloud" in refused[0]["message"]


async def test_operators_read_the_host_and_others_read_null() -> None:
    query = "{ servers { nodes { host } } serverFacets { host { value } } }"
    told = await asked().data(query)
    assert {row["host"] for row in told["servers"]["nodes"]} == {row.host for row in SERVERS}
    assert {entry["value"] for entry in told["serverFacets"]["host"]} == {row.host or "" for row in SERVERS}
    kept = await asked_by_a_member().data(query)
    assert [row["host"] for row in kept["servers"]["nodes"]] == [None] * 3
    assert kept["serverFacets"]["host"] == []


async def test_a_state_that_is_newer_than_ours_is_told_as_unknown() -> None:
    odd = made("server", "odd", name="odd", status=ServerStatus.UNKNOWN)
    query = (
        "{ servers(filter: {status: {eq: UNKNOWN}}) { nodes { name status } } serverFacets { status { value count } } }"
    )
    told = await Asked([*SERVERS, odd], OPERATOR).data(query)
    assert told["servers"]["nodes"] == [{"name": "odd", "status": "UNKNOWN"}]
    assert told["serverFacets"]["status"] == [{"value": "ACTIVE", "count": 3}, {"value": "UNKNOWN", "count": 1}]
