"""What callers see of errors: a code, a sentence, a correlation id; and what they never see."""

import logging

import pytest
from graphql import get_introspection_query

from gateway.errors import HTTP_STATUS
from gateway.media import JSON
from resolvers.errors import ERRORS, Unavailable
from tests.gateway import graph
from tests.gateway.client import ALICE, STRICT, URL, Client, client, one_error


@pytest.mark.parametrize("field", ["broken", "brokenInt"])
def test_an_unknown_error_is_masked_and_logged_with_its_stack(
    graph_client: Client, caplog: pytest.LogCaptureFixture, field: str
) -> None:
    response = graph_client.ask(f"{{ {field} hello }}", headers={**ALICE, "x-correlation-id": "my-request-1"})
    assert response.status_code == 200
    assert response.json()["data"] == {field: None, "hello": "world"}
    error = one_error(response)
    assert error["extensions"] == {"code": "INTERNAL", "retryable": False, "correlationId": "my-request-1"}
    assert "my-request-1" in error["message"]
    assert error["path"] == [field]
    assert graph.SECRET not in response.text
    logged = [record for record in caplog.records if record.name == "gurum.errors"]
    assert len(logged) == 1
    assert logged[0].levelno == logging.ERROR
    assert logged[0].exc_info is not None
    assert vars(logged[0])["correlation_id"] == "my-request-1"


def test_an_error_of_the_tree_tells_all_it_knows(graph_client: Client) -> None:
    response = graph_client.ask("{ must }")
    assert response.status_code == 200
    assert response.json()["data"] is None
    error = one_error(response)
    assert error["message"] == "The cloud west does not answer."
    assert error["extensions"] | {"correlationId": ""} == {
        "code": "UNAVAILABLE",
        "retryable": True,
        "backend": "west",
        "requestId": "req-1",
        "correlationId": "",
    }
    ambiguous = graph_client.error("{ ambiguous }")["extensions"]
    assert ambiguous["field"] == "server"
    assert ambiguous["candidates"] == [{"id": "server:1", "name": "web"}, {"id": "server:2", "name": "web"}]


def test_a_store_that_is_away_is_told_of_and_what_it_refuses_is_masked(graph_client: Client) -> None:
    """The first is over in a moment, the second is a fault of 9rum itself."""
    away = graph_client.error("{ stored }")
    assert away["message"] == "The store of 9rum does not answer now; try again in a moment."
    told = away["extensions"]
    assert (told["code"], told["retryable"], told["retryAfter"]) == ("UNAVAILABLE", True, 3.0)
    assert graph_client.error("{ stored(refused: true) }")["extensions"]["code"] == "INTERNAL"


def test_errors_beside_data_leave_the_status_alone(graph_client: Client) -> None:
    response = graph_client.ask("{ hello denied }")
    assert response.status_code == 200
    assert one_error(response)["extensions"]["code"] == "DENIED"


@pytest.mark.parametrize("accept", [STRICT["accept"], JSON])
def test_nothing_but_unauthenticated_is_401(graph_client: Client, accept: str) -> None:
    response = graph_client.ask("{ me }", headers={"accept": accept})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Keystone"
    assert one_error(response)["extensions"]["code"] == "UNAUTHENTICATED"
    assert graph_client.ask("{ me hello }", headers={"accept": accept}).status_code == 200


@pytest.mark.parametrize("accept", [STRICT["accept"], JSON])
def test_a_garbage_token_is_401_and_runs_nothing(graph_client: Client, accept: str) -> None:
    response = graph_client.ask("mutation { bump }", headers={"accept": accept, "x-auth-token": "garbage"})
    assert response.status_code == 401
    assert "data" not in response.json()
    assert one_error(response)["extensions"]["code"] == "UNAUTHENTICATED"
    assert graph_client.world.value == 0


def test_a_context_that_can_not_be_made_is_an_answer_too(graph_client: Client) -> None:
    graph_client.world.failure = RuntimeError(f"password={graph.SECRET}")
    broken = graph_client.ask("{ hello }")
    assert broken.status_code == 500
    assert one_error(broken)["extensions"]["code"] == "INTERNAL"
    assert graph.SECRET not in broken.text
    graph_client.world.failure = Unavailable("Keystone does not answer.", backend="west")
    away = graph_client.ask("{ hello }")
    assert away.status_code == 503
    assert one_error(away)["extensions"]["backend"] == "west"


