"""Policy at the graph's door: what is denied leaves a row and no call, and what is confirmed is seen first. People in one project only."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.ports import Acting
from gateway.chat.graph import InProcessGraph
from resolvers.actor import Origin
from resolvers.identity.port import ProjectRow
from resolvers.sandbox.seed_people import project_id, user_id
from tests.resolvers.graph.chatting import HTTP, SHOP, ask, enforce, newest_row, project, refused, told, write
from tests.watched import Watched

STOP = "mutation($s: String!, $key: String) { serverStop(input: {server: $s}, idempotencyKey: $key) { id } }"
RENAME = 'mutation($s: String!) { serverRename(input: {server: $s, name: "renamed"}) { id } }'
PLAN = (
    "query($s: String!) { plan { serverStop(input: {server: $s}) { id hash confirmation approval { role state } } } }"
)
APPLY = "mutation($id: ID!, $hash: String!) { apply(planId: $id, hash: $hash) { id action } }"
COMMANDS = "query($all: Boolean!) { commands(all: $all) { name allowed confirmation approval } }"
WEB = "shop-web-1"


async def commands(krane: Watched, person: str, **where: Any) -> dict[str, Any]:
    answer = await told(krane, person, COMMANDS, {"all": True}, **where)
    return {command["name"]: command for command in answer["commands"]}


async def test_a_chat_platform_is_denied_until_a_policy_file_allows_it(krane: Watched, tmp_path: Path) -> None:
    said = await refused(krane, "jiwoo", RENAME, {"s": WEB})
    assert (said["code"], "policy.file" in said["message"]) == ("DENIED", True)
    row = await newest_row(krane)
    assert (row.action, row.result, row.origin, row.channel, row.said) == (
        "server.rename",
        "DENIED",
        "slack",
        "C-SHOP",
        SHOP.message,
    )
    assert (row.actor_name, row.input) == ("jiwoo", {"server": WEB, "name": "renamed"})
    enforce(krane, tmp_path, 'rules: [{allow: ["server.*"], channels: ["slack:C-SHOP"]}]')
    done = await told(krane, "jiwoo", RENAME, {"s": WEB})
    assert (await krane.graph.ended("jiwoo", done["serverRename"]["id"]))["state"] == "SUCCEEDED"
    elsewhere = await refused(krane, "jiwoo", RENAME, {"s": "shop-web-2"}, origin=Origin("slack", channel="C-TALK"))
    assert elsewhere["message"] == "The policy does not allow `server.rename` from `slack:C-TALK`."


async def test_what_the_policy_says_of_a_project_is_asked_when_the_project_is_known(
    krane: Watched, tmp_path: Path
) -> None:
    enforce(krane, tmp_path, 'rules: [{allow: ["server.*"], projects: [talk]}]')
    said = await ask(krane, "jiwoo", RENAME, {"s": WEB})
    assert (said["errors"][0]["message"], said["errors"][0]["extensions"]["code"]) == (
        "The policy does not allow `server.rename` from `slack:C-SHOP` on the project `shop`.",
        "DENIED",
    )
    assert "server.rename" not in krane.world.calls
    row = await newest_row(krane)
    assert (row.result, row.project_id) == ("DENIED", project(krane, "shop"))
    done = await told(krane, "jiwoo", RENAME, {"s": "talk-chat-1"})
    assert done["serverRename"]["id"]


async def test_nothing_passes_a_rule_about_a_name_that_was_not_read_yet(krane: Watched, tmp_path: Path) -> None:
    enforce(krane, tmp_path, 'rules: [{deny: [server.rename, server.list], projects: ["sho*"]}, {allow: ["*"]}]')
    app = krane.graph.app
    graph = InProcessGraph(app.transport.executor, app.authenticator, app.context_for, app.engine.policy, app.clock)
    shop, inventory = project(krane, "shop"), app.inventory
    acting = Acting(await krane.graph.token("jiwoo"), shop, "slack", "C-SHOP", "m-1", "U-JIWOO")
    inventory.forget(shop)
    krane.world.fail("project.list")
    said = (await ask(krane, "jiwoo", RENAME, {"s": WEB}))["errors"][0]
    assert "server.rename" not in krane.world.calls
    assert (said["extensions"]["code"], said["message"]) == (
        "DENIED",
        "The policy asks for the name of the project, which 9rum has not read yet; try again in a moment.",
    )
    assert (await told(krane, "jiwoo", RENAME, {"s": "talk-chat-1"}))["serverRename"]["id"]
    answer = await graph.execute(acting, "{ servers { totalCount } }", {}, command="server.list")
    assert [(error.code, "has not read yet" in error.message) for error in answer.errors] == [("DENIED", True)]
    krane.world.heal()
    assert "on the project `shop`" in (await ask(krane, "jiwoo", RENAME, {"s": WEB}))["errors"][0]["message"]


async def test_the_name_of_a_project_that_was_not_read_yet_is_asked_for_where_a_rule_goes_by_it(
    krane: Watched, tmp_path: Path
) -> None:
    """As in the first moment after a start: reads in chat, and what is told of the commands, wait for no list."""
    enforce(krane, tmp_path, 'rules: [{allow: ["server.*"], projects: [shop]}]')
    app, shop = krane.graph.app, project(krane, "shop")
    graph = InProcessGraph(app.transport.executor, app.authenticator, app.context_for, app.engine.policy, app.clock)
    token = await krane.graph.token("jiwoo", "shop")
    acting = Acting(token, shop, "slack", "C-SHOP", "m-1", "U-JIWOO")
    one = "query($name: String!) { command(name: $name) { allowed } }"
    app.inventory.forget(shop)
    listed = await graph.execute(acting, "{ servers { totalCount } }", {}, command="server.list")
    assert (listed.errors, listed.data is not None) == ((), True)
    app.inventory.forget(shop)
    asked = await graph.execute(acting, one, {"name": "server.stop"})
    assert asked.data == {"command": {"allowed": True}}
    app.inventory.forget(shop)
    every = await graph.execute(acting, "{ commands { name } }", {})
    assert "server.stop" in [command["name"] for command in (every.data or {})["commands"]]


async def test_what_a_deleted_project_left_behind_goes_by_the_projects_id(krane: Watched, tmp_path: Path) -> None:
    """Its name is gone with it, so that no rule about a name can be about it."""
    shop = project(krane, "shop")
    enforce(krane, tmp_path, 'rules: [{deny: [server.rename], projects: ["tal*"]}, {allow: ["*"]}]')
    row = krane.world.get(ProjectRow, project_id("shop"))
    assert row is not None
    krane.world.delete(row)
    krane.graph.app.inventory.forget(shop)
    assert (await told(krane, "operator", RENAME, {"s": WEB}))["serverRename"]["id"]
    enforce(
        krane, tmp_path, f'rules: [{{deny: [server.rename], projects: ["{project_id("shop")}"]}}, {{allow: ["*"]}}]'
    )
    said = (await ask(krane, "operator", RENAME, {"s": "shop-web-2"}))["errors"][0]["message"]
    assert said.endswith(f"on the project `{project_id('shop')}`.")


async def test_a_policy_is_for_http_too(krane: Watched, tmp_path: Path) -> None:
    enforce(krane, tmp_path, 'rules: [{allow: ["server.*"], channels: ["slack:*"]}]')
    assert (await refused(krane, "jiwoo", RENAME, {"s": WEB}, origin=HTTP))["code"] == "DENIED"


async def test_a_plan_that_is_denied_leaves_a_row_and_one_that_can_not_be_made_does_not(
    krane: Watched, tmp_path: Path
) -> None:
    enforce(krane, tmp_path, 'rules: [{deny: ["server.*"], projects: [shop]}, {allow: ["*"]}]')
    denied = (await ask(krane, "jiwoo", PLAN, {"s": WEB}, origin=HTTP))["errors"][0]
    row = await newest_row(krane)
    assert (row.action, row.result, row.message) == ("server.stop", "DENIED", denied["message"])
    assert (row.origin, row.input, row.project_id) == ("http", {"server": WEB}, project(krane, "shop"))
    before = await krane.everything()
    assert (await ask(krane, "jiwoo", PLAN, {"s": "nowhere"}, origin=HTTP))["errors"]
    assert await krane.everything() == before
    assert (await newest_row(krane)) == row


async def test_a_change_of_the_file_stops_a_plan_that_was_allowed_before(krane: Watched, tmp_path: Path) -> None:
    path = enforce(krane, tmp_path, 'rules: [{allow: ["server.*"]}]')
    plan = (await told(krane, "jiwoo", PLAN, {"s": WEB}))["plan"]["serverStop"]
    write(path, 'rules: [{allow: ["*.list"]}]')
    said = await refused(krane, "jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]})
    assert said["code"] == "DENIED"


async def test_what_is_confirmed_runs_in_chat_only_after_its_plan_was_seen(krane: Watched, tmp_path: Path) -> None:
    enforce(krane, tmp_path, 'rules: [{allow: ["*"]}]')
    said = await ask(krane, "jiwoo", STOP, {"s": WEB, "key": "k-1"})
    assert said["errors"][0]["extensions"]["code"] == "DENIED"
    assert "server.stop" not in krane.world.calls
    assert (await newest_row(krane)).result == "DENIED"
    plan = (await told(krane, "jiwoo", PLAN, {"s": WEB}))["plan"]["serverStop"]
    assert (plan["confirmation"], plan["approval"]) == ("BUTTON", None)
    applied = (await told(krane, "jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]}))["apply"]
    assert (await krane.graph.ended("jiwoo", applied["id"]))["state"] == "SUCCEEDED"
    again = (await told(krane, "jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]}))["apply"]
    assert again["id"] == applied["id"]
    assert krane.world.calls.count("server.stop") == 1
    http = await told(krane, "jiwoo", STOP, {"s": "shop-web-2"}, origin=HTTP)
    assert http["serverStop"]["id"]


async def test_commands_tell_what_is_allowed_and_asked_here(krane: Watched, tmp_path: Path) -> None:
    enforce(
        krane,
        tmp_path,
        """
