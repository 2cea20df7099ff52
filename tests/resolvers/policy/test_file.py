"""Policy files: what they decide, and what is said of a file that can not be right."""

import contextlib
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest

from resolvers import DOMAINS
from resolvers.action import Danger
from resolvers.actor import Actor, Identity, Origin
from resolvers.errors import Denied
from resolvers.graph.schema import command_names
from resolvers.policy import Confirmation, Decision, Policy, PolicySettings
from tests.architecture.project import ROOT
from tests.resolvers.graph.chatting import write

SHOP, TALK = "project:c/shop-id", "project:c/talk-id"
NAMES = {SHOP: "shop", TALK: "talk"}
SLACK = Origin("slack", channel="C024", message="m-1")


def person(name: str = "jiwoo", domain: str = "Default", origin: Origin = SLACK, operator: bool = False) -> Actor:
    """Member of shop, reader of talk."""
    identity = Identity("u-1", name, "d-1", domain, {})
    projects = {SHOP: frozenset({"member", "reader"}), TALK: frozenset({"reader"})}
    return Actor(identity, "user:c/u-1", None, projects, operator, operator, "token", origin)


class Asked(Policy):
    """As its callers ask it, who know the names of projects."""

    def decide(
        self,
        actor: Actor,
        command: str,
        project_id: str | None = None,
        project_name: str | None = None,
        danger: Danger | None = None,
    ) -> Decision:
        known = project_name if project_id is None else NAMES.get(project_id)
        return super().decide(actor, command, project_id, known, danger)


def policy(folder: Path, text: str) -> Policy:
    path = folder / "policy.yaml"
    write(path, text)
    found = Asked(PolicySettings(file=path), command_names(DOMAINS))
    assert found.problem() is None
    return found


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [(Origin("http"), True), (Origin("console", channel="r1"), True), (SLACK, False), (Origin("matrix"), False)],
)
def test_without_a_file_http_and_the_console_are_open_and_every_other_platform_is_closed(
    origin: Origin, allowed: bool
) -> None:
    decision = Policy().decide(person(origin=origin), "server.list", SHOP)
    assert decision.allowed is allowed
    assert allowed or "policy file" in str(decision.sentence)


@pytest.mark.parametrize(
    ("danger", "asked"),
    [(Danger.LOW, Confirmation.NONE), (Danger.HIGH, Confirmation.BUTTON), (Danger.DESTRUCTIVE, Confirmation.BUTTON)],
)
def test_what_is_dangerous_is_confirmed_unless_a_rule_says_otherwise(
    danger: Danger, asked: Confirmation, tmp_path: Path
) -> None:
    plain = policy(tmp_path, 'rules: [{allow: ["*"]}]')
    assert plain.decide(person(), "server.stop", SHOP, danger=danger).confirmation is asked
    typed = policy(tmp_path, 'rules: [{allow: ["*"], confirm: typed}]')
    assert typed.decide(person(), "server.stop", SHOP, danger=danger).confirmation is Confirmation.TYPED
    none = policy(tmp_path, 'rules: [{allow: ["*"], confirm: none}]')
    assert none.decide(person(), "server.stop", SHOP, danger=danger).confirmation is Confirmation.NONE


def test_reading_asks_nobody_for_anything(tmp_path: Path) -> None:
    found = policy(tmp_path, 'rules: [{allow: ["*"], confirm: typed, approval: {role: admin}}]')
    read = found.decide(person(), "server.list", SHOP)
    assert (read.confirmation, read.approval_role) == (Confirmation.NONE, None)
    change = found.decide(person(), "server.stop", SHOP, danger=Danger.LOW)
    assert (change.confirmation, change.approval_role) == (Confirmation.TYPED, "admin")


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ('allow: ["*"]', True),
        ("allow: [server.stop]", True),
        ("allow: [server.*]", True),
        ('allow: ["*.list"]', False),
        ('allow: ["*"], channels: ["slack:C024"]', True),
        ('allow: ["*"], channels: ["slack:C02*"]', True),
        ('allow: ["*"], channels: [slack]', True),
        ('allow: ["*"], channels: ["slack:C03*", http]', False),
        ('allow: ["*"], channels: ["console:*"]', False),
        ('allow: ["*"], people: [jiwoo]', True),
        ('allow: ["*"], people: ["ji*"]', True),
        ('allow: ["*"], people: [jiwoo@Default]', True),
        ('allow: ["*"], people: ["*@Default"]', True),
        ('allow: ["*"], people: ["user:c/u-1"]', True),
        ('allow: ["*"], people: [jiwoo@partner]', False),
        ('allow: ["*"], people: [minsu]', False),
        ('allow: ["*"], roles: [member]', True),
        ('allow: ["*"], roles: [auditor, member]', True),
        ('allow: ["*"], roles: [admin]', False),
        ('allow: ["*"], roles: [operator]', False),
        ('allow: ["*"], projects: [shop]', True),
        ('allow: ["*"], projects: ["sh*"]', True),
        ('allow: ["*"], projects: [shop-id]', True),
        ('allow: ["*"], projects: ["project:c/shop-id"]', True),
        ('allow: ["*"], projects: [talk]', False),
        ('allow: ["*"], projects: [shop], people: [jiwoo], roles: [member], channels: ["slack:*"]', True),
        ('allow: ["*"], projects: [shop], people: [minsu], roles: [member], channels: ["slack:*"]', False),
    ],
)
def test_a_rule_is_about_everything_that_it_does_not_narrow(rule: str, allowed: bool, tmp_path: Path) -> None:
    found = policy(tmp_path, f"rules: [{{{rule}}}]").decide(person(), "server.stop", SHOP, danger=Danger.LOW)
    assert found.allowed is allowed
    assert allowed or "does not allow `server.stop` from `slack:C024` on the project `shop`" in str(found.sentence)


