"""Every action with references to what is another project's: the hidden is not found, the shared not changed, and nothing happens.

The actions and their references are read from `commands`, so a new action is asked too.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.request import RequestFacts
from notifications.redis import RedisClient
from resolvers.context import Context
from tests.trips.test_fuzzed_actions import commands, spelled
from tests.watched import Watched, slow_polls, watched

PERSON = "minsu"  # a member of talk alone
PLAIN: dict[str, Any] = {
    "cidr": "10.77.0.0/24",
    "publicKey": "ssh-ed25519 " + "A" * 68,
    "size": 500,
    "key": "k",
    "ram": 512,
}
ROWS_EACH = 3


@pytest.fixture
async def krane(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Watched]:
    limits = {"budget": 10**9}
    async with watched(valkey, tmp_path, inventory=slow_polls(), graphql={"limits": limits}) as it:
        yield it


async def sight(krane: Watched) -> Context:
    return await krane.graph.app.context_of(RequestFacts("a-test-00", await krane.graph.token(PERSON)))


def others(context: Context, kind: str, *, seen: bool) -> list[Any]:
    """Rows of other projects that the person sees, or does not."""
    inventory, mine = context.inventory, context.actor.projects
    return [
        row
        for row in inventory.table(kind).all()
        if getattr(row, "project_id", None) not in mine and (inventory.get(context.actor, kind, row.id) is row) is seen
    ][:ROWS_EACH]


def filled(context: Context, command: dict[str, Any], name: str, row: Any) -> dict[str, Any]:
    """The parameter `name` with that row, and what else is required with what is the person's own."""
    given: dict[str, Any] = {}
    for parameter in command["parameters"]:
        if parameter["name"] == name:
            value = row.id
        elif not parameter["required"]:
            continue
        elif parameter["choicesFrom"]:
            value = own(context, parameter["choicesFrom"])
        else:
            plain = {"Int": 500, "Boolean": True, "JSON": {"a": "b"}}.get(parameter["type"], "plain")
            value = parameter["choices"][0] if parameter["choices"] else PLAIN.get(parameter["name"], plain)
        given[parameter["name"]] = [value] if parameter["many"] else value
    return given


def own(context: Context, kind: str) -> str:
    rows = context.inventory.select(context.actor, kind)
    mine = [row for row in rows if getattr(row, "project_id", None) in context.actor.projects]
    return str((mine or rows)[0].id) if rows else "none"


async def test_what_is_hidden_can_not_be_acted_on_or_with(krane: Watched) -> None:
    context, before = await sight(krane), await krane.everything()
    not_found, asked = 0, 0
    for command in await commands(krane):
        action, given = spelled(command)
        query = f"mutation($input: {given}!) {{ {action}(input: $input) {{ id }} }}"
        for parameter in (p for p in command["parameters"] if p["choicesFrom"]):
            for row in others(context, parameter["choicesFrom"], seen=False):
                values = filled(context, command, parameter["name"], row)
                answer = await krane.graph(PERSON, query, {"input": values})
                assert "errors" in answer, (action, values)
                error = answer["errors"][0]
                # Where something else is checked first, that is what is told.
                assert error["extensions"]["code"] in ("NOT_FOUND", "INVALID", "CONFLICT", "DENIED"), error
                assert not row.name or f"`{row.name}`" not in error["message"], error
                asked += 1
                not_found += error["extensions"]["code"] == "NOT_FOUND"
    assert asked > 100
    assert not_found > 0.8 * asked
    assert await krane.everything() == before


async def test_what_is_only_shared_with_one_can_not_be_changed(krane: Watched) -> None:
    context, before = await sight(krane), await krane.everything()
    asked = set()
    for command in await commands(krane):
        action, given = spelled(command)
        noun = command["name"].split(".")[0]
        if noun == "keypair" or noun not in {p["name"] for p in command["parameters"] if p["choicesFrom"] == noun}:
            continue  # it makes something, or changes what is the person's own
        query = f"mutation($input: {given}!) {{ {action}(input: $input) {{ id }} }}"
        for row in others(context, noun, seen=True):
            answer = await krane.graph(PERSON, query, {"input": filled(context, command, noun, row)})
            assert answer["errors"][0]["extensions"]["code"] == "DENIED", (action, row.name, answer)
            asked.add(action)
    assert {"imageDelete", "imageShare", "networkDelete", "networkUpdate", "subnetDelete", "subnetPoolDelete"} <= asked
    assert await krane.everything() == before


@pytest.mark.parametrize("action", ["serverAttachInterface", "serverCreate"])
async def test_a_server_joins_no_external_network(krane: Watched, action: str) -> None:
    given: dict[str, Any] = {"server": "talk-chat-1", "network": "public"}
    if action == "serverCreate":
        given = {
            "name": "new",
            "flavor": "m1.small",
            "image": "ubuntu-24.04",
            "project": "talk",
            "networks": ["public"],
        }
    before = await krane.everything()
    query = f"mutation($i: {action[0].upper()}{action[1:]}Input!) {{ {action}(input: $i) {{ id }} }}"
    refused = await krane.graph.refused(PERSON, query, {"i": given})
    assert refused["code"] == "CONFLICT"
    assert refused["message"] == "`public` is external; a server reaches it by a router or a floating IP."
    assert await krane.everything() == before