def test_suggestions_are_for_callers_who_signed_in(graph_client: Client) -> None:
    documents = ("{ hell }", "{ item(numbe: 1) { id } }", "{ item { nam } }")
    for document in documents:
        assert "Did you mean" in graph_client.error(document)["message"]
        assert "Did you mean" not in graph_client.error(document, headers=STRICT)["message"]
        assert "Did you mean" in graph_client.error(document)["message"]  # each keeps its own, cached or not


def test_introspection_is_for_callers_who_signed_in() -> None:
    documents = (
        "{ __schema { types { name } } }",
        '{ hello ...F } fragment F on Query { __type(name: "Item") { name } }',
    )
    with client() as it:
        for document in documents:
            refused = it.ask(document, headers=STRICT)
            assert refused.status_code == 401
            assert "Sign in" in one_error(refused)["message"]
            assert it.ask(document).status_code == 200
        assert it.ask("{ __typename }", headers=STRICT).status_code == 200
        whole = it.ask(get_introspection_query(input_value_deprecation=True, schema_description=True))
        assert "errors" not in whole.json()  # what explorers and code generators send is within the limits
    with client(anonymous_introspection=True) as it:
        assert it.ask(documents[0], headers=STRICT).status_code == 200


def test_a_page_of_another_origin_can_not_use_the_session() -> None:
    cookie = {"cookie": f"gurum_session={graph.ALICE}"}
    with client(allowed_origins=["https://console.example.com"]) as it:
        for origin, status in (
            (None, 200),
            ("http://gateway", 200),
            ("https://console.example.com", 200),
            ("https://evil.example.com", 403),
            ("null", 403),
        ):
            headers = cookie | ({"origin": origin} if origin else {})
            response = it.ask("{ me }", headers=headers)
            assert response.status_code == status, origin
        # A token is no cookie: the browser does not send it by itself.
        assert it.ask("{ me }", headers={**ALICE, "origin": "https://evil.example.com"}).status_code == 200


def test_pages_of_allowed_origins_may_call_and_others_may_not() -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,x-auth-token"}
    with client(allowed_origins=["https://console.example.com"]) as it:
        for origin, status in (("https://console.example.com", 200), ("https://evil.example.com", 400)):
            preflight = it.run(it.http.options(URL, headers={"origin": origin, **asked}))
            assert preflight.status_code == status
        answer = it.ask("{ hello }", headers={**ALICE, "origin": "https://console.example.com"})
        assert answer.headers["access-control-allow-origin"] == "https://console.example.com"
        assert "x-query-cost" in answer.headers["access-control-expose-headers"]
    with client() as it:
        preflight = it.run(it.http.options(URL, headers={"origin": "https://console.example.com", **asked}))
        assert preflight.status_code == 405
        assert "access-control-allow-origin" not in preflight.headers


def test_a_long_mistake_is_not_repeated_in_full(graph_client: Client) -> None:
    assert len(graph_client.error("{ " + "x" * 100_000 + " }")["message"]) == 2_000


def test_only_a_trusted_proxy_is_believed_about_the_address() -> None:
    with client() as it:
        it.ask("{ hello }", headers={"x-forwarded-for": "9.9.9.9"})
        assert it.world.contexts[-1].address == "127.0.0.1"
    with client(trusted_proxies=["127.0.0.0/8", "10.0.0.0/8"]) as it:
        it.ask("{ hello }", headers={"x-forwarded-for": "6.6.6.6, 9.9.9.9, 10.1.2.3"})
        assert it.world.contexts[-1].address == "9.9.9.9"


def test_every_code_of_the_tree_has_an_http_status() -> None:
    assert {error.code for error in ERRORS} <= set(HTTP_STATUS)


def test_secrets_do_not_show_in_the_facts() -> None:
    with client() as it:
        it.ask("{ hello }", headers={**ALICE, "cookie": "gurum_session=abc"})
        facts = it.world.contexts[-1]
    assert (facts.token, facts.session) == (graph.ALICE, "abc")
    assert graph.ALICE not in repr(facts)
    assert "abc" not in repr(facts)
