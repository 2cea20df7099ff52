"""Commands found by what people type, and the nearest ones when nothing is found."""

import pytest

from bot.catalogue import ALLOWED_QUERY, CATALOGUE_QUERY, COMMAND_QUERY, Catalogue, CommandSpec, catalogue_of
from tests.bot.specs import RULE_ADD, SERVER_CREATE, SERVER_LIST, catalogue
from tests.running import Running

ALIASES = {"vm": "server", "sg": "securityGroup", "서버": "server", "ls": "server list"}


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("server list", "server.list", []),
        ("server list a b", "server.list", ["a", "b"]),
        ("Server List", "server.list", []),
        ("servers list", "server.list", []),
        ("ip-policies list", "ipPolicy.list", []),
        ("security-group rule-add web tcp", "securityGroup.ruleAdd", ["web", "tcp"]),
        ("securityGroup ruleAdd web", "securityGroup.ruleAdd", ["web"]),
        ("security_group rule_add web", "securityGroup.ruleAdd", ["web"]),
        ("security-groups ruleadd web", "securityGroup.ruleAdd", ["web"]),
        ("security group rule add web", "securityGroup.ruleAdd", ["web"]),
        ("server add floating ip web", "server.addFloatingIp", ["web"]),
        ("server reboot soft soft", "server.rebootSoft", ["soft"]),
        ("vm list x", "server.list", ["x"]),
        ("VM list", "server.list", []),
        ("sg rule-add web", "securityGroup.ruleAdd", ["web"]),
        ("서버 list", "server.list", []),
        ("ls web", "server.list", ["web"]),
    ],
)
def test_found(text: str, name: str, rest: list[str]) -> None:
    found = catalogue().find(text.split(), ALIASES)
    assert found is not None
    assert (found[0].name, found[1]) == (name, rest)


@pytest.mark.parametrize("text", ["", "server", "list", "server frobnicate", "sever list", "list server", "- -"])
def test_not_found(text: str) -> None:
    assert catalogue().find(text.split(), ALIASES) is None


def test_an_alias_is_a_noun_only_where_it_is_known() -> None:
    assert catalogue().find(["vm", "list"], {}) is None


def test_a_short_verb_wins_over_a_longer_one() -> None:
    both = Catalogue([CommandSpec("server.reboot"), CommandSpec("server.rebootSoft")])
    found = both.find(["server", "reboot", "soft"], {})
    assert found is not None
    assert (found[0].name, found[1]) == ("server.reboot", ["soft"])


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sever list", "server list"),
        ("server crate", "server create"),
        ("server lst", "server list"),
        ("security-gruop rule-add", "security-group rule-add"),
        ("serverlist", "server list"),
        ("hlep", "help"),
        ("vm crate", "server create"),
        ("list servers", "server list"),
        ("서버 삭제", "server delete"),
        ("server rm", "server delete"),
        ("remove vm", "server delete"),
    ],
)
def test_nearest(text: str, first: str) -> None:
    assert catalogue().nearest(text.split(), also=["help", "use"], aliases=ALIASES)[0] == first


def test_a_noun_alone_gets_its_commands() -> None:
    assert catalogue().nearest(["server"]) == ["server add-floating-ip", "server create", "server delete"]


def test_nothing_is_near_to_nonsense() -> None:
    assert catalogue().nearest(["qwertyuiop", "zxcvbnm"]) == []
    assert catalogue().nearest([]) == []


def test_nouns_and_lookup() -> None:
    it = catalogue()
    assert it.nouns() == ["ipPolicy", "securityGroup", "server"]
    assert it.get("server.create") is SERVER_CREATE
    assert it.get("server.nothing") is None
    assert it.noun(["security", "groups"], {}) == "securityGroup"
    assert it.noun(["vm"], ALIASES) == "server"
    assert it.noun(["nothing"], ALIASES) is None
    assert len(it) == len(list(it))


def test_usage_names_what_must_be_given() -> None:
    assert SERVER_CREATE.usage == "server create NAME --flavor FLAVOR [--…]"
    assert RULE_ADD.usage == "security-group rule-add SECURITY-GROUP [PROTOCOL] [PORT-MIN] [PORT-MAX] [--…]"
    assert SERVER_LIST.usage == "server list [--…]"


async def test_the_graph_tells_its_commands(graph: Running) -> None:
    answer = await graph("jiwoo", CATALOGUE_QUERY)
    assert "errors" not in answer
    it = catalogue_of(answer["data"])
    create, listed = it.get("server.create"), it.get("server.list")
    assert create is not None and listed is not None
    assert create.change and not listed.change
    assert create.parameter("boot-volume-size") is not None
    assert listed.rows == "servers.nodes" and listed.columns
    for command in it:
        assert it.find([command.noun, command.verb], {}) == (command, [])
        assert it.find(command.typed.split(), {}) == (command, [])
    allowed = await graph("jiwoo", ALLOWED_QUERY)
    assert {"server.list", "server.create"} <= {each["name"] for each in allowed["data"]["commands"]}
    one = await graph("jiwoo", COMMAND_QUERY, {"name": "server.delete"})
    assert one["data"]["command"]["danger"] == "DESTRUCTIVE"