def test_a_name_with_an_at_does_not_pass_for_somebody_of_another_domain(tmp_path: Path) -> None:
    found = policy(tmp_path, 'rules: [{allow: ["*"], people: [jiwoo@Default]}]')
    assert not found.decide(person("jiwoo@Default", "partner"), "server.stop", SHOP).allowed
    assert found.decide(person("jiwoo", "Default"), "server.stop", SHOP).allowed


def test_the_first_rule_that_matches_decides_and_what_no_rule_allows_is_denied(tmp_path: Path) -> None:
    found = policy(
        tmp_path,
        """
rules:
  - deny: [server.delete]
    projects: [shop]
  - allow: ["server.*"]
  - deny: ["*"]
  - allow: ["*"]
""",
    )
    allowed = {
        (command, project): found.decide(person(), command, project, danger=Danger.LOW).allowed
        for command in ("server.delete", "server.stop", "volume.delete")
        for project in (SHOP, TALK)
    }
    assert {held for held, yes in allowed.items() if yes} == {
        ("server.delete", TALK),
        ("server.stop", SHOP),
        ("server.stop", TALK),
    }
    assert not policy(tmp_path, "rules: []").decide(person(), "server.list", SHOP).allowed


def test_a_project_whose_name_was_not_read_yet_is_held_against_the_caller(tmp_path: Path) -> None:
    text = """
rules:
  - deny: [server.delete]
    projects: [prod-*]
  - allow: [volume.delete]
    projects: [shop]
  - allow: [server.*]
  - allow: [image.delete]
    projects: [new-id]
"""
    found, new = policy(tmp_path, text), "project:c/new-id"
    lord = replace(person(), projects={new: frozenset({"member"})})
    for command in ("server.delete", "volume.delete"):
        said = found.decide(lord, command, new, danger=Danger.LOW)
        assert (said.allowed, "has not read yet; try again" in str(said.sentence)) == (False, True), command
        with pytest.raises(Denied):
            found.check_approval(lord, command, new, None)
    for command in ("server.stop", "image.delete"):
        assert found.decide(lord, command, new, danger=Danger.LOW).allowed
        found.check_approval(lord, command, new, None)
    assert "on the project `project:c/new-id`" in str(found.decide(lord, "port.delete", new).sentence)


def test_while_the_project_is_not_known_what_some_project_allows_is_possible(tmp_path: Path) -> None:
    found = policy(
        tmp_path,
        """
rules:
  - deny: [server.*]
    projects: [talk]
  - allow: [server.*]
    roles: [member]
  - allow: [volume.*]
    projects: [shop]
  - deny: [image.*]
  - allow: ["*"]
    roles: [admin]
""",
    )
    possible = {name: found.possible(person(), name, Danger.LOW).allowed for name in ("server.stop", "volume.delete")}
    assert possible == {"server.stop": True, "volume.delete": True}
    assert not found.possible(person(), "image.delete", Danger.LOW).allowed
    assert not found.possible(person(), "network.delete", Danger.LOW).allowed  # nowhere is this person an admin


def test_over_all_projects_at_once_only_what_all_of_them_allow_is_read(tmp_path: Path) -> None:
    text = """
rules:
  - deny: [volume.list]
    projects: [talk]
  - allow: [server.list]
    projects: [shop]
  - allow: [network.list]
    roles: [member]
  - allow: [port.list]
    roles: [reader]
  - allow: [volume.list]
"""
    found = policy(tmp_path, text)
    for command in ("volume.list", "server.list", "network.list"):
        with pytest.raises(Denied, match="in some projects only; say in which one") as denied:
            found.check_read(person(), command)
        assert denied.value.code == "DENIED"
        found.check_read(person(), command, SHOP)
    found.check_read(person(), "port.list")
    with pytest.raises(Denied, match="on the project `talk`"):
        found.check_read(person(), "volume.list", TALK)


