"""What bad input gets, item by item: one clear sentence, the right code and status, a correlation id, and nothing changed.

All items are asked of one application, one after the other; after each, the cloud, the read model and the operations are as before.
Backends that misbehave are in `test_backend_away.py`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from redis.asyncio import Redis

from resolvers import DOMAINS
from resolvers.graph.schema import kinds_of
from tests.running import CLOUD
from tests.watched import Watched, slow_polls, watched

CORRELATION = "bad-input-0001"
NOUNS = tuple(kinds_of(DOMAINS))
SERVERS = "query($first: Int, $after: String, $filter: ServerFilter, $maxAge: Duration) {"
SERVERS += " servers(first: $first, after: $after, filter: $filter, maxAge: $maxAge) { totalCount } }"
BY_ID = "query($id: ID!) { server(id: $id) { name } }"


@pytest.fixture(scope="module")
async def krane(valkey: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    client = Redis.from_url(valkey)
    await client.flushall()
    await client.aclose()
    folder: Path = tmp_path_factory.mktemp("krane")
    async with watched(valkey, folder, inventory=slow_polls(), identity={"token_cache_seconds": 0}) as it:
        yield it


@dataclass(frozen=True)
class Bad:
    """`says` is a part of the sentence. `action`: what was attempted, so that an audit row must tell of it."""

    query: str
    code: str
    says: str
    variables: dict[str, Any] = field(default_factory=dict)
    status: int = 200  # where the document itself is good, HTTP has nothing to complain about
    person: str | None = "jiwoo"
    action: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)  # other extensions of the error


def mutation(name: str, given: dict[str, Any], **expected: Any) -> Bad:
    """A bad call of a mutation such as `serverStart`."""
    noun = next(n for n in sorted(NOUNS, key=len, reverse=True) if name.startswith(n))
    verb = name.removeprefix(noun)
    query = f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ id }} }}"
    action = f"{noun}.{verb[0].lower()}{verb[1:]}"
    return Bad(query, variables={"input": given}, action=action, **expected)


WEB = {"name": "web-new", "flavor": "m1.small", "image": "ubuntu-24.04", "project": "shop"}
LONG = "x" * 10_000

DOCUMENTS = {
    "unknown field": Bad("{ servers { nodes { colour } } }", "INVALID", "Cannot query field 'colour'", status=400),
    "unknown argument": Bad(
        "{ servers(colour: 1) { totalCount } }", "INVALID", "Unknown argument 'colour'", status=400
    ),
    "wrong type": Bad('{ servers(first: "many") { totalCount } }', "INVALID", "Int cannot represent", status=400),
    "wrong type of a variable": Bad(SERVERS, "INVALID", "Int cannot represent", {"first": "many"}, 400),
    "a number that is no number": Bad(SERVERS, "INVALID", "Int cannot represent", {"first": 1e300}, 400),
    "a required input left out": Bad("mutation { serverStart(input: {}) { id } }", "INVALID", "required", status=400),
    "not GraphQL": Bad("hello", "INVALID", "Syntax Error", status=400),
    "control characters in the document": Bad(
        "{ servers\u0000 { totalCount } }", "INVALID", "Syntax Error", status=400
    ),
    "no query": Bad("  ", "INVALID", "The request has no query.", status=400),
    "too deep": Bad(
        "{ servers" + " { nodes { project { servers" * 5 + " { totalCount } " + "} } }" * 5 + " }",
        "TOO_EXPENSIVE",
        "the limit for depth is 12",
        status=400,
    ),
    "too many tokens": Bad(
        "{ servers { totalCount " + "totalCount " * 1_000 + "} }", "TOO_EXPENSIVE", "1000 tokens", status=400
    ),
    "too many aliases": Bad(
        "{ servers { " + " ".join(f"a{n}: totalCount" for n in range(16)) + " } }",
        "TOO_EXPENSIVE",
        "the limit for aliases is 15",
        status=400,
    ),
    "too many roots": Bad(
        "{ " + "servers { totalCount } " * 21 + "}", "TOO_EXPENSIVE", "root fields is 20", status=400
    ),
    "too costly": Bad(
        "{ servers(first: 1000) { nodes { volumes { id } ports { id } networks { id } snapshots { id } image { id } } } }",
        "TOO_EXPENSIVE",
        "limit for cost is 5000",
        status=400,
    ),
    "a mutation by two names": Bad(
        "query A { servers { totalCount } } query B { servers { totalCount } }", "INVALID", "operation name", status=400
    ),
    "a subscription by POST": Bad("subscription { resourceEvents { id } }", "INVALID", "WebSocket", status=400),
}
READS = {
    "an invalid cursor": Bad(
        SERVERS, "INVALID", "`after` is not a cursor", {"after": "garbage"}, more={"field": "after"}
    ),
    "first: 100000": Bad(SERVERS, "INVALID", "between 0 and 1000", {"first": 100_000}, more={"field": "first"}),
    "first: -1": Bad(SERVERS, "INVALID", "between 0 and 1000", {"first": -1}),
    "a duration that is none": Bad(SERVERS, "INVALID", "A duration is", {"maxAge": "soon"}, 400),
    "a negative duration": Bad(SERVERS, "INVALID", "A duration is", {"maxAge": -1}, 400),
    "a moment without a zone": Bad(
        SERVERS, "INVALID", "distance from UTC", {"filter": {"createdAt": {"gt": "2026-01-01T00:00:00"}}}
    ),
    "an unknown id": Bad(BY_ID, "NOT_FOUND", "There is no server with the id", {"id": f"server:{CLOUD}/nowhere"}),
    "an id of another kind": Bad(BY_ID, "NOT_FOUND", "There is no server named", {"id": f"volume:{CLOUD}/nowhere"}),
    "an unknown name": Bad(BY_ID, "NOT_FOUND", "There is no server named `nowhere`.", {"id": "nowhere"}),
    "an empty name": Bad(BY_ID, "INVALID", "Say which server, by its id or name.", {"id": " "}),
    "a name of 10,000 characters": Bad(BY_ID, "NOT_FOUND", "xxx…`", {"id": LONG}),
    "a name of control characters": Bad(BY_ID, "NOT_FOUND", "`a??b`", {"id": "a\u0000\u001bb"}),
    "an id that is none": Bad('{ node(id: "web-1") { id } }', "INVALID", "An id looks like `server:krane/"),
    "an id of an unknown kind": Bad(
        '{ node(id: "ship:krane/1") { id } }', "NOT_FOUND", "There is nothing with this id."
    ),
    "201 ids": Bad(
        "query($i: [ID!]!) { nodes(ids: $i) { id } }", "INVALID", "at most 200 ids", {"i": ["server:a/b"] * 201}
    ),
    "an ambiguous name": Bad(
        '{ securityGroup(id: "ssh") { id } }',
        "INVALID",
        "`ssh` is the name of 2 security groups; say which one by its id.",
    ),
    "an operation that is none": Bad('{ operation(id: "x y") { id } }', "NOT_FOUND", "There is no such operation."),
    "200 and one operations": Bad("{ operations(first: 201) { id } }", "INVALID", "between 0 and 200"),
    "the audit log": Bad("{ auditEntries { id } }", "DENIED", "for operators"),
    "a place in the audit log that is none": Bad(
        '{ auditEntries(before: "yesterday") { id } }', "INVALID", "not the id of an audit row", person="operator"
    ),
    "lines of a console": Bad(
        '{ server(id: "shop-web-1") { consoleLog(lines: 5000) } }', "INVALID", "between 1 and 1000"
    ),
}
CALLERS = {
    "nobody": Bad("{ servers { totalCount } }", "UNAUTHENTICATED", "Sign in first", status=401, person=None),
    "nobody who changes something": Bad(
        'mutation { serverStop(input: {server: "shop-web-1"}) { id } }',
        "UNAUTHENTICATED",
        "Sign in first",
        status=401,
        person=None,
    ),
    "nobody who reads the schema": Bad(
        "{ __schema { types { name } } }", "UNAUTHENTICATED", "introspection", status=401, person=None
    ),
    "a garbage token": Bad(
        "{ servers { totalCount } }",
        "UNAUTHENTICATED",
        "The token is not valid",
        status=401,
        person=None,
        headers={"x-auth-token": "gA"},
    ),
    "a token of control characters": Bad(
        "{ servers { totalCount } }",
        "UNAUTHENTICATED",
        "The token is not valid",
        status=401,
        person=None,
        headers={"x-auth-token": "a\tb"},
    ),
    "a token of 20,000 characters": Bad(
        "{ servers { totalCount } }",
        "UNAUTHENTICATED",
        "The token is not valid",
        status=401,
        person=None,
        headers={"x-auth-token": "x" * 20_000},
    ),
}
ACTIONS = {
    "start a running server": mutation(
        "serverStart",
        {"server": "shop-web-1"},
        code="CONFLICT",
        says="`shop-web-1` is ACTIVE; this needs it to be SHUTOFF.",
    ),
    "confirm what was not resized": mutation(
        "serverConfirmResize", {"server": "shop-web-1"}, code="CONFLICT", says="this needs it to be VERIFY_RESIZE"
    ),
    "stop a locked server": mutation(
        "serverStop", {"server": "shop-db-1"}, code="CONFLICT", says="is locked; unlock it first"
    ),
    "delete a volume in use": mutation("volumeDelete", {"volume": "shop-db-1-data"}, code="CONFLICT", says="shop-db-1"),
    "shrink a volume": mutation("volumeExtend", {"volume": "scratch", "size": 1}, code="INVALID", says="50"),
    "an unknown server": mutation(
        "serverStop", {"server": "nowhere"}, code="NOT_FOUND", says="There is no server named `nowhere`."
    ),
    "no server": mutation("serverDelete", {"server": ""}, code="INVALID", says="Say which server"),
    "an ambiguous group": mutation(
        "securityGroupDelete", {"securityGroup": "ssh"}, code="INVALID", says="`ssh` is the name of 2 security groups"
    ),
    "a quota of two servers": mutation(
        "serverCreate",
        {**WEB, "project": "search", "count": 3},
        person="sora",
        code="QUOTA_EXCEEDED",
        says="The project may use 2 instances and uses 0; 3 more do not fit.",
        more={"field": "instances"},
    ),
    "without the role": mutation(
        "serverStop",
        {"server": "shop-web-1"},
        person="haneul",
        code="DENIED",
        says="needs the role `member` on some project",
    ),
    "for operators": mutation(
        "flavorCreate",
        {"name": "huge", "vcpus": 1, "ram": 1024, "disk": 1},
        code="DENIED",
        says="needs an operator of the cloud",
    ),
    "another project's server": mutation(
        "serverStop",
        {"server": "shop-web-1"},
        person="minsu",
        code="NOT_FOUND",
        says="There is no server named `shop-web-1`.",
    ),
    "another project": mutation(
        "serverCreate", {**WEB, "project": "search"}, code="NOT_FOUND", says="There is no project named `search`."
    ),
    "a name of 10,000 letters": mutation(
        "serverCreate", {**WEB, "name": LONG}, code="INVALID", says="`name` has 10000 characters"
    ),
    "a name of control characters": mutation(
        "serverRename",
        {"server": "shop-web-1", "name": "a\u0007b"},
        code="INVALID",
        says="control or invisible characters",
    ),
    "a name of direction marks": mutation(
        "serverRename",
        {"server": "shop-web-1", "name": "a\u202eb"},
        code="INVALID",
        says="control or invisible characters",
    ),
    "no name": mutation(
        "networkCreate", {"name": "  ", "project": "shop"}, code="INVALID", says="`name` may not be empty."
    ),
    "no servers": mutation("serverCreate", {**WEB, "count": 0}, code="INVALID", says="`count` is between 1 and 50"),
    "a million servers": mutation(
        "serverCreate", {**WEB, "count": 1_000_000}, code="INVALID", says="`count` is between 1 and 50"
    ),
    "a volume of nothing": mutation(
        "volumeCreate", {"name": "v", "size": 0, "project": "shop"}, code="INVALID", says="size"
    ),
    "labels that are no texts": mutation(
        "serverSetMetadata",
        {"server": "shop-web-1", "metadata": {"a": {"b": 1}}},
        code="INVALID",
        says="a text of at most 255",
    ),
    "labels that are no object": mutation(
        "serverSetMetadata",
        {"server": "shop-web-1", "metadata": [1]},
        code="INVALID",
        says="`metadata` is an object of texts",
    ),
    "an address that is none": mutation(
        "subnetCreate", {"name": "s", "network": "shop-net", "cidr": "10.0.0.0/99"}, code="INVALID", says="10.0.0.0/99"
    ),
    "a key that is none": mutation(
        "keypairCreate", {"name": "k", "publicKey": "ssh-rsa AAAA"}, code="INVALID", says="key"
    ),
    "an image from nowhere": mutation(
        "imageCreate",
        {"name": "i", "address": "file:///etc/passwd", "diskFormat": "QCOW2", "project": "shop"},
        code="INVALID",
        says="http",
    ),
}


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
