"""Asking the graph as a person who is in a chat channel, and putting a policy file in force. Used by the tests of policy and approvals."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resolvers import DOMAINS
from resolvers.actor import Origin
from resolvers.graph.schema import command_names
from resolvers.policy import Policy, PolicySettings
from tests.resolvers.graph.asking import answered
from tests.running import CLOUD
from tests.watched import Watched

SHOP = Origin("slack", channel="C-SHOP", message="https://team.slack.com/archives/C-SHOP/p1")
HTTP = Origin("http")


def project(krane: Watched, name: str) -> str:
    rows = krane.graph.app.inventory.table("project").all()
    return next(str(row.id) for row in rows if row.name == name and row.cloud == CLOUD)


async def ask(
    krane: Watched,
    person: str,
    query: str,
    variables: Mapping[str, Any] | None = None,
    origin: Origin = SHOP,
    within: str | None = None,
) -> dict[str, Any]:
    """The whole answer. `within` narrows the person to a project, by its name."""
    app = krane.graph.app
    actor = await app.authenticator.actor_of(await krane.graph.token(person), None, origin)
    assert actor is not None
    if within is not None:
        actor = actor.narrowed(project(krane, within))
    return await answered(app.transport.executor, app.context_for(actor, "a-test-01"), person, query, variables)


async def told(
    krane: Watched, person: str, query: str, variables: Mapping[str, Any] | None = None, **where: Any
) -> Any:
    """The data, and there may be no error."""
    answer = await ask(krane, person, query, variables, **where)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def refused(
    krane: Watched, person: str, query: str, variables: Mapping[str, Any] | None = None, **where: Any
) -> dict[str, Any]:
    """The first error, flattened; nothing may have changed, and no call may have reached the cloud."""
    await krane.graph.app.authenticator.actor_of(
        await krane.graph.token(person), None, HTTP
    )  # who it is, is known before
    before, calls = await krane.everything(), len(krane.world.calls)
    answer = await ask(krane, person, query, variables, **where)
    assert "errors" in answer, answer
    assert await krane.everything() == before
    assert krane.world.calls[calls:] == []
    error = answer["errors"][0]
    return {"message": error["message"], **error["extensions"]}


def enforce(krane: Watched, folder: Path, text: str) -> Path:
    """Put a policy file in force."""
    path = folder / "policy.yaml"
    write(path, text)
    krane.graph.app.engine.policy = Policy(PolicySettings(file=path), command_names(DOMAINS))
    return path


def write(path: Path, text: str) -> None:
    """As an editor or a mounted secret does: a new file in the place of the old one."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


async def newest_row(krane: Watched) -> Any:
    return (await krane.graph.app.audit.newest(1))[0].row