def test_whoever_sees_every_project_reads_over_all_of_them_by_no_role_on_a_few(tmp_path: Path) -> None:
    members = policy(tmp_path, "rules: [{allow: [server.list], roles: [reader]}]")
    assert members.decide(person(), "server.list").allowed
    assert not members.decide(replace(person(), all_projects=True), "server.list").allowed


def test_every_project_by_a_star_is_as_naming_none(tmp_path: Path) -> None:
    found = policy(tmp_path, 'rules: [{deny: [server.stop], projects: ["*"]}, {allow: ["*"], projects: ["*"]}]')
    assert found.decide(person(), "server.list").allowed
    assert found.decide(person(), "server.list", "project:c/other").allowed
    assert not found.possible(person(), "server.stop").allowed


def test_what_is_denied_in_some_projects_and_allowed_in_none_is_not_possible(tmp_path: Path) -> None:
    found = policy(tmp_path, "rules: [{deny: [server.stop], projects: [shop]}, {allow: [server.list]}]")
    assert not found.possible(person(), "server.stop").allowed


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("[{allow: [server.stop], people: [jiwoo]}]", True),
        ("[{deny: [server.stop], people: [jiwoo]}]", False),  # to nobody is it allowed
        ("[{deny: [server.stop], people: [minsu]}, {allow: [server.stop]}]", False),
        ("[{deny: [server.stop], projects: [talk]}, {allow: [server.stop]}]", True),
        ("[{allow: [server.stop], projects: [talk]}]", False),
        ("[{allow: [server.list]}]", False),
        ("no list", False),
    ],
)
def test_who_approves_needs_a_rule_that_allows_it_to_somebody(tmp_path: Path, rules: str, allowed: bool) -> None:
    write(tmp_path / "policy.yaml", f"rules: {rules}")
    found = Policy(PolicySettings(file=tmp_path / "policy.yaml"))
    with contextlib.nullcontext() if allowed else pytest.raises(Denied, match="Nobody may run"):
        found.check_approval(person("minsu"), "server.stop", SHOP, "shop")


