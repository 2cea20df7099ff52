"""What bad input gets, item by item: one clear sentence, the right code and status, a correlation id, and nothing changed.

All items are asked of one application, one after the other; after each, the cloud, the read model and the operations are as before.
Backends that misbehave are in `test_backend_away.py`.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from tests.running import CLOUD
from tests.stores import emptied
from tests.trips.bad_inputs import ACTIONS, BY_ID, CALLERS, DOCUMENTS, READS, SERVERS, Bad, mutation
from tests.watched import Watched, slow_polls, watched

CORRELATION = "bad-input-0001"


@pytest.fixture(scope="module")
async def krane(valkey: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    store, folder = await emptied(valkey), tmp_path_factory.mktemp("krane")
    async with watched(store, folder, inventory=slow_polls(), identity={"token_cache_seconds": 0}) as it:
        yield it


def sentence(text: str) -> bool:
    """Something for people: it begins like a sentence, ends like one, and holds nothing of the machine.

    What GraphQL itself says of a document ends with the value that it complains about.
    """
    begins = text[0].isupper() or text[0] == "`"
    ends = text[-1] in ".?" or "cannot represent" in text or "does not exist in" in text
    return begins and ends and text.isprintable() and "Traceback" not in text and len(text) <= 2_000


def checked(response: httpx.Response, status: int, code: str, says: str) -> dict[str, Any]:
    """The only error of an answer, with all that every error has."""
    answer = response.json()
    assert response.status_code == status, answer
    assert response.headers["x-correlation-id"] == CORRELATION
    assert len(answer["errors"]) == 1, answer
    error: dict[str, Any] = answer["errors"][0]
    assert (error["extensions"]["code"], error["extensions"]["correlationId"]) == (code, CORRELATION), error
    assert isinstance(error["extensions"]["retryable"], bool)
    assert says in error["message"], error
    assert sentence(error["message"]), error["message"]
    return error


async def refused(krane: Watched, bad: Bad) -> dict[str, Any]:
    """Asked, refused as it should be, and nothing changed; what was attempted is in the audit log with the sentence."""
    before = await krane.everything()
    noted = await rows(krane)
    headers = {"x-correlation-id": CORRELATION, **bad.headers}
    response = await krane.send(bad.person, {"query": bad.query, "variables": bad.variables}, headers)
    error = checked(response, bad.status, bad.code, bad.says)
    assert error["extensions"].items() >= bad.more.items()
    assert await krane.everything() == before
    new = (await rows(krane))[: -len(noted) or None]
    if bad.action is None:
        assert new == []
    else:
        result = "DENIED" if bad.code == "DENIED" else "REFUSED"
        expected = (bad.action, result, bad.person, bad.code, error["message"], CORRELATION)
        assert [tuple(row[name] for name in AUDITED) for row in new] == [expected]
    return error


AUDITED = ("action", "result", "actorName", "error", "message", "correlationId")


async def rows(krane: Watched) -> list[dict[str, Any]]:
    query = f"{{ auditEntries(first: 200) {{ {' '.join(AUDITED)} intact }} }}"
    found: list[dict[str, Any]] = (await krane.graph.data("operator", query))["auditEntries"]
    assert all(row["intact"] for row in found)
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_document_that_can_not_be_right(krane: Watched, name: str) -> None:
    await refused(krane, DOCUMENTS[name])


@pytest.mark.parametrize("name", READS)
async def test_a_question_that_can_not_be_answered(krane: Watched, name: str) -> None:
    await refused(krane, READS[name])


@pytest.mark.parametrize("name", CALLERS)
async def test_a_caller_who_is_not_known(krane: Watched, name: str) -> None:
    await refused(krane, CALLERS[name])


@pytest.mark.parametrize("name", ACTIONS)
async def test_an_action_that_can_not_be_done(krane: Watched, name: str) -> None:
    await refused(krane, ACTIONS[name])


async def test_an_ambiguous_name_is_answered_with_the_candidates(krane: Watched) -> None:
    for bad in (READS["an ambiguous name"], ACTIONS["an ambiguous group"]):
        error = await refused(krane, bad)
        candidates = error["extensions"]["candidates"]
        assert [candidate["name"] for candidate in candidates] == ["ssh", "ssh"]
        assert len({candidate["id"] for candidate in candidates}) == 2
        assert error["extensions"]["field"] == "securityGroup"
        for candidate in candidates:
            query = "query($id: ID!) { securityGroup(id: $id) { name } }"
            assert (await krane.graph.data("jiwoo", query, candidate))["securityGroup"]["name"] == "ssh"


async def test_another_projects_id_is_as_one_that_does_not_exist(krane: Watched) -> None:
    found = await krane.graph.data("jiwoo", '{ server(id: "shop-web-1") { id } }')
    real, made_up = found["server"]["id"], f"server:{CLOUD}/00000000-0000-4000-8000-000000000000"
    stop = mutation(
        "serverStop", {"server": ""}, code="NOT_FOUND", says="There is no server with the id", person="minsu"
    )
    for bad in (Bad(BY_ID, "NOT_FOUND", "There is no server with the id", person="minsu"), stop):
        told = []
        for row_id in (real, made_up):
            variables = {"input": {"server": row_id}} if bad.action else {"id": row_id}
            error = await refused(
                krane, Bad(bad.query, bad.code, bad.says, variables, person="minsu", action=bad.action)
            )
            told.append((error["message"].replace(row_id, "ID"), error["extensions"], error["path"]))
        assert told[0] == told[1]


async def test_a_token_that_has_ended(krane: Watched) -> None:
    port = krane.graph.app.ports.get("identity", CLOUD)
    token = await port.sign_in("jiwoo", "jiwoo", "Default", None)
    good = await krane.send(None, {"query": "{ me { name } }"}, {"x-auth-token": token})
    assert good.json()["data"] == {"me": {"name": "jiwoo"}}
    await port.sign_out(token)
    ended = {"x-auth-token": token}
    ask = Bad("{ me { name } }", "UNAUTHENTICATED", "The token is not valid", status=401, person=None, headers=ended)
    stop = 'mutation { serverStop(input: {server: "shop-web-1"}) { id } }'
    for query in (ask.query, stop):
        await refused(krane, Bad(query, ask.code, ask.says, status=401, person=None, headers=ended))


BODIES: dict[str, tuple[bytes, int, str, str]] = {
    "malformed JSON": (b'{"query": "{ me { name } }"', 400, "INVALID", "JSON"),
    "not an object": (b'["{ me { name } }"]', 400, "INVALID", "Batches are not served"),
    "nothing": (b"", 400, "INVALID", "The request has no body."),
    "bytes that are no text": (b'{"query": "\xff\xfe"}', 400, "INVALID", "JSON"),
    "half a character": (b'{"query": "\\ud800"}', 400, "INVALID", "JSON"),
    "a number that is none": (b'{"query": "{ me { name } }", "variables": {"a": NaN}}', 400, "INVALID", "JSON"),
    "variables that are no object": (b'{"query": "{ me { name } }", "variables": [1]}', 400, "INVALID", "variables"),
    "a query that is no text": (b'{"query": {"me": 1}}', 400, "INVALID", "query"),
    "an operation name that is no text": (
        b'{"query": "{ me { name } }", "operationName": 1}',
        400,
        "INVALID",
        "operationName",
    ),
    "an unknown persisted query": (
        b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab"}}}',
        400,
        "PERSISTED_QUERY_NOT_FOUND",
        "",
    ),
    "an unknown trusted document": (b'{"documentId": "nowhere"}', 400, "INVALID", "There is no trusted document"),
    "nesting without end": (
        b'{"query": "{ me { name } }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        400,
        "INVALID",
        "JSON",
    ),
    "more than a megabyte": (b'{"query": "' + b" " * 1_000_001 + b'"}', 413, "INVALID", "1000000 bytes"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_can_not_be_read(krane: Watched, name: str) -> None:
    content, status, code, says = BODIES[name]
    before = await krane.everything()
    response = await krane.send("jiwoo", content, {"x-correlation-id": CORRELATION})
    error = response.json()["errors"][0]
    assert (response.status_code, error["extensions"]["code"]) == (status, code), error
    assert says in error["message"]
    assert error["extensions"]["correlationId"] == response.headers["x-correlation-id"] == CORRELATION
    assert await krane.everything() == before


@pytest.mark.parametrize("depth", [9, 60, 300, 900])
async def test_a_filter_that_nests_without_end(krane: Watched, depth: int) -> None:
    given: dict[str, Any] = {"name": {"eq": "x"}}
    for _ in range(depth):
        given = {"not": given}
    before = await krane.everything()
    response = await krane.send("jiwoo", {"query": SERVERS, "variables": {"filter": given}})
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "INVALID", error
    assert sentence(error["message"])
    assert await krane.everything() == before


MANY: list[dict[str, Any]] = [{} for _ in range(501)]
FILTER = "query($f: ServerFilter!) { servers(filter: %s) { totalCount } }"


@pytest.mark.parametrize("person", ["jiwoo", None])
@pytest.mark.parametrize(
    ("query", "filter_"),
    [
        (FILTER % "$f", {"and": MANY}),
        (FILTER % "$f", {"name": {"in": ["x"] * 20_001}}),
        (FILTER % ("{and: [" + "$f " * 20 + "]}"), {"and": MANY[:30]}),
        ("query($f: ServerFilter!) { ...A ...B } fragment A on Query { a: servers(filter: {and: [" + "$f " * 20
         + "]}) { totalCount } } fragment B on Query { servers(filter: $f) { totalCount } }", {"and": MANY[:30]}),
        (FILTER.replace("ServerFilter!", "ServerFilter = {and: [" + "{} " * 30 + "]}") % ("{and: [" + "$f " * 20 + "]}"), ...),
    ],
    ids=["objects", "values", "one value used often", "used in fragments", "a default used often"],
)  # fmt: skip
async def test_a_filter_of_more_than_anybody_needs(
    krane: Watched, person: str | None, query: str, filter_: Any
) -> None:
    """Each object costs, before anybody is asked who the caller is."""
    body = {"query": query, "variables": {} if filter_ is ... else {"f": filter_}}
    before = await krane.everything()
    checked(await krane.send(person, body, {"x-correlation-id": CORRELATION}), 400, "INVALID", "A variable holds too")
    assert await krane.everything() == before


async def test_a_filter_of_as_much_as_is_taken(krane: Watched) -> None:
    body = {"query": FILTER % "$f", "variables": {"f": {"and": MANY[:499]}}}
    assert (await krane.send("jiwoo", body)).json()["data"]["servers"]["totalCount"] > 0


@pytest.mark.parametrize("depth", [100, 260, 400, 900])
@pytest.mark.parametrize("key", [None, "deep-key"])
@pytest.mark.parametrize("inline", [False, True])
async def test_an_input_that_nests_without_end(krane: Watched, depth: int, key: str | None, inline: bool) -> None:
    given: Any = {"name": "deep", "image": "ubuntu-24.04", "flavor": "m1.small", "project": "shop"}
    if inline and depth < 300:  # more is more than a document's words
        metadata = "{a: " * depth + "1" + "}" * depth
        fields = ", ".join(f'{name}: "{value}"' for name, value in given.items())
        body: dict[str, Any] = {
            "query": f"mutation($key: String) {{ serverCreate(input: {{{fields}, metadata: {metadata}}}, "
            "idempotencyKey: $key) { id } }",
            "variables": {"key": key},
        }
    else:
        value: Any = 1
        for _ in range(depth):
            value = {"a": value}
        body = {
            "query": "mutation($input: ServerCreateInput!, $key: String) "
            "{ serverCreate(input: $input, idempotencyKey: $key) { id } }",
            "variables": {"input": {**given, "metadata": value}, "key": key},
        }
    before = await krane.everything()
    error = (await krane.send("jiwoo", body)).json()["errors"][0]
    assert error["extensions"]["code"] == "INVALID", error
    assert "too deeply" in error["message"]
    assert await krane.everything() == before


async def test_what_is_no_request(krane: Watched) -> None:
    token = {"x-auth-token": await krane.graph.token("jiwoo")}
    http, before = krane.graph.http, await krane.everything()
    stop = 'mutation { serverStop(input: {server: "shop-web-1"}) { id } }'
    for response, status in (
        (await http.get("/graphql", params={"query": stop}, headers=token), 405),
        (await http.put("/graphql", json={"query": stop}, headers=token), 405),
        (await krane.send("jiwoo", orjson.dumps({"query": stop}), {"content-type": "text/plain"}), 415),
        (await krane.send("jiwoo", {"query": stop}, {"accept": "text/html"}), 406),
        (await krane.send("jiwoo", {"query": stop}, {"content-type": "application/x-www-form-urlencoded"}), 415),
    ):
        assert response.status_code == status
        error = response.json()["errors"][0]
        assert error["extensions"]["code"] == "INVALID"
        assert error["extensions"]["correlationId"] == response.headers["x-correlation-id"]
    assert await krane.everything() == before
