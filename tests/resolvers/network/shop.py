"""Steps that several tests of network begin with, as jiwoo in the project shop."""

from typing import Any

from tests.running import Running

SHOP = "shop"


async def network(graph: Running, name: str = "lab", cidr: str | None = "10.9.0.0/24") -> str:
    """The id of a new network, with a subnet `<name>-v4` when a range is given."""
    made = await graph.done("jiwoo", "networkCreate", {"name": name}, SHOP)
    if cidr is not None:
        await graph.done("jiwoo", "subnetCreate", {"name": f"{name}-v4", "network": name, "cidr": cidr}, SHOP)
    return str(made["resourceId"])


async def refused(graph: Running, action: str, given: dict[str, Any], person: str = "jiwoo") -> dict[str, Any]:
    """The error of a mutation that must be refused."""
    name = action[0].upper() + action[1:] + "Input"
    query = f"mutation($input: {name}!) {{ {action}(input: $input) {{ id }} }}"
    return await graph.refused(person, query, {"input": given}, None if person != "jiwoo" else SHOP)


async def planned(graph: Running, action: str, given: dict[str, Any]) -> dict[str, Any]:
    """The plan of an action."""
    name = action[0].upper() + action[1:] + "Input"
    query = f"""query($input: {name}!) {{ plan {{ {action}(input: $input) {{
        danger requires targets {{ kind name }} changes {{ attribute before after }} quota {{ resource used after }}
        dependants {{ kind name }} warnings undo }} }} }}"""
    found: dict[str, Any] = (await graph.data("jiwoo", query, {"input": given}, SHOP))["plan"][action]
    return found


async def undone(graph: Running, operation: dict[str, Any]) -> dict[str, Any]:
    """Take an operation back, and see it succeed."""
    query = "mutation($id: ID!) { undo(operationId: $id) { id } }"
    started = await graph.data("jiwoo", query, {"id": operation["id"]}, SHOP)
    ended = await graph.ended("jiwoo", started["undo"]["id"])
    assert ended["state"] == "SUCCEEDED", ended
    return ended


async def names(graph: Running, plural: str) -> list[str]:
    """Names of what the shop has of a kind, as it is listed right now."""
    query = (
        f'{{ {plural}(filter: {{project: {{name: {{eq: "shop"}}}}}}, maxAge: 0, first: 500) {{ nodes {{ name }} }} }}'
    )
    return [row["name"] for row in (await graph.data("jiwoo", query))[plural]["nodes"]]
