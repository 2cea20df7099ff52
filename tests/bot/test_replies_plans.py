"""A plan as it is shown before it runs."""

from typing import Any

import pytest

from bot import texts
from bot.messages import Button, Message, Tone
from bot.replies.plans import of_plan
from tests.bot.reading import buttons, lines, tables

PLAN: dict[str, Any] = {
    "id": "p1", "hash": "h", "action": "server.delete", "danger": "DESTRUCTIVE", "requires": "member",
    "targets": [{"kind": "server", "name": "web-1", "id": "server:k/1"}],
    "changes": [{"target": "web-1", "attribute": "status", "before": "ACTIVE", "after": None}],
    "quota": [
        {"service": "compute", "resource": "cores", "limit": 20, "used": 4, "after": 2},
        {"service": "compute", "resource": "ram", "limit": None, "used": 4096, "after": 2048},
    ],
    "dependants": [{"kind": "floatingIp", "name": f"1.2.3.{i}", "id": None} for i in range(14)],
    "warnings": ["Its disk is lost."], "undo": None, "projectId": "project:k/1", "projectName": "shop", "actorId": "u",
    "actorName": "jiwoo", "confirmation": "BUTTON", "approval": None, "expiresAt": "2026-11-27T20:21:00+00:00",
}  # fmt: skip


def shown(**more: Any) -> Message:
    return of_plan(texts.of("en"), {**PLAN, **more})


def test_what_it_touches_and_what_depends_on_it() -> None:
    said = lines(shown())
    assert said[0] == "server delete is destructive. This is the plan; nothing has happened yet."
    assert "Touches: server web-1" in said
    assert "⚠ Its disk is lost." in said
    dependants = next(line for line in said if line.startswith("Depend on it (14)"))
    assert "floating ip 1.2.3.9" in dependants and "1.2.3.10" not in dependants and dependants.endswith("and 4 more")
    assert {"Project: shop", "Asked by: jiwoo", "Needed role: member"} <= set(said)
    assert said[-1] == "Plan p1 · good until 2026-11-27 20:21 UTC"
    assert shown().summary == "Plan: server delete web-1"


def test_changes_and_quota_are_tables() -> None:
    changes, quota = tables(shown())
    assert changes.rows == (("web-1", "status", "ACTIVE", "–"),)
    assert quota.columns == ("Resource", "Used", "After", "Limit")
    assert quota.rows == (("compute cores", "4", "2", "20"), ("compute ram", "4096", "2048", "unlimited"))


def test_long_lists_are_bounded() -> None:
    many = shown(changes=PLAN["changes"] * 50, warnings=["w"] * 50, targets=PLAN["targets"] * 50)
    assert len(tables(many)[0].rows) == 10 and tables(many)[0].total == 50
    assert len(lines(many)) < 50


@pytest.mark.parametrize(
    ("danger", "tone", "said"),
    [("LOW", Tone.INFO, "Plan of"), ("HIGH", Tone.WARN, "interrupts"), ("DESTRUCTIVE", Tone.BAD, "destructive")],
)
def test_danger_is_seen_at_a_glance(danger: str, tone: Tone, said: str) -> None:
    message = shown(danger=danger)
    assert message.tone is tone
    assert said in lines(message)[0]


def test_the_way_back() -> None:
    assert "It can not be undone." in lines(shown())
    assert "It can be undone with server start." in lines(shown(undo="server.start"))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("WAITING", "Somebody else with the role admin has to approve it."),
        ("APPROVED", "Approved by minji (role admin)."),
        ("REFUSED", "Refused by minji (role admin)."),
    ],
)
def test_the_second_person(state: str, said: str) -> None:
    message = shown(
        approval={"role": "admin", "state": state, "byId": "u2", "byName": "minji", "at": None, "reason": "late"}
    )
    assert said in lines(message)
    assert "Reason: late" in lines(message)


def test_buttons_are_passed_through() -> None:
    confirm = Button(label="Run", command="confirm ab12")
    assert buttons(of_plan(texts.of("en"), PLAN, buttons=(confirm,))) == [confirm]


def test_an_empty_plan_is_still_a_plan() -> None:
    message = of_plan(texts.of("ko"), {"id": "p1", "action": "server.stop", "danger": "HIGH"})
    assert "server stop" in message.summary
    assert lines(message)[-1] == "실행하면 되돌릴 수 없습니다."
