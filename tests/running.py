"""The whole application in process, asked over HTTP as a person asks. Used by the fixture `graph` and by trips."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import strawberry
import yaml

from gateway.app import Application, build
from gateway.roles import Role
from gateway.schema import build_schema
from gateway.settings import Settings
from resolvers import DOMAINS
from resolvers.clock import Clock
from resolvers.domain import Domain
from resolvers.sandbox.seed import demo_people
from tests.polling import eventually

CLOUD = "krane"
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # a Fernet key like any other, for tests alone
FOLLOW = """query($id: ID!) { operation(id: $id) {
  state resourceId resourceIds undo { action } error { code message } steps { name state }
} }"""


@cache
def schema() -> strawberry.Schema:
    """Built once: it does not change, and it costs a second."""
    built = build_schema(DOMAINS)
    gc.freeze()  # as after the collection of the tests
    return built


def demo_passwords() -> dict[str, str]:
    """Of the people of the sandbox, by their names."""
    return {person.name: person.password for person in demo_people()}


def policy_file(folder: Path, rules: str | list[dict[str, Any]]) -> dict[str, str]:
    """The section of the settings for a policy file that is written into the folder. `rules`: as its YAML, or as what that says."""
    file = folder / "policy.yaml"
    file.write_text(rules if isinstance(rules, str) else yaml.safe_dump({"rules": rules}))
    return {"file": str(file)}


class Running:
    """`app` is the application itself, for tests that look behind the door."""

    def __init__(self, app: Application, http: httpx.AsyncClient, passwords: Mapping[str, str]) -> None:
        self.app = app
        self.http = http
        self._passwords = passwords
        self._tokens: dict[tuple[str, str | None], str] = {}

    async def token(self, person: str, project: str | None = None) -> str:
        """A token of a demo person; scoped when a project is named."""
        if (person, project) not in self._tokens:
            port = self.app.ports.get("identity", CLOUD)
            self._tokens[person, project] = await port.sign_in(person, self._passwords[person], "Default", project)
        return self._tokens[person, project]

    async def __call__(
        self, person: str | None, query: str, variables: Mapping[str, Any] | None = None, project: str | None = None
    ) -> dict[str, Any]:
        """The whole answer: data, errors, extensions. `person` None asks without signing in."""
        headers = {"x-auth-token": await self.token(person, project)} if person is not None else {}
        response = await self.http.post(
            "/graphql", json={"query": query, "variables": dict(variables or {})}, headers=headers
        )
        answer: dict[str, Any] = response.json()
        return answer

    async def data(
        self, person: str, query: str, variables: Mapping[str, Any] | None = None, project: str | None = None
    ) -> dict[str, Any]:
        """The data; a failure when there were errors."""
        answer = await self(person, query, variables, project)
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]
        return found

    async def refused(
        self, person: str | None, query: str, variables: Mapping[str, Any] | None = None, project: str | None = None
    ) -> dict[str, Any]:
        """The first error, flattened: message, code and the other extensions; a failure when there was none."""
        answer = await self(person, query, variables, project)
        assert "errors" in answer, answer
        error = answer["errors"][0]
        return {"message": error["message"], **error["extensions"]}

    async def change(
        self, person: str, action: str, given: Mapping[str, Any], project: str | None = None, key: str | None = None
    ) -> dict[str, Any]:
        """Run a mutation such as `serverStart` and follow it to its end; the operation as the graph shows it."""
        name = action[0].upper() + action[1:] + "Input"
        query = f"mutation($input: {name}!, $key: String) {{ {action}(input: $input, idempotencyKey: $key) {{ id }} }}"
        started = await self.data(person, query, {"input": dict(given), "key": key}, project)
        return await self.ended(person, started[action]["id"])

    async def done(
        self, person: str, action: str, given: Mapping[str, Any], project: str | None = None
    ) -> dict[str, Any]:
        """As `change`, and it must succeed."""
        operation = await self.change(person, action, given, project)
        assert operation["state"] == "SUCCEEDED", operation
        return operation

    async def ended(self, person: str, operation: str) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            found = (await self.data(person, FOLLOW, {"id": operation}))["operation"]
            return found if found["state"] in ("SUCCEEDED", "FAILED") else None

        found = await eventually(look, f"operation {operation} ends", 60)
        return {"id": operation, **found}


@contextlib.asynccontextmanager
async def running(
    store_url: str,
    folder: Path,
    passwords: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    role: Role = Role.ALL,
    domains: tuple[Sequence[Domain], strawberry.Schema] | None = None,
    **settings: Any,
) -> AsyncIterator[Running]:
    """`settings` replace sections, for instance `clouds=[...]`; `passwords` are of the people there, else the demo people's; `domains`,
    with the schema of them, stand in for those that there are."""
    given: dict[str, Any] = {
        "store": {"url": store_url, "folder": str(folder)},
        "clouds": [{"backend": "sandbox", "name": CLOUD, "speed": 50.0}],
        "secret_key": KEY,
        **settings,
    }
    made_of, its_schema = domains or (DOMAINS, schema())
    app = build(Settings.model_validate(given), clock, its_schema, role, made_of)
    await app.open()
    try:
        await app.inventory.load()
        transport = httpx.ASGITransport(app.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=60) as http:
            yield Running(app, http, passwords or demo_passwords())
    finally:
        await app.close()
        await asyncio.sleep(0)  # let transports that were just closed say goodbye before the loop ends