def test_operators_are_named_by_their_role_and_admins_everywhere(tmp_path: Path) -> None:
    found = policy(tmp_path, 'rules: [{allow: ["flavor.*"], roles: [operator]}, {allow: ["server.*"], roles: [admin]}]')
    assert not found.decide(person(), "flavor.create", None, danger=Danger.LOW).allowed
    operator = person(operator=True)
    assert found.decide(operator, "flavor.create", None, danger=Danger.LOW).allowed
    assert found.decide(operator, "server.stop", TALK, danger=Danger.LOW).allowed
    assert not found.decide(replace(operator, operator=False), "server.stop", TALK, danger=Danger.LOW).allowed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [", "line 1, column 9: this is no YAML"),
        ("- allow", "a policy file is `rules:` with a list of rules below it"),
        ("", "a policy file is `rules:`"),
        ("rules: 7", "rules: this is a list"),
        ("rule: []", "rule: there is no such key"),
        ("rules: [{}]", "rules[0]: a rule has either `allow` or `deny`"),
        ("rules: [{allow: [server.*], deny: [server.*]}]", "rules[0]: a rule has either `allow` or `deny`"),
        ("rules: [{allow: []}]", "rules[0].allow: this list is empty"),
        ("rules: [{allow: server.*}]", "rules[0].allow: this is a list"),
        ("rules: [{allow: [7]}]", "rules[0].allow[0]: this is a text"),
        ("rules: [{allow: ['']}]", "rules[0].allow[0]: this is empty"),
        ("rules: [{allow: ['*']}, {allow: ['*'], chanels: [x]}]", "rules[1].chanels: there is no such key"),
        ("rules: [{allow: ['*'], confirm: maybe}]", "rules[0].confirm: this is one of `none`, `button` and `typed`"),
        ("rules: [{allow: ['*'], approval: admin}]", "rules[0].approval: this is an object"),
        ("rules: [{allow: ['*'], approval: {}}]", "rules[0].approval.role: this is missing"),
        ("rules: [{deny: ['*'], confirm: typed}]", "rules[0]: a rule that denies takes no `confirm`"),
        ("rules: [{allow: ['*'], allow: [server.*]}]", "`allow` is given twice"),
        ("rules: [{deny: [server.detele]}]", "rules[0].deny: `server.detele` is the name of no command"),
        ("rules: [{allow: ['*', 'servers.*']}]", "rules[0].allow: `servers.*` is the name of no command"),
        ("rules: !!python/object/apply:os.getcwd []", "this is no YAML"),
        ("a: &x [*x]\nrules: []", "a: there is no such key"),
        ("? [a]\n: 1", "line 1, column 3: this is no YAML: a key is a text"),
        ("? {a: b}\n: 1", "a key is a text"),
        ("rules: [{allow: [2026-13-45]}]", "a key or a value can not be read; write it in quotes"),
        ("rules: [{allow: [!!int 'x']}]", "a key or a value can not be read"),
        ("rules: " + "[" * 5_000, "this is nested too deeply"),
        ("rules: " + "[" * 100 + "]" * 100, "rules[0]: this is an object"),
        ("rules: " + "{a: " * 5_000, "this is nested too deeply"),
        ("rules: [{allow: ['\x00']}]", "this is no YAML text"),
        ("? !!timestamp x\n: 1", "a key or a value can not be read"),
        ("<<: 1\nrules: []", "this is no YAML"),
    ],
)
def test_a_fault_is_one_sentence_that_names_file_and_place_and_nothing_is_allowed(
    text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "policy.yaml"
    write(path, text)
    found = Policy(PolicySettings(file=path), command_names(DOMAINS))
    problem = str(found.problem())
    assert problem.startswith(f"{path}: ")
    assert said in problem
    assert problem.endswith(".")
    decision = found.decide(person(origin=Origin("http")), "server.list", SHOP)
    assert (decision.allowed, "policy file" in str(decision.sentence)) == (False, True)


def test_every_fault_of_a_file_is_told_and_many_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    write(path, "rules: [" + "{allow: []}, " * 8 + "]")
    problem = str(Policy(PolicySettings(file=path)).problem())
    assert problem.count("this list is empty") == 5
    assert problem.endswith("There are 3 more.")


def test_a_changed_file_is_in_force_at_once_and_a_bad_one_never(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "policy.yaml"
    found = policy(tmp_path, "rules: [{allow: [server.*]}]")
    assert found.decide(person(), "server.list", SHOP).allowed
    write(path, "rules: [{allow: [volume.*]}]")
    assert not found.decide(person(), "server.list", SHOP).allowed
    assert found.decide(person(), "volume.list", SHOP).allowed
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        write(path, "rules: [{allow: [server.*, }]")
        for _ in range(3):
            assert not found.decide(person(), "server.list", SHOP).allowed
            assert found.decide(person(), "volume.list", SHOP).allowed
    assert "no YAML" in str(found.problem())
    assert len([record for record in caplog.records if "policy" in record.getMessage()]) == 1
    path.unlink()
    assert found.decide(person(), "volume.list", SHOP).allowed
    assert "can not be read" in str(found.problem())
    write(path, "rules: [{allow: [server.*]}]")
    assert found.problem() is None
    assert found.decide(person(), "server.list", SHOP).allowed


def test_the_example_of_the_page_is_a_policy(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    found = policy(tmp_path, re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0])
    assert found.decide(person(origin=Origin("http")), "flavor.create", None, danger=Danger.LOW).allowed
    assert not found.decide(person(), "server.stop", SHOP, danger=Danger.HIGH).allowed
    team = person(origin=Origin("slack", channel="C024BE91L"))
    assert found.decide(team, "server.stop", SHOP, danger=Danger.HIGH).confirmation is Confirmation.BUTTON
    assert not found.decide(team, "server.stop", TALK, danger=Danger.HIGH).allowed
    rebuild = found.decide(team, "server.rebuild", TALK, danger=Danger.DESTRUCTIVE)
    assert (rebuild.confirmation, rebuild.approval_role) == (Confirmation.TYPED, "admin")
    stranger = person("minsu", origin=Origin("slack", channel="C9"))
    assert not found.decide(stranger, "server.rebuild", TALK, danger=Danger.DESTRUCTIVE).allowed


def test_what_the_example_of_the_page_denies_is_denied_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NAMES, SHOP, "prod-shop")
    page = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    found = policy(tmp_path, re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0])
    for place in (Origin("http"), Origin("console", channel="r1"), Origin("slack", channel="C024BE91L")):
        asker = person(origin=place, operator=True)
        assert not found.decide(asker, "server.delete", SHOP, danger=Danger.DESTRUCTIVE).allowed
        assert found.decide(asker, "server.stop", SHOP, danger=Danger.HIGH).allowed is (place.kind != "slack")


def test_a_file_that_is_not_there_allows_nothing(tmp_path: Path) -> None:
    found = Policy(PolicySettings(file=tmp_path / "nowhere.yaml"))
    assert "can not be read" in str(found.problem())
    assert not found.decide(person(origin=Origin("http")), "server.list", SHOP).allowed