rules:
  - deny: [server.delete]
    projects: [shop]
  - allow: [server.delete]
    confirm: typed
    approval: {role: admin}
  - allow: ["server.*", quota.list]
    channels: ["slack:C-SHOP"]
""",
    )
    somewhere = await commands(krane, "jiwoo")
    assert somewhere["server.delete"] == {
        "name": "server.delete",
        "allowed": True,
        "confirmation": "TYPED",
        "approval": "admin",
    }
    assert (await commands(krane, "jiwoo", within="shop"))["server.delete"]["allowed"] is False
    in_shop = {name for name, held in (await commands(krane, "jiwoo", within="shop")).items() if held["allowed"]}
    assert {"server.list", "server.show", "server.stop", "quota.list"} <= in_shop
    assert not [name for name in in_shop if name.startswith("volume.")]
    assert somewhere["server.stop"]["confirmation"] == "BUTTON"
    assert somewhere["server.list"]["confirmation"] == "NONE"
    haneul = {name for name, held in (await commands(krane, "haneul")).items() if held["allowed"]}
    assert "server.list" in haneul
    assert "server.stop" not in haneul
    elsewhere = await commands(krane, "jiwoo", origin=Origin("slack", channel="C-TALK"))
    assert {name for name, held in elsewhere.items() if held["allowed"]} == {"server.delete"}


async def test_a_narrowed_person_sees_and_acts_in_one_project(krane: Watched) -> None:
    everywhere = await told(krane, "jiwoo", "{ servers { nodes { project { name } } } }", origin=HTTP)
    assert {row["project"]["name"] for row in everywhere["servers"]["nodes"]} == {"shop", "talk"}
    here = await told(
        krane,
        "jiwoo",
        "{ servers { nodes { project { name } } } projects { nodes { name } } me { currentProject { name } } }",
        origin=HTTP,
        within="shop",
    )
    assert {row["project"]["name"] for row in here["servers"]["nodes"]} == {"shop"}
    assert here["projects"]["nodes"] == [{"name": "shop"}]
    assert here["me"]["currentProject"] == {"name": "shop"}
    other = await ask(krane, "jiwoo", RENAME, {"s": "talk-chat-1"}, origin=HTTP, within="shop")
    assert other["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    made = 'mutation { keypairDelete(input: {keypair: "none-such"}) { id } }'
    assert (await ask(krane, "jiwoo", made, origin=HTTP, within="shop"))["errors"][0]["extensions"][
        "code"
    ] == "NOT_FOUND"
    with pytest.raises(Exception, match="There is no such project"):
        await ask(krane, "minsu", "{ me { name } }", origin=HTTP, within="shop")


async def test_a_narrowed_person_finds_there_no_plan_and_no_row_of_what_was_asked_for_elsewhere(
    krane: Watched,
) -> None:
    """A room of a project is read by its members, who may have nothing to do with the other one."""
    planned = 'query { plan { serverStop(input: {server: "talk-chat-1"}) { id hash } } }'
    plan = (await told(krane, "jiwoo", planned, origin=HTTP))["plan"]["serverStop"]
    operation = (await told(krane, "jiwoo", RENAME, {"s": "talk-chat-1"}, origin=HTTP))["serverRename"]["id"]
    await krane.graph.ended("jiwoo", operation)
    row = (await krane.graph.app.audit.newest(1))[0].id
    for query, given in (
        ("query($id: ID!) { it: planned(id: $id) { targets { name } } }", {"id": plan["id"]}),
        ("query($id: ID!) { it: replay(auditId: $id) { targets { name } } }", {"id": row}),
        ("mutation($id: ID!, $hash: String!) { it: refusePlan(planId: $id, hash: $hash) { id } }", plan),
        ("mutation($id: ID!, $hash: String!) { it: apply(planId: $id, hash: $hash) { id } }", plan),
        ("mutation($id: ID!) { it: undo(operationId: $id) { id } }", {"id": operation}),
    ):
        answer = await ask(krane, "jiwoo", query, given, origin=HTTP, within="shop")
        assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND", query
        assert "talk" not in answer["errors"][0]["message"]
    here = await told(krane, "jiwoo", "query($id: ID!) { planned(id: $id) { id } }", plan, origin=HTTP, within="talk")
    assert here["planned"]["id"] == plan["id"]


async def test_an_operator_is_one_only_in_the_project_of_operators(krane: Watched) -> None:
    query = "{ me { operator allProjects systemRoles } hypervisors { totalCount } projects { totalCount } }"
    in_shop = await told(krane, "operator", query, origin=HTTP, within="shop")
    assert in_shop["me"] == {"operator": False, "allProjects": False, "systemRoles": []}
    assert (in_shop["hypervisors"]["totalCount"], in_shop["projects"]["totalCount"]) == (0, 1)
    renamed = await told(krane, "operator", RENAME, {"s": WEB}, origin=HTTP, within="shop")
    assert (await krane.graph.ended("operator", renamed["serverRename"]["id"]))["state"] == "SUCCEEDED"
    at_home = await told(krane, "operator", query, origin=HTTP, within="admin")
    assert at_home["me"]["operator"] is True
    assert at_home["hypervisors"]["totalCount"] > 0


async def test_who_is_no_operator_is_in_the_project_of_operators_alone_too(krane: Watched) -> None:
    directory = krane.world.people._directory  # who has which role is the fake cloud's own
    account = directory.accounts[user_id("minsu")]
    roles = {project_id(name): frozenset({"member"}) for name in ("admin", "talk")}
    directory.accounts[account.native] = replace(account, roles=roles)
    query = "{ me { operator } projects { nodes { name } } }"
    assert await told(krane, "minsu", query, origin=HTTP, within="admin") == {
        "me": {"operator": False},
        "projects": {"nodes": [{"name": "admin"}]},
    }


async def test_the_admin_of_a_domain_sees_one_project_when_in_one(krane: Watched) -> None:
    """And what is shared between requests is not shared between the two."""
    directory = krane.world.people._directory  # who has which role is the fake cloud's own
    account = directory.accounts[user_id("dohyun")]
    directory.accounts[account.native] = replace(account, roles={project_id("shop"): frozenset({"member"})})
    query = "{ projects { nodes { name } } users { nodes { name } } }"
    listed = await told(krane, "dohyun", query, origin=HTTP)
    assert len(listed["projects"]["nodes"]) > 1
    assert len(listed["users"]["nodes"]) > 1
    narrowed = await told(krane, "dohyun", query, origin=HTTP, within="shop")
    assert narrowed == {"projects": {"nodes": [{"name": "shop"}]}, "users": {"nodes": [{"name": "dohyun"}]}}
    assert await told(krane, "dohyun", query, origin=HTTP) == listed
    app = krane.graph.app
    jiwoo = await app.authenticator.actor_of(await krane.graph.token("jiwoo"), None, HTTP)
    assert jiwoo is not None
    narrow = jiwoo.narrowed(project(krane, "shop"))
    assert narrow.rights_key() != jiwoo.rights_key()
    assert narrow.rights_key() == jiwoo.narrowed(project(krane, "shop")).rights_key()
