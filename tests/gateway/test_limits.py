"""Each limit refuses with one sentence naming itself and the number, with the right code, and nothing runs."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, get_introspection_query, parse, print_ast
from starlette.types import Message

from gateway import limits as limits_package
from gateway.limits import LIMITS, LimitSettings
from gateway.limits.body import BodyLimit
from gateway.media import JSON
from tests.gateway.client import ALICE, STRICT, URL, Client, client, one_error
from tests.gateway.server import until
from tests.running import Running


def nested(depth: int) -> str:
    """An operation of that many nested fields."""
    return "{ item " + "{ parent " * (depth - 2) + "{ id }" + " }" * (depth - 1)


def test_an_operation_at_the_limit_of_depth_runs_and_one_deeper_does_not(graph_client: Client) -> None:
    assert graph_client.ask(nested(12)).status_code == 200
    error = graph_client.error(nested(13))
    assert error["message"] == "The operation is 13 fields deep; the limit for depth is 12."
    assert error["extensions"]["code"] == "TOO_EXPENSIVE"


def test_fragments_do_not_hide_depth(graph_client: Client) -> None:
    document = "{ item { ...A } } fragment A on Item { ... on Item { parent { ...B } } } fragment B on Item "
    assert graph_client.ask(document + "{ id }").status_code == 200
    deep = document + "{ parent " * 12 + "{ id }" + " }" * 12
    assert "15 fields deep" in graph_client.error(deep)["message"]


def test_aliases_are_counted_through_fragments(graph_client: Client) -> None:
    aliases = " ".join(f"a{n}: hello" for n in range(8))
    assert graph_client.ask(f"{{ {aliases} }}").status_code == 200
    twice = f"{{ ...F item {{ id }} ...G }} fragment F on Query {{ {aliases} }} fragment G on Query {{ ...F }}"
    error = graph_client.error(twice)
    assert error["message"] == "The operation has 16 aliases; the limit for aliases is 15."
    assert error["extensions"]["code"] == "TOO_EXPENSIVE"


def test_root_fields_are_counted(graph_client: Client) -> None:
    error = graph_client.error("{ " + "hello " * 21 + "}")
    assert error["message"] == "The operation has 21 root fields; the limit for root fields is 20."


def test_tokens_are_counted_before_anything_else(graph_client: Client) -> None:
    error = graph_client.error("{ " + "hello " * 1_000 + "}")
    assert error["message"] == "The document has more than 1000 tokens, the limit for a document."
    assert error["extensions"]["code"] == "TOO_EXPENSIVE"
    comments = graph_client.error("#\n" * 2_000 + "{ hello }")
    assert "more than 1000 comments" in comments["message"]


@pytest.mark.parametrize(
    ("selected", "times", "name"),
    [
        ("parent { id } ", 200, "parent"),
        ("parent { %s } " % ("id " * 10), 70, "id"),
        ("... on Item { parent { id } } ", 100, "parent"),
        ("name ", 900, "name"),
        ("id: name ", 14, None),
        ("parent { id name } ", 60, None),
    ],
)
def test_what_validation_would_compare_for_long_is_refused_before(
    graph_client: Client, selected: str, times: int, name: str | None
) -> None:
    response = graph_client.ask(f"{{ item {{ {selected * times} }} }}", headers={})
    if name is None:
        assert response.status_code == 200, response.text
        return
    error = one_error(response)
    assert f"times for fields named `{name}`; ask once" in error["message"]
    assert error["extensions"]["code"] == "TOO_EXPENSIVE"


def test_reading_a_long_document_is_charged_whatever_comes_of_it_and_remembered_ones_are_not() -> None:
    now = [0.0]
    with client(limits={"budget": 500, "budget_per_second": 100}, now=lambda: now[0]) as it:
        fields = " ".join(f"nothing{number}" for number in range(600))
        long = "{ item { id " + "name " * 190 + "} }"
        assert it.ask(long).headers["x-budget-remaining"] == str(500 - (196 + 10 - 100) - 1)
        assert it.ask(long).headers["x-budget-remaining"] == str(500 - (196 + 10 - 100) - 2)
        assert it.error(f"{{ item {{ {fields} }} }}")["extensions"]["code"] == "INVALID"
        refused = it.ask(f"{{ item {{ {fields} }} }} # another")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        assert "Your budget of 500 is used up" in one_error(refused)["message"]
        assert (
            it.ask(f"{{ item {{ {fields} }} }} # and another", headers={"x-auth-token": "token-bob"}).status_code == 400
        )
        now[0] += 60
        assert it.ask(f"{{ item {{ {fields} }} }} # another").status_code == 400


def test_each_error_that_suggestions_are_looked_for_is_charged() -> None:
    with client(limits={"budget": 1000, "budget_per_second": 100}, now=lambda: 0.0) as it:
        assert it.error("{ itemm { id } }")["extensions"]["code"] == "INVALID"
        assert it.ask("{ item { id } }").headers["x-budget-remaining"] == str(1000 - 200 - 1)
        nobody = {"x-auth-token": ""}
        assert it.ask("{ itemm { id } }", headers=nobody).status_code == 400
        assert it.ask("{ item { id } }", headers=nobody).headers["x-budget-remaining"] == str(1000 - 1)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_over_the_limit_is_not_read_to_its_end(streamed: bool) -> None:
    with client(limits={"body_bytes": 1_000}) as it:
        sent = 0

        async def parts() -> Any:
            nonlocal sent
            for _ in range(100):
                sent += 1
                yield b" " * 500

        content: Any = parts() if streamed else b" " * 1_001
        response = it.run(it.http.post(URL, content=content, headers={"content-type": JSON, **ALICE}))
    assert response.status_code == 413
    assert one_error(response)["message"] == "The request is longer than 1000 bytes, the limit for a body."
    assert sent <= 3


def test_a_body_in_as_many_parts_as_it_has_bytes_costs_no_more_than_another() -> None:
    """Chunks are of whatever size a caller likes."""
    body = b'{"query": "{ hello }"}'.ljust(400_000)
    parts = iter([*(bytes([byte]) for byte in body[:-1]), b""])

    async def receive() -> Message:
        part = next(parts)
        return {"type": "http.request", "body": part or body[-1:], "more_body": bool(part)}

    began = time.process_time()
    assert asyncio.run(BodyLimit(LimitSettings()).read(receive, {})) == body
    assert time.process_time() - began < 1.5  # copied anew for each part, it would take seconds


def test_a_body_that_does_not_come_is_given_up() -> None:
    with client(limits={"body_seconds": 0.05}) as it:

        async def stalled() -> Any:
            yield b'{"query": '
            await it.world.release.wait()

        headers = {"content-type": JSON, **ALICE}
        response = it.run(it.http.post(URL, content=stalled(), headers=headers))
    assert response.status_code == 408
    assert one_error(response)["message"] == "The body did not come within 0.05 s, the limit for a body."


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("{ hello }", None, 1),
        ("{ item { id name } }", None, 1),
        ("{ item { parent { parent { id } } } }", None, 3),
        ("{ items { nodes { id } } }", None, 51),
        ("{ items(first: 10) { nodes { id parent { id } } pageInfo { hasNextPage } } }", None, 22),
        ("{ items(last: 7) { nodes { id } } }", None, 8),
        ("query($n: Int) { items(first: $n) { nodes { id } } }", {"n": 30}, 31),
        ("query($n: Int) { items(first: $n) { nodes { id } } }", {"n": 30.0}, 31),
        ("query($n: Int = 20) { items(first: $n) { nodes { id } } }", None, 21),
        ("query($n: Int) { items(first: $n) { nodes { id } } }", None, 51),
        # A null is no size: the list answers its own page, not the variable's default.
        ("query($n: Int = 1) { items(first: $n) { nodes { id } } }", {"n": None}, 51),
        ("query($n: Int = 1) { items(first: $n, last: 1000) { nodes { id } } }", {"n": None}, 1001),
        ("query($n: Int = 1) { items(first: $n, last: 100) { nodes { id } } }", None, 101),
        ("query($n: Int, $m: Int) { items(first: $n, last: $m) { nodes { id } } }", {"n": 3, "m": 700}, 701),
        ("query($n: Int, $m: Int = 9) { items(first: $n, last: $m) { nodes { id } } }", {"n": None}, 10),
        ("{ items(first: null) { nodes { id } } }", None, 51),
        ("{ items(first: 10) { nodes { items(first: 5) { nodes { id } } } } }", None, 1 + 10 * (1 + 1 + 5)),
        ("{ items(first: 10) { ...C } } fragment C on ItemConnection { nodes { id } }", None, 11),
        ("{ item { console } }", None, 21),
        ("{ items(first: 10) { nodes { console } } }", None, 1 + 10 * 21),
        ("{ item { tags { name } } }", None, 5),
        ("{ picked(ids: [1, 2, 3]) { parent { id } } }", None, 6),
        ("query($i: [Int!]!) { picked(ids: $i) { parent { id } } }", {"i": list(range(20))}, 40),
        ("query($i: [Int!]! = [1, 2]) { picked(ids: $i) { id } }", None, 2),
        ("{ things(first: 10) { ... on Item { parent { id } } ... on Tag { name } } }", None, 20),
        ("query($x: Boolean!) { item @include(if: $x) { id } hello }", {"x": False}, 1),
        ("query($x: Boolean!) { item @skip(if: $x) { parent { id } } }", {"x": False}, 2),
        ("{ item @skip(if: true) { parent { id } } hello }", None, 1),
    ],
)
def test_cost_counts_objects_pages_and_declared_calls(
    graph_client: Client, document: str, variables: dict[str, Any] | None, cost: int
) -> None:
    response = graph_client.ask(document, variables=variables)
    assert response.status_code == 200, response.text
    assert response.headers["x-query-cost"] == str(cost)


async def test_a_null_makes_no_query_of_the_cloud_cheap(graph: Running) -> None:
    rows = "{ nodes { id project { id } image { id } flavor { id } } }"
    headers = {"x-auth-token": await graph.token("jiwoo")}

    async def cost(document: str, **variables: int | None) -> str:
        body = {"query": document, "variables": variables}
        return str((await graph.http.post("/graphql", json=body, headers=headers)).headers["x-query-cost"])

    assert await cost(f"{{ servers(last: 1000) {rows} }}") == "4001"
    assert await cost(f"query($a: Int = 1) {{ servers(first: $a, last: 1000) {rows} }}", a=None) == "4001"
    assert await cost(f"query($a: Int = 1) {{ servers(first: $a) {rows} }}", a=None) == "201"
    assert await cost(f"query($a: Int = 1) {{ servers(first: $a) {rows} }}") == "5"


async def test_the_schema_is_read_by_tools_and_not_many_times_at_once(graph: Running) -> None:
    headers = {"x-auth-token": await graph.token("jiwoo")}
    whole = parse(get_introspection_query(input_value_deprecation=True))
    fragments = " ".join(print_ast(each) for each in whole.definitions if isinstance(each, FragmentDefinitionNode))
    query = next(each for each in whole.definitions if isinstance(each, OperationDefinitionNode))
    schema = print_ast(query.selection_set.selections[0])
    once = await graph.http.post("/graphql", json={"query": f"{{ {schema} }} {fragments}"}, headers=headers)
    assert once.json()["data"]["__schema"]["types"]
    assert 100 < int(once.headers["x-query-cost"]) < 1_000
    often = "{" + " ".join(f"a{number}: {schema}" for number in range(15)) + "}"
    refused = await graph.http.post("/graphql", json={"query": f"{often} {fragments}"}, headers=headers)
    assert refused.json()["errors"][0]["extensions"]["code"] == "TOO_EXPENSIVE"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ items(first: 1000) { nodes { items(first: 100) { nodes { id } } } } }", None),
        ("query($n: Int) { items(first: $n) { nodes { items(first: $n) { nodes { id } } } } }", {"n": 500}),
        ("query($n: Int) { items(first: $n) { nodes { items(first: $n) { nodes { id } } } } }", {"n": 1e300}),
    ],
)
def test_too_costly_an_operation_is_refused(
    graph_client: Client, document: str, variables: dict[str, Any] | None
) -> None:
    error = graph_client.error(document, variables=variables)
    assert "limit for cost is 5000" in error["message"]
    assert error["extensions"]["code"] == "TOO_EXPENSIVE"


def test_a_page_larger_than_lists_give_is_left_to_the_list_itself(graph_client: Client) -> None:
    assert graph_client.ask("{ items(first: 100000) { nodes { id } } }").headers["x-query-cost"] == "1001"


def bomb(levels: int, field: str = "") -> str:
    """Each fragment spreads the next one twice: 2^levels selections when followed blindly."""
    parts = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} {field} }}" for n in range(levels)]
    return "{ ...F0 } " + " ".join(parts) + f" fragment F{levels} on Query {{ a: hello }}"


def test_a_fragment_bomb_is_refused_at_once(graph_client: Client) -> None:
    started = time.process_time()
    error = graph_client.error(bomb(80))
    assert "aliases" in error["message"]
    assert "more than a million" in error["message"]
    deep = [f"fragment G{n} on Item {{ parent {{ ...G{n + 1} }} }}" for n in range(60)]
    document = "{ item { ...G0 } } " + " ".join(deep) + " fragment G60 on Item { id }"
    assert "62 fields deep" in graph_client.error(document)["message"]
    assert time.process_time() - started < 5  # blind following would take longer than the universe


def test_a_cost_bomb_is_summed_once_per_fragment() -> None:
    limits = {"aliases": 10**30, "depth": 1000}
    with client(limits=limits) as it:
        parts = [
            f"fragment G{n} on Item {{ a: parent {{ ...G{n + 1} }} b: parent {{ ...G{n + 1} }} }}" for n in range(40)
        ]
        error = it.error("{ item { ...G0 } } " + " ".join(parts) + " fragment G40 on Item { id }")
    assert "costs more than a thousand million" in error["message"]


@pytest.mark.parametrize(
    "document",
    [
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ item { ...A } } fragment A on Item { parent { ...A } }",
        "{ ...Unknown }",
    ],
)
def test_cycles_and_unknown_fragments_are_refused_by_validation(graph_client: Client, document: str) -> None:
    assert graph_client.error(document)["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize(
    "document", ["{ item(number: " + "[" * 480, "{ item " + "{ parent " * 490, "{ " + "... on Query { " * 240]
)
def test_nesting_that_outruns_the_interpreter_is_refused(graph_client: Client, document: str) -> None:
    response = graph_client.ask(document)
    assert response.status_code == 400
    assert one_error(response)["extensions"]["code"] in ("INVALID", "TOO_EXPENSIVE")


def test_a_budget_is_spent_and_flows_back() -> None:
    now = [1_000.0]
    with client(limits={"budget": 100, "budget_per_second": 10}, now=lambda: now[0]) as it:
        first = it.ask("{ items(first: 59) { nodes { id } } }")
        assert (first.headers["x-query-cost"], first.headers["x-budget-remaining"]) == ("60", "40")
        refused = it.ask("{ items(first: 59) { nodes { id } } }")
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "2"
        error = one_error(refused)
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert error["extensions"]["retryable"] is True
        assert "budget of 100" in error["message"]
        other = it.ask("{ hello }", headers={"x-auth-token": "token-bob"})
        assert other.headers["x-budget-remaining"] == "99"
        now[0] += 2
        assert it.ask("{ items(first: 59) { nodes { id } } }").headers["x-budget-remaining"] == "0"


def test_operations_at_the_same_time_are_limited_per_caller() -> None:
    with client(limits={"concurrency": 1}) as it:

        async def test() -> None:
            waiting = asyncio.create_task(it.http.post(URL, json={"query": "{ never }"}, headers={**STRICT, **ALICE}))
            await until(lambda: it.world.waiting == 1, "the first operation runs")
            refused = await it.http.post(URL, json={"query": "{ hello }"}, headers={**STRICT, **ALICE})
            assert refused.status_code == 429
            assert "limit at the same time is 1" in one_error(refused)["message"]
            other = await it.http.post(URL, json={"query": "{ hello }"}, headers={"x-auth-token": "token-bob"})
            assert other.status_code == 200
            it.world.release.set()
            assert (await waiting).json()["data"] == {"never": "released"}
            after = await it.http.post(URL, json={"query": "{ hello }"}, headers={**STRICT, **ALICE})
            assert after.status_code == 200

        it.run(test())


def test_an_operation_over_its_deadline_is_cancelled() -> None:
    with client(limits={"deadline_seconds": 0.05}) as it:
        response = it.ask("{ never }")
        assert response.status_code == 504
        error = one_error(response)
        assert error["message"] == "The operation took longer than 0.05 s, the deadline of a request."
        assert error["extensions"]["code"] == "TIMED_OUT"
        assert "data" not in response.json()
        assert it.world.waiting == 0  # the field itself was cancelled
        assert it.data("{ hello }") == {"hello": "world"}


def test_no_limit_is_missing_from_the_list() -> None:
    folder = Path(limits_package.__file__).parent
    files = {file.stem for file in folder.glob("*.py") if "\nclass " in file.read_text()}
    assert files - {"__init__", "settings", "measure", "plan", "compiler", "uses"} == {
        limit.__module__.rpartition(".")[2] for limit in LIMITS
    }


def test_every_limit_has_its_setting_and_a_name_of_its_own() -> None:
    assert {limit.setting for limit in LIMITS} <= set(LimitSettings.model_fields)
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)
