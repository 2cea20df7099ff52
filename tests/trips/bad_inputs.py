"""The inputs that can not be right, by name, with what each must be answered: the tables of `test_bad_input.py`."""

from dataclasses import dataclass, field
from typing import Any

from resolvers import DOMAINS
from resolvers.graph.schema import kinds_of
from tests.running import CLOUD

NOUNS = tuple(kinds_of(DOMAINS))

SERVERS = "query($first: Int, $after: String, $filter: ServerFilter, $maxAge: Duration) {"
SERVERS += " servers(first: $first, after: $after, filter: $filter, maxAge: $maxAge) { totalCount } }"
BY_ID = "query($id: ID!) { server(id: $id) { name } }"


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
    "an id of another kind": Bad(
        BY_ID, "NOT_FOUND", "is the id of a different kind: volume.", {"id": f"volume:{CLOUD}/nowhere"}
    ),
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
