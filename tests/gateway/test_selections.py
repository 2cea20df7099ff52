"""Which selections of a document are compiled, what they depend on, and that they are no more than follows from its length."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import DocumentNode, ExecutionResult, execute, parse, validate

from gateway.execution.fast import Plans, fast
from tests.gateway.things import QUICK, WITHOUT, Asking, compiled, merging, schema, thing, told

MANY = 1_000  # tokens: enough for each document here


async def same(document: DocumentNode, root: Any, plans: Plans, **more: Any) -> None:
    assert await told(document, root, plans, **more) == await told(document, root, **more)


def counting() -> tuple[type[Any], list[str]]:
    """The quick executor, and the type of each selection that it has looked at."""
    collected: list[str] = []

    class Counting(WITHOUT):  # type: ignore[misc,valid-type] # known at runtime only
        def collect_subfields(self, return_type: Any, selected: Any) -> Any:
            collected.append(return_type.name)
            return super().collect_subfields(return_type, selected)

    return fast(Counting, schema._schema), collected


async def test_what_directives_leave_out_depends_on_the_variables_of_each_request() -> None:
    parsed = parse(
        "query($a: Boolean!, $b: Boolean = true) { all { name @include(if: $a) parts @skip(if: $b) { code } size } }"
    )
    root, plans = SimpleNamespace(all=[thing()] * 3), Plans(MANY)
    for variables in ({"a": True}, {"a": False}, {"a": True, "b": False}, {"a": False, "b": False}) * 3:
        for _ in range(3):
            await same(parsed, root, plans, variable_values=variables)


async def test_two_choices_of_the_variables_are_kept_compiled_and_a_third_one_drives_out_the_oldest() -> None:
    """What is kept for a document does not grow with its variables."""
    parsed = parse(
        "query($a: Boolean!, $b: Boolean = true) { first { name @include(if: $b) best @include(if: $a) { code } } }"
    )
    root, plans = SimpleNamespace(first=thing(name="b")), Plans(MANY)
    for variables in ({"a": True}, {"a": False}) * 2:
        await same(parsed, root, plans, variable_values=variables)
    assert compiled(plans) == ["Thing", "Part", "Thing"]
    for _ in range(2):
        await same(parsed, root, plans, variable_values={"a": False, "b": False})
    assert compiled(plans) == ["Thing", "Thing"]


@pytest.mark.parametrize(
    "selected",
    [
        "name parts { code @include(if: $a) }",
        "name parts { ... @skip(if: $a) { code } }",
        "name parts { code } spare { code weight @skip(if: $a) }",
        "best { code } parts { ...P @include(if: $a) } name",
    ],
)
async def test_a_directive_without_a_value_is_told_where_it_stands(selected: str) -> None:
    """A Boolean with a default may be sent as null, which no directive takes."""
    fragment = "fragment P on Part { code }" if "...P" in selected else ""
    parsed = parse(f"query($a: Boolean = true) {{ all {{ {selected} }} first {{ {selected} }} }} {fragment}")
    assert validate(schema._schema, parsed) == []
    root, plans = SimpleNamespace(all=[thing(), thing()], first=thing()), Plans(MANY)
    for given in ({"a": None}, {}, {"a": None}, {"a": False}, {"a": None}) * 2:
        await same(parsed, root, plans, variable_values=given)
    _, errors, *_ = await told(parsed, root, plans, variable_values={"a": None})
    assert len(errors[0]["path"]) > 2


async def test_a_null_is_neither_false_nor_the_value_of_another_variable() -> None:
    parsed = parse(
        """query($a: Boolean = true, $b: Boolean = true) {
        first { name best { code @include(if: $a) } spare { code weight @include(if: $b) } } }"""
    )
    root, values = SimpleNamespace(first=thing(best=thing().spare)), (True, False, None)
    for a, b, c, d in itertools.product(values, repeat=4):
        plans = Plans(MANY)
        for variables in ({"a": a, "b": b},) * 3 + ({"a": c, "b": d},):
            await same(parsed, root, plans, variable_values=variables)


async def test_the_operations_of_a_document_do_not_mix() -> None:
    parsed = parse(
        """query A($a: Boolean = true) { all { ...F } } query B($a: Boolean = false) { all { ...F } }
        query C($a: Boolean = true) { all { ...F parts { weight } } first { name } }
        fragment F on Thing { name parts @include(if: $a) { code } size @skip(if: $a) }"""
    )
    root, plans = SimpleNamespace(all=[thing()] * 2, first=thing()), Plans(MANY)
    for _ in range(3):
        for operation in "ABC":
            await same(parsed, root, plans, operation_name=operation)
    assert compiled(plans)


async def test_a_selection_is_compiled_when_it_is_met_the_second_time() -> None:
    """Most documents are asked once, of few rows."""
    parsed, plans = parse("{ all { spare { code } } }"), Plans(MANY)
    for rows, expected in ((0, []), (1, []), (1, ["Thing", "Part"])):
        await same(parsed, SimpleNamespace(all=[thing()] * rows), plans)
        assert sorted(compiled(plans)) == sorted(expected)
    of_many = Plans(MANY)
    await same(parsed, SimpleNamespace(all=[thing()] * 2), of_many)
    assert sorted(compiled(of_many)) == ["Part", "Thing"]


@pytest.mark.parametrize("most", [2, 4])
@pytest.mark.parametrize("rows", ["all", "things"])
async def test_a_list_of_rows_is_read_in_one_attempt(rows: str, most: int) -> None:
    parsed, plans, attempts = parse(f"{{ {rows} {{ name parts {{ code }} }} }}"), Plans(MANY), []
    for of in (list, tuple) * 2:
        asking = Asking()
        root = SimpleNamespace(**{rows: of([thing()] * most)})
        execute(schema._schema, parsed, root, asking, executor_class=QUICK, plans=plans)
        attempts.append(asking.attempts)
    assert attempts == [most, 1, 1, 1]  # the first time it is compiled at the first row


async def test_what_can_not_be_compiled_leaves_the_rest_of_a_document_compiled() -> None:
    parsed, plans = parse("{ all { shout best { code } parts { code } spare { code } } }"), Plans(MANY)
    for _ in range(3):
        await same(parsed, SimpleNamespace(all=[thing()] * 2), plans)
    assert compiled(plans) == ["Part", "Part"]  # there is no best one


async def test_what_is_known_not_to_be_compiled_is_not_tried_again() -> None:
    parsed, plans = (
        parse("{ first { best { code } ...L } all { ...L } } fragment L on Thing { spare { label } }"),
        Plans(MANY),
    )
    quick, collected = counting()
    seen = []
    for _ in range(4):
        root = SimpleNamespace(first=thing(), all=[thing(), thing()])
        execute(schema._schema, parsed, root, Asking(), executor_class=quick, plans=plans)
        seen.append(len(collected))
        collected.clear()
    assert compiled(plans) == ["Part"]  # the best one, which is not there
    assert seen[2:] == [6, 6]  # one for each object that is there


async def test_a_short_document_that_leads_to_one_selection_in_very_many_ways_is_compiled_once() -> None:
    """Each fragment doubles the ways: twenty of them make a million."""
    most = 20
    forks = [f"fragment F{n} on Fork {{ code left {{ ...F{n + 1} }} right {{ ...F{n + 1} }} }}" for n in range(most)]
    parsed = parse(f"{{ fork {{ ...F0 }} }} {' '.join(forks)} fragment F{most} on Fork {{ code }}")

    plans = Plans(MANY)
    quick, collected = counting()
    root = SimpleNamespace(fork=SimpleNamespace(code="a", left=None, right=None))
    for _ in range(3):
        found = execute(schema._schema, parsed, root, Asking(), executor_class=quick, plans=plans)
        assert found == ExecutionResult({"fork": {"code": "a", "left": None, "right": None}}, None)
    assert len(compiled(plans)) == 2 * most + 1  # left and right of each
    assert len(collected) < 4 * most


async def test_what_is_kept_of_a_document_follows_from_its_length_however_its_fields_are_merged() -> None:
    """On each way through these forks other fields are merged: ten forks make two thousand selections."""
    deep = 10
    parsed = parse(f"{{ fork {{ ...F0 }} }} {merging('Fork', 'left', 'right', deep, 'code')}")
    assert validate(schema._schema, parsed) == []
    end = SimpleNamespace(code="a", left=None, right=None)
    for _ in range(deep):
        end = SimpleNamespace(code="a", left=end, right=end)
    tokens = 900
    plans = Plans(tokens)
    for _ in range(4):
        await same(parsed, SimpleNamespace(fork=end), plans)
    [known] = plans._kept.values()
    nodes = sum(len(key) - 1 for key in known.plans)  # of the fields that were merged to a selection
    assert tokens // 3 - deep < nodes <= tokens // 3
    assert len(known._fields) < len(known.plans)
    assert 0 < len(compiled(plans)) < len(known.plans)


@pytest.mark.parametrize("deep", [1, 2, 5, 40])
async def test_a_document_is_compiled_whole_whatever_its_length_when_nothing_is_merged(deep: int) -> None:
    text = f"{{ fork {{ {'left { ' * deep} code {'}' * deep} }} }}"
    parsed, plans = parse(text), Plans(3 * (deep + 1))  # a name and two braces for each
    for _ in range(2):
        await same(parsed, SimpleNamespace(fork=SimpleNamespace(left=None)), plans)
    assert len(compiled(plans)) == deep + 1
