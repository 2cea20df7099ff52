"""Documents by hash and by id: automatic persisted queries, trusted documents, and the bounded caches behind them."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.media import JSON
from tests.gateway.client import ALICE, Client, client, one_error

HELLO = "{ hello }"


def persisted(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(text.encode()).hexdigest()}}


def test_a_persisted_query_is_sent_once_and_then_by_its_hash(graph_client: Client) -> None:
    unknown = graph_client.ask(extensions=persisted(HELLO))
    assert unknown.status_code == 400
    error = one_error(unknown)
    assert error["message"] == "PersistedQueryNotFound"
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert graph_client.ask(extensions=persisted(HELLO), headers={**ALICE, "accept": JSON}).status_code == 200
    assert graph_client.data(HELLO, extensions=persisted(HELLO)) == {"hello": "world"}
    assert graph_client.ask(extensions=persisted(HELLO)).json()["data"] == {"hello": "world"}
    by_get = graph_client.get(params={"extensions": json.dumps(persisted(HELLO))}, headers=ALICE)
    assert by_get.json()["data"] == {"hello": "world"}


@pytest.mark.parametrize(
    "extension",
    [
        {"persistedQuery": {"version": 2, "sha256Hash": "0" * 64}},
        {"persistedQuery": {"version": 1}},
        {"persistedQuery": {"version": 1, "sha256Hash": 3}},
        {"persistedQuery": "x"},
        {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}},
    ],
)
def test_a_hash_that_does_not_fit_its_query_is_refused(graph_client: Client, extension: dict[str, Any]) -> None:
    error = graph_client.error(HELLO, extensions=extension)
    assert error["extensions"]["code"] == "INVALID"
    assert graph_client.error("{ unknown }", extensions=persisted("{ unknown }"))["extensions"]["code"] == "INVALID"
    again = one_error(graph_client.ask(extensions=persisted("{ unknown }")))  # what is not valid is not kept
    assert again["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


def test_persisted_queries_can_be_switched_off() -> None:
    with client(documents={"persisted": False}) as it:
        assert "switched off" in it.error(HELLO, extensions=persisted(HELLO))["message"]


def known(it: Client, text: str, headers: Mapping[str, str] = ALICE) -> bool:
    """Whether a hash alone is answered."""
    return it.ask(extensions=persisted(text), headers=headers).status_code == 200


def kept(it: Client, text: str, headers: Mapping[str, str] = ALICE) -> bool:
    """Whether a text that is sent in full, and answered, is known from then on."""
    assert it.ask(text, extensions=persisted(text), headers=headers).status_code == 200
    return known(it, text)


def test_who_is_not_signed_in_uses_persisted_queries_and_keeps_none(graph_client: Client) -> None:
    assert not kept(graph_client, HELLO, headers={})
    assert kept(graph_client, HELLO)
    assert known(graph_client, HELLO, headers={})


def test_a_persisted_query_is_forgotten_in_time_and_lives_anew_when_it_is_sent_again() -> None:
    now = [0.0]
    with client(documents={"persisted_seconds": 10}, now=lambda: now[0]) as it:
        assert kept(it, HELLO)
        now[0] = 9
        assert kept(it, HELLO)
        now[0] = 18
        assert known(it, HELLO)
        now[0] = 19
        assert not known(it, HELLO)


def test_persisted_queries_are_bounded_in_bytes_and_the_oldest_goes_first() -> None:
    texts = [f"query Q{n} {{ hello }} # {'x' * 1_000}" for n in range(9)]
    with client(documents={"persisted_bytes": 5_000}) as it:
        assert all(kept(it, text) for text in texts)
        assert [known(it, text) for text in texts] == [False] * 5 + [True] * 4
        assert kept(it, texts[0])
        assert kept(it, texts[0])  # again is no second one
        assert [known(it, text) for text in texts] == [True] + [False] * 5 + [True] * 3
        wide = f"{{ hello }} # {'🌩' * 1_000}"  # four bytes each in memory
        assert kept(it, wide)
        assert [known(it, text) for text in texts] == [False] * 9


def test_a_long_text_is_answered_and_not_kept(graph_client: Client) -> None:
    assert kept(graph_client, f"{{ hello }} #{'x' * 31_900}")
    assert not kept(graph_client, f"{{ hello }} #{'x' * 32_000}")


def trusted_folder(tmp_path: Path) -> Path:
    fragments = " ".join(f"fragment F{n} on Item {{ id name size note }}" for n in range(110))
    spreads = " ".join(f"...F{n}" for n in range(110))
    (tmp_path / "servers.graphql").write_text(f"query Big {{ item {{ {spreads} }} }} {fragments}")
    (tmp_path / "hello.graphql").write_text(HELLO)
    return tmp_path


def test_trusted_documents_are_run_by_id_and_may_be_long(tmp_path: Path) -> None:
    with client(documents={"trusted": trusted_folder(tmp_path)}) as it:
        assert it.ask(documentId="hello").json()["data"] == {"hello": "world"}
        digest = hashlib.sha256(HELLO.encode()).hexdigest()
        assert it.ask(documentId=f"sha256:{digest}").json()["data"] == {"hello": "world"}
        assert it.ask(documentId="servers").json()["data"]["item"]["id"] == "item:1"
        assert "tokens" in it.error((tmp_path / "servers.graphql").read_text())["message"]
        assert "no trusted document" in one_error(it.ask(documentId="other"))["message"]
        assert "either" in one_error(it.ask(HELLO, documentId="hello"))["message"]
        assert it.data("{ item { id } }") == {"item": {"id": "item:1"}}


def test_trusted_only_admits_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "trusted.json"
    file.write_text(json.dumps({"hello": HELLO, "bump": "mutation { bump }"}))
    with client(documents={"trusted": file, "trusted_only": True}) as it:
        assert it.ask(documentId="hello").json()["data"] == {"hello": "world"}
        assert it.data(HELLO) == {"hello": "world"}  # the text of a trusted document is that document
        refused = it.ask("mutation { bump(by: 7) }")
        assert refused.status_code == 403
        assert one_error(refused)["extensions"]["code"] == "DENIED"
        assert it.world.value == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [("{ unknown }", "does not fit"), ("{", "does not fit")],
)
def test_a_trusted_document_that_does_not_fit_stops_the_start(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "bad.graphql").write_text(content)
    with pytest.raises(ValueError, match=f"bad {says}"), client(documents={"trusted": tmp_path}):
        pass
    with pytest.raises(ValueError, match="neither a folder nor a file"), client(documents={"trusted": tmp_path / "no"}):
        pass
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(ValueError, match="one object"), client(documents={"trusted": tmp_path / "x.json"}):
        pass


def test_the_document_cache_is_bounded() -> None:
    with client(documents={"cached_tokens": 50}) as it:
        for n in range(40):
            assert it.data(f"query Q{n} {{ hello }}") == {"hello": "world"}
        documents = it.transport.executor._documents
        assert len(documents._cache) < 20
        assert documents._cached_tokens <= 50
