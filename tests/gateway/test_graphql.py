"""The HTTP endpoint: what a good request gets, and what each kind of bad one gets."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.media import GRAPHQL, JSON
from tests.gateway.client import ALICE, STRICT, URL, Client, one_error


def test_a_query_is_answered_by_post_and_by_get(graph_client: Client) -> None:
    document = "query Q($n: Int!) { item(number: $n) { id name parent { size } } later }"
    wanted = {"item": {"id": "item:4", "name": "item 4", "parent": {"size": 5}}, "later": "done"}
    assert graph_client.data(document, variables={"n": 4}) == wanted
    response = graph_client.get(params={"query": document, "variables": '{"n": 4}'}, headers=ALICE)
    assert response.json()["data"] == wanted


def test_a_mutation_changes_things_by_post_only(graph_client: Client) -> None:
    assert graph_client.data("mutation { bump(by: 2) }") == {"bump": 2}
    response = graph_client.get(params={"query": "mutation { bump }"}, headers=ALICE)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert graph_client.world.value == 2


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON}", JSON),
        ("application/*", JSON),
    ],
)
def test_the_answer_has_the_media_type_that_was_asked_for(
    graph_client: Client, accept: str | None, answered: str
) -> None:
    headers = {"accept": accept} if accept else {"accept": ""}
    response = graph_client.post(json={"query": "{ hello }"}, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"


SESSION = {"cookie": "gurum_session=token-bob"}


@pytest.mark.parametrize(("headers", "status"), [({}, 200), (ALICE, 200), ({**ALICE, **SESSION}, 200), (SESSION, 403)])
def test_a_page_of_another_origin_asks_as_nobody_or_by_a_token_and_not_by_the_session_here(
    graph_client: Client, headers: dict[str, str], status: int
) -> None:
    evil = {"origin": "https://evil.example", **headers}
    assert graph_client.ask("{ hello }", headers=evil).status_code == status
    assert graph_client.ask("{ hello }", headers=headers).status_code == 200


def test_a_media_type_that_is_not_served_gets_406(graph_client: Client) -> None:
    response = graph_client.post(json={"query": "{ hello }"}, headers={"accept": "text/html"})
    assert response.status_code == 406
    assert one_error(response)["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{ hello", "Syntax Error"),
        ("{ unknown }", "Cannot query field 'unknown' on type 'Query'"),
        ('{ item(number: "x") { id } }', "Int cannot represent"),
        ("fragment F on Query { hello }", "never used"),
        ("query A { hello } mutation B { bump }", "Must provide operation name"),
        ("{ ...F } fragment F on Query { ...F }", "itself"),
    ],
)
def test_a_document_that_can_not_run_is_refused_without_data(graph_client: Client, document: str, says: str) -> None:
    strict = graph_client.ask(document)
    assert strict.status_code == 400
    assert "data" not in strict.json()
    error = one_error(strict)
    assert says in error["message"]
    assert error["extensions"]["code"] == "INVALID"
    legacy = graph_client.ask(document, headers={**ALICE, "accept": JSON})
    assert legacy.status_code == 200
    assert "data" not in legacy.json()
    assert graph_client.world.value == 0


def test_a_variable_of_the_wrong_type_is_refused_like_a_bad_document(graph_client: Client) -> None:
    response = graph_client.ask("query($n: Int!) { item(number: $n) { id } }", variables={"n": "four"})
    assert response.status_code == 400
    assert "data" not in response.json()
    assert one_error(response)["extensions"]["code"] == "INVALID"


def test_an_unknown_operation_name_runs_nothing(graph_client: Client) -> None:
    response = graph_client.ask("mutation A { bump } mutation B { bump }", operationName="C")
    assert one_error(response)["message"] == "Unknown operation named 'C'."
    assert graph_client.world.value == 0
    assert graph_client.data("mutation A { bump } mutation B { bump(by: 5) }", operationName="B") == {"bump": 5}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no body"),
        (b"{", "not JSON"),
        (b'{"query": "{hello \xff}"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'"x"', "must be a JSON object"),
        (b"3", "must be a JSON object"),
        (b'[{"query": "{ hello }"}]', "one operation per request"),
        (b"{}", "no query"),
        (b'{"query": " "}', "no query"),
        (b'{"query": 3}', "query must be a string"),
        (b'{"query": "{ hello }", "variables": "x"}', "variables must be an object"),
        (b'{"query": "{ hello }", "operationName": 3}', "operationName must be a string"),
        (b'{"query": "{ hello }", "extensions": []}', "extensions must be an object"),
    ],
)
def test_a_malformed_body_gets_400_and_a_sentence(graph_client: Client, body: bytes, says: str) -> None:
    headers = {"content-type": JSON, **STRICT, **ALICE}
    response = graph_client.post(content=body, headers=headers)
    assert response.status_code == 400
    assert says in one_error(response)["message"]


def test_null_parameters_count_as_absent(graph_client: Client) -> None:
    parameters = {"variables": None, "operationName": None, "extensions": None}
    assert graph_client.data("{ hello }", **parameters) == {"hello": "world"}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
)
def test_a_body_of_another_type_gets_415(graph_client: Client, kind: str) -> None:
    content = json.dumps({"query": "mutation { bump }"}).encode()
    response = graph_client.post(content=content, headers={"content-type": kind, **ALICE})
    assert response.status_code == 415
    assert graph_client.world.value == 0


def test_other_methods_get_405(graph_client: Client) -> None:
    response = graph_client.run(graph_client.http.put(URL, json={"query": "{ hello }"}))
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


def test_a_subscription_by_post_is_sent_to_the_live_transports(graph_client: Client) -> None:
    response = graph_client.ask("subscription { count }")
    assert response.status_code == 400
    assert "WebSocket" in one_error(response)["message"]


def test_get_answers_304_while_the_data_is_the_same(graph_client: Client) -> None:
    first = graph_client.get(params={"query": "{ value }"}, headers=ALICE)
    tag = first.headers["etag"]
    again = graph_client.get(params={"query": "{ value }"}, headers={**ALICE, "if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    graph_client.data("mutation { bump }")
    changed = graph_client.get(params={"query": "{ value }"}, headers={**ALICE, "if-none-match": tag})
    assert changed.json()["data"] == {"value": 1}


def test_the_extensions_of_the_context_come_with_the_answer(graph_client: Client) -> None:
    assert graph_client.ask("{ hello }").json()["extensions"] == {"freshness": {"asOf": 1}}


def test_a_value_that_is_odd_in_json_is_answered_all_the_same(graph_client: Client) -> None:
    assert graph_client.data("{ odd }") == {"odd": {"big": 2**70, "3": "three", "lone": "\ud800"}}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from(["query", "variables", "operationName", "extensions", "documentId", "other"])
PIECES = st.lists(
    st.sampled_from(
        [
            "{",
            "}",
            "(",
            ")",
            "item",
            "items",
            "nodes",
            "id",
            "first:",
            "1",
            "$n",
            "query",
            "...",
            "on",
            "Item",
            "F",
            "fragment",
            "@skip(if: true)",
            "hello",
            ":",
            "[",
            "]",
            '"x"',
            "subscription",
            "__typename",
            "mutation",
            "bump",
            "!",
            "Int",
        ]
    ),
    max_size=25,
).map(" ".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, JSON_VALUES | PIECES, max_size=4) | JSON_VALUES)
def test_no_request_whatever_breaks_the_endpoint(graph_client: Client, body: object) -> None:
    response = graph_client.post(content=json.dumps(body), headers={"content-type": JSON, **STRICT, **ALICE})
    assert response.status_code in (200, 400), response.text
    if response.status_code == 400:
        assert one_error(response)["message"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES)
def test_no_document_whatever_breaks_the_endpoint(graph_client: Client, document: str) -> None:
    response = graph_client.ask(document, variables={"n": 2})
    assert response.status_code in (200, 400), response.text
