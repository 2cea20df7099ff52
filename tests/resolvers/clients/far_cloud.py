"""A far OpenStack for tests of the client: a small HTTP server on a real socket that speaks Keystone's and Nova's protocol.

Tokens, catalogue and version discovery are like the real ones; what a service answers is put in by the test, bad manners included.
It counts what it was asked, so that a test can say that something was asked once, or not at all.
"""

import asyncio
import itertools
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from tests.clock import leap

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]
OWN_PROJECT, SHOP, TALK = "0" * 32, "a" * 32, "b" * 32
ROLES = {"gurum": {OWN_PROJECT}, "jiwoo": {SHOP, TALK}, "minsu": {TALK}}
PASSWORD = "far-secret"


@dataclass
class Token:
    user: str
    project: str | None = None
    methods: tuple[str, ...] = ("password",)
    trust: str | None = None
    ends: timedelta = timedelta(hours=1)
    groups: tuple[str, ...] = ()  # by the login of another identity provider


@dataclass
class Asked:
    """One request that reached a service; `token` is whose it was."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    token: Token | None


async def no_trusts(trust: str, token: str) -> web.Response:
    return refusal(401, "The request you have made requires authentication.")


@dataclass
class FarCloud:
    """`answers` maps `service /path` to what is answered; `refused` holds tokens that services do not take any more."""

    url: str = ""
    answers: dict[str, Answering] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    logins: list[str] = field(default_factory=list)  # the method of each POST to /auth/tokens
    away: bool = False  # the load balancer before Nova answers in its place
    newest_microversion: str = "2.96"
    compute_path: str = "/compute/v2.1"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    trusted: Callable[[str, str], Awaitable[web.Response]] = field(default=no_trusts)  # (trust, token): far_trusts.py
    log_in: Callable[[web.Request], Awaitable[web.Response]] | None = None  # in the place of Keystone's way
    own_roles: list[str] = field(default_factory=lambda: ["admin", "member"])  # of the own account
    own_scope: dict[str, Any] = field(
        default_factory=dict
    )  # what tokens of the own account say that are for no project
    blind: bool = False  # the own account may not ask of tokens of others
    lapsed: set[str] = field(
        default_factory=set
    )  # tokens of trusts whose people lost the role: Keystone answers 403 of them
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def issue(self, token: Token) -> str:
        name = f"gAAAA{token.user}-{next(self._numbers)}-{'x' * 40}"
        self.tokens[name] = token
        return name

    def answer(self, where: str, answering: Answering) -> None:
        """`where` is `compute /servers/detail`."""
        self.answers[where] = answering

    def calls(self, where: str) -> list[Asked]:
        service, path = where.split(" ", 1)
        return [asked for asked in self.asked if asked.path == f"{service} {path}"]

    def clouds_file(self, folder: Path, entry: Mapping[str, Any] | None = None, **changes: Any) -> Path:
        """A clouds.yaml with the entry `far`, of which `entry` replaces keys (None: not there); `changes` are those of its `auth`."""
        known = {
            "auth_url": f"{self.url}/identity/v3",
            "username": "gurum",
            "password": PASSWORD,
            "user_domain_name": "Default",
            "project_id": OWN_PROJECT,
        }
        auth = {key: value for key, value in {**known, **changes}.items() if value is not None}
        file = folder / "clouds.yaml"
        far = {"region_name": "RegionOne", "auth_type": "password", "auth": auth, **(entry or {})}
        there = {key: value for key, value in far.items() if value is not None}
        file.write_text(json.dumps({"clouds": {"far": there}}))  # JSON is YAML
        return file

    # -- the protocol --------------------------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/identity/v3{slash:/?}", self._identity_version),
            web.post("/identity/v3/auth/tokens", self._log_in),
            web.get("/identity/v3/auth/tokens", self._describe),
            web.delete("/identity/v3/auth/tokens", self._revoke),
            web.get("/compute/v2.1{slash:/?}", self._compute_version),
            web.route("*", "/identity/v3{path:/.*}", self._service("identity")),
            web.route("*", "/compute/v2.1{path:/.*}", self._service("compute")),
        ]

    async def _identity_version(self, request: web.Request) -> web.Response:
        return web.json_response({"version": self._version("v3.14", "/identity/v3/")})

    async def _compute_version(self, request: web.Request) -> web.Response:
        if self.away:
            return web.Response(status=503)
        versions = {"version": self.newest_microversion, "min_version": "2.1", "status": "CURRENT"}
        return web.json_response({"version": {**self._version("v2.1", "/compute/v2.1/"), **versions}})

    def _version(self, name: str, path: str) -> dict[str, Any]:
        return {"id": name, "status": "stable", "links": [{"rel": "self", "href": f"{self.url}{path}"}]}

    async def _log_in(self, request: web.Request) -> web.Response:
        if self.log_in is not None:
            return await self.log_in(request)
        auth = (await request.json())["auth"]
        (method,) = auth["identity"]["methods"]
        self.logins.append(method)
        scope = auth.get("scope", {})
        if "OS-TRUST:trust" in scope:
            return await self.trusted(scope["OS-TRUST:trust"]["id"], auth["identity"]["token"]["id"])
        project = scope["project"]["id"] if "project" in scope else None
        if method == "password":
            user = auth["identity"]["password"]["user"]
            known = user["name"] in ROLES and user["password"] == PASSWORD
            token = Token(user["name"], project) if known else None
        else:
            original = self.tokens.get(auth["identity"]["token"]["id"])
            token = original and Token(original.user, project, ("password", "token"), ends=original.ends)
        if token is None or (project is not None and project not in ROLES[token.user]):
            return refusal(401, "The request you have made requires authentication.")
        return self.issued(token)

    def issued(self, token: Token) -> web.Response:
        return web.json_response(self._body(token), status=201, headers={"X-Subject-Token": self.issue(token)})

    async def _describe(self, request: web.Request) -> web.Response:
        token = self.tokens.get(request.headers["X-Subject-Token"])
        if request.headers["X-Auth-Token"] in self.refused:
            return refusal(401, "The request you have made requires authentication.")
        if self.blind and request.headers["X-Auth-Token"] != request.headers["X-Subject-Token"]:
            return refusal(403, "You are not authorized to perform the requested action: identity:validate_token.")
        if request.headers["X-Subject-Token"] in self.lapsed:
            return refusal(403, "Trustee has no delegated roles.")
        return (
            refusal(404, "This is not a recognized Fernet token")
            if token is None
            else web.json_response(self._body(token))
        )

    async def _revoke(self, request: web.Request) -> web.Response:
        known = self.tokens.pop(request.headers["X-Subject-Token"], None)
        return web.Response(status=204) if known else refusal(404, "Could not find token.")

    def _body(self, token: Token) -> dict[str, Any]:
        default = {"id": "default", "name": "Default"}
        body: dict[str, Any] = {
            "user": {"id": f"u-{token.user}", "name": token.user, "domain": default},
            "methods": list(token.methods),
            "expires_at": (self.now() + token.ends).strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
            "issued_at": self.now().strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
            "roles": [
                {"id": f"r-{role}", "name": role} for role in (self.own_roles if token.user == "gurum" else ["member"])
            ],
        }
        if token.project is not None:
            body["project"] = {"id": token.project, "name": token.project[:4], "domain": default}
            body["catalog"] = [self._entry("identity", "/identity/v3"), self._entry("compute", self._compute_of(token))]
        elif token.user == "gurum":
            body |= self.own_scope
        if token.groups:
            body["user"]["OS-FEDERATION"] = {"groups": [{"id": group} for group in token.groups]}
        if token.trust:
            body["OS-TRUST:trust"] = {"id": token.trust}
        return {"token": body}

    def _compute_of(self, token: Token) -> str:
        return self.compute_path.replace("%(project_id)s", token.project or "")

    def _entry(self, type_: str, path: str) -> dict[str, Any]:
        endpoint = {"id": type_, "interface": "public", "region": "RegionOne", "region_id": "RegionOne"}
        return {"id": type_, "type": type_, "name": type_, "endpoints": [{**endpoint, "url": f"{self.url}{path}"}]}

    def _service(self, service: str) -> Answering:
        async def answer(request: web.Request) -> web.StreamResponse:
            token = request.headers.get("X-Auth-Token", "")
            where = f"{service} {request.match_info['path']}"
            self.asked.append(
                Asked(
                    request.method,
                    where,
                    dict(request.query),
                    dict(request.headers),
                    await request.read(),
                    self.tokens.get(token),
                )
            )
            if self.away:
                return web.Response(status=503)
            if token in self.refused or token not in self.tokens:
                return refusal(401, "Unauthorized")
            answering = self.answers.get(where)
            return refusal(404, "The resource could not be found.") if answering is None else await answering(request)

        return answer


def refusal(status: int, message: str) -> web.Response:
    """The way Keystone and Nova say no."""
    body = {"error": {"code": status, "message": message, "title": "No"}}
    return web.json_response(body, status=status, headers={"X-Openstack-Request-Id": "req-refused"})


def told(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answering:
    """An answer that is always the same: JSON, or bytes as they are."""

    async def answering(request: web.Request) -> web.StreamResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"X-Openstack-Request-Id": "req-told", "Content-Type": "application/json", **(headers or {})}
        return web.Response(body=content, status=status, headers=sent)

    return answering


async def hang(request: web.Request) -> web.StreamResponse:
    """Takes the request and never answers, until nobody waits any longer; ends when the client goes away."""
    leap(100.0)
    await asyncio.Event().wait()
    raise AssertionError("nobody sets that event")


async def cut(request: web.Request) -> web.StreamResponse:
    """Promises more than it sends, then closes the connection."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"servers": [')
    assert request.transport is not None
    request.transport.close()
    return response


def streamed(chunk: bytes, times: int) -> Answering:
    """A large answer whose length is not announced."""

    async def answering(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        for _ in range(times):
            await response.write(chunk)
        return response

    return answering


F = TypeVar("F", bound=FarCloud)


@asynccontextmanager
async def serving(cloud: F, tls: ssl.SSLContext | None = None) -> AsyncIterator[F]:
    app = web.Application()
    app.add_routes(cloud.routes())
    # A handler that hangs must end with its client, else closing the server would wait for it.
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    cloud.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield cloud
    finally:
        await runner.cleanup()
