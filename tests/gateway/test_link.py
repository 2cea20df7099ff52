"""`/chat/link` over HTTP: what an address tells, what can be delegated, and that a failure leaves nothing behind."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.people import Link
from bot.ports import Deed
from resolvers.errors import Denied, GurumError, NotFound, Unavailable
from tests.dump import dump
from tests.gateway.link_door import ANNA, TEAM, LinkDoor, opened_link_door


@pytest.fixture
def door(valkey: str) -> Iterator[LinkDoor]:
    with opened_link_door(valkey) as it:
        yield it


def error(response: httpx.Response) -> tuple[int, str, str]:
    (only,) = response.json()["errors"]
    assert only["extensions"]["correlationId"] == response.headers["x-correlation-id"]
    return response.status_code, only["extensions"]["code"], only["message"]


def link_of(door: LinkDoor) -> Link | None:
    return door.run(door.people.link_of(ANNA))


def trusts(door: LinkDoor) -> list[tuple[str, str, tuple[str, ...]]]:
    """(person, project, roles) of the trusts that stand in Keystone."""
    return sorted((name, trust.project, trust.roles) for name, trust in door.keystone.trusts.values())


def test_an_address_tells_whose_chat_account_it_links_and_what_can_be_delegated(door: LinkDoor) -> None:
    secret = door.offer()
    door.sign_in("alice")
    response = door.look(secret)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {
        "platform": "slack",
        "account": "slack:T1/U7",
        "name": "Anna Kim",
        "user": {"id": "user:krane/u-alice", "name": "alice", "domain": "Default"},
        "projects": [
            {"id": "project:krane/p-map", "name": "map", "roles": ["reader"]},
            {"id": "project:krane/p-talk", "name": "talk", "roles": ["member"]},
        ],
        "max_days": 90,
        "default_days": 30,
    }
    assert door.look(secret).status_code == 200


def test_the_settings_tell_the_page_of_days(valkey: str) -> None:
    with opened_link_door(valkey, max_days=14, default_days=2) as door:
        door.sign_in("alice")
        answer = door.look(door.offer()).json()
        assert (answer["max_days"], answer["default_days"]) == (14, 2)
        assert error(door.link(door.offer(), ("talk", ["member"]), days=15))[:2] == (400, "INVALID")
        assert door.link(door.offer(), ("talk", ["member"]), days=14).status_code == 200


def test_a_link_that_stands_is_told_also_when_the_audit_log_can_not_be_written(
    door: LinkDoor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(deed: Deed) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(door.journal, "done", fails)
    door.sign_in("alice")
    assert door.link(door.offer(), ("talk", ["member"])).status_code == 200
    assert link_of(door) is not None
    assert "slack:T1/U7 is linked to user:krane/u-alice" in caplog.text


def test_what_a_session_for_one_project_links_is_in_that_project(door: LinkDoor) -> None:
    door.sign_in("alice", project="p-map")
    secret = door.offer()
    assert [project["name"] for project in door.look(secret).json()["projects"]] == ["map"]
    assert error(door.link(secret, ("talk", ["member"])))[:2] == (403, "DENIED")
    assert door.link(secret, ("map", ["reader"])).status_code == 200
    assert trusts(door) == [("alice", "p-map", ("reader",))]


def test_linking_delegates_what_was_chosen_and_no_more(door: LinkDoor) -> None:
    door.sign_in("alice")
    response = door.link(door.offer(), ("talk", ["member"]))
    assert response.status_code == 200
    ends = datetime.fromtimestamp(door.clock.seconds, UTC) + timedelta(days=7)
    assert response.json() == {
        "account": "slack:T1/U7",
        "projects": [{"name": "talk", "roles": ["member"], "expires_at": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}],
    }
    assert trusts(door) == [("alice", "p-talk", ("member",))]
    link = link_of(door)
    assert link is not None
    assert (link.account, link.user, link.user_name, link.domain) == (
        "slack:T1/U7",
        "user:krane/u-alice",
        "alice",
        "Default",
    )
    assert [(one.project, one.name, one.roles) for one in link.delegations] == [
        ("project:krane/p-talk", "talk", ["member"])
    ]
    acting = door.run(door.people.acting(ANNA, TEAM, None, None))
    actor = door.known(acting.token)
    assert (actor.user_id, dict(actor.projects)) == (
        "user:krane/u-alice",
        {"project:krane/p-talk": frozenset({"member", "reader"})},
    )


def test_nobody_looks_or_links_without_a_session(door: LinkDoor) -> None:
    secret = door.offer()
    assert error(door.look(secret))[:2] == (401, "UNAUTHENTICATED")
    assert error(door.link(secret, ("talk", ["member"])))[:2] == (401, "UNAUTHENTICATED")
    token = door.keystone.issue("alice")
    response = door.wait(door.http.post("/chat/link/look", json={"secret": secret}, headers={"x-auth-token": token}))
    assert error(response)[:2] == (401, "UNAUTHENTICATED")
    assert trusts(door) == []
    door.sign_in("alice")
    assert door.look(secret).status_code == 200


def test_an_address_that_is_wrong_used_ended_or_replaced_is_one_and_the_same_sentence(door: LinkDoor) -> None:
    door.sign_in("alice")
    used = door.offer()
    assert door.link(used, ("talk", ["member"])).status_code == 200
    replaced = door.offer()
    ended = door.offer()
    door.clock.seconds += 601
    answers = {error(ask(secret)) for secret in ("wrong", used, replaced, ended) for ask in (door.look, tried(door))}
    assert {answer[:2] for answer in answers} == {(404, "NOT_FOUND")}
    assert len(answers) == 1
    assert len(trusts(door)) == 1


def tried(door: LinkDoor) -> Any:
    return lambda secret: door.link(secret, ("talk", ["member"]))


def test_an_address_links_once_however_often_it_is_sent_at_the_same_time(door: LinkDoor) -> None:
    door.sign_in("alice")
    body = {"secret": door.offer(), "projects": [{"id": "project:krane/p-talk", "roles": ["member"]}], "days": 1}

    async def storm() -> list[int]:
        answers = await asyncio.gather(*(door.http.post("/chat/link", json=body) for _ in range(12)))
        return sorted(answer.status_code for answer in answers)

    assert door.run(storm()) == [200] + 11 * [404]
    assert len(trusts(door)) == 1


@pytest.mark.parametrize(
    ("projects", "code"),
    [
        ([("talk", ["admin"])], "DENIED"),  # a role that the person does not have
        ([("map", ["member"])], "DENIED"),  # only a reader there
        ([("lab", ["member"])], "DENIED"),  # somebody else's project
        ([("nowhere", ["member"])], "DENIED"),
        ([("talk", ["member"]), ("talk", ["member"])], "INVALID"),
        ([("talk", [])], "INVALID"),
        ([], "INVALID"),
    ],
)
def test_what_can_not_be_delegated_uses_nothing_up(
    door: LinkDoor, projects: list[tuple[str, list[str]]], code: str
) -> None:
    door.sign_in("alice")
    secret = door.offer()
    assert error(door.link(secret, *projects))[1] == code
    assert trusts(door) == []
    assert link_of(door) is None
    assert door.link(secret, ("talk", ["member"])).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"secret": 5, "projects": [], "days": 1},
        {"secret": "x", "projects": [{"id": "project:krane/p-talk", "roles": ["member"]}]},
        {"secret": "x", "projects": [{"id": "project:krane/p-talk", "roles": ["member"]}], "days": 0},
        {"secret": "x", "projects": [{"id": "project:krane/p-talk", "roles": ["member"]}], "days": "7"},
        {"secret": "x", "projects": [{"id": "project:krane/p-talk", "roles": "member"}], "days": 7},
        {"secret": "x", "projects": "all", "days": 7},
        {"secret": "x", "projects": [{"id": "project:krane/p-talk", "roles": ["member"]}], "days": 7, "admin": True},
        {"secret": "x" * 300, "projects": [{"id": "project:krane/p-talk", "roles": ["member"]}], "days": 7},
    ],
)
def test_a_body_of_another_shape_is_told_what_is_wrong_with_it(door: LinkDoor, body: Any) -> None:
    door.sign_in("alice")
    status, code, message = error(door.wait(door.http.post("/chat/link", json=body)))
    assert (status, code) == (400, "INVALID")
    assert "A link is {secret" in message


def test_a_page_of_another_origin_can_not_link_and_a_form_neither(door: LinkDoor) -> None:
    door.sign_in("alice")
    secret = door.offer()
    body = {"secret": secret, "projects": [{"id": "project:krane/p-talk", "roles": ["member"]}], "days": 1}
    evil = {"origin": "https://evil.example"}
    for path in ("/chat/link", "/chat/link/look"):
        assert error(door.wait(door.http.post(path, json=body, headers=evil)))[:2] == (403, "DENIED")
        assert error(door.wait(door.http.post(path, data={"secret": secret})))[:2] == (415, "INVALID")
        assert error(door.wait(door.http.post(path, content=b" " * 70_000, headers=JSON)))[:2] == (413, "INVALID")
        assert door.wait(door.http.get(path)).status_code == 405
    assert trusts(door) == []
    assert door.link(secret, ("talk", ["member"])).status_code == 200


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (Unavailable("Keystone (identity) of krane does not answer."), 503, "UNAVAILABLE"),
        (Denied("An application credential may not delegate roles; sign in with your password."), 403, "DENIED"),
        (NotFound("Could not find project."), 403, "DENIED"),
    ],
)
def test_when_the_second_trust_fails_the_first_is_deleted_and_the_address_still_works(
    door: LinkDoor, refusal: GurumError, status: int, code: str
) -> None:
    door.sign_in("alice")
    secret = door.offer()
    door.keystone.refuse_trusts["p-talk"] = refusal
    assert error(door.link(secret, ("map", ["reader"]), ("talk", ["member"])))[:2] == (status, code)
    assert trusts(door) == []
    assert link_of(door) is None
    door.keystone.refuse_trusts.clear()
    assert door.link(secret, ("map", ["reader"]), ("talk", ["member"])).status_code == 200
    assert len(trusts(door)) == 2


def test_an_address_that_ended_meanwhile_is_not_given_back(door: LinkDoor) -> None:
    door.sign_in("alice")
    secret = door.offer()
    offer = door.run(door.people.take(secret))
    assert offer is not None
    door.clock.seconds += 601
    door.run(door.people.give_back(secret, offer))
    assert error(door.look(secret))[0] == 404


def test_linking_again_replaces_and_deletes_the_trusts_before(door: LinkDoor) -> None:
    door.sign_in("alice")
    assert door.link(door.offer(), ("map", ["reader"]), ("talk", ["member"])).status_code == 200
    door.sign_in("dora")
    assert door.link(door.offer(), ("lab", ["member"])).status_code == 200
    assert trusts(door) == [("dora", "p-lab", ("member",))]
    link = link_of(door)
    assert link is not None
    assert link.user_name == "dora"


def test_the_trusts_of_a_link_are_not_among_those_that_are_left_over(door: LinkDoor) -> None:
    secret = door.offer()
    door.sign_in("alice")
    assert door.link(secret, ("talk", ["member"])).status_code == 200
    door.clock.seconds += 601
    door.run(door.people.sweep())
    assert trusts(door) == [("alice", "p-talk", ("member",))]


def test_linking_again_in_vain_keeps_the_link_before(door: LinkDoor) -> None:
    door.sign_in("alice")
    door.link(door.offer(), ("map", ["reader"]))
    before = link_of(door)
    door.keystone.refuse_trusts["p-talk"] = Unavailable("Keystone (identity) of krane does not answer.")
    assert door.link(door.offer(), ("talk", ["member"])).status_code == 503
    assert link_of(door) == before
    assert trusts(door) == [("alice", "p-map", ("reader",))]


def test_no_secret_is_in_the_store_or_in_an_answer(door: LinkDoor) -> None:
    secret = door.offer()
    door.sign_in("alice")
    answers = [door.look(secret).text, door.link(secret, ("talk", ["member"])).text]
    door.run(door.people.acting(ANNA, TEAM, None, None))
    stored = door.run(dump(door.store.redis)) + "".join(answers).encode()
    assert b"slack:T1/U7" in stored
    assert len(door.keystone.tokens) == 2  # the session's and the trust's
    for token in (*door.keystone.tokens, secret, "alice-password"):
        assert token.encode() not in stored


def test_a_link_that_is_refused_is_an_audit_row_without_the_secret(door: LinkDoor) -> None:
    secret = door.offer()
    door.sign_in("alice")
    assert door.link(secret, ("talk", ["admin"])).status_code == 403
    assert door.link("made-up", ("talk", ["member"])).status_code == 404
    assert [(row.command, row.code, row.person, row.user) for row in door.journal.rows] == [
        ("account.link", "DENIED", "user:krane/u-alice", "user:krane/u-alice"),
        ("account.link", "NOT_FOUND", "user:krane/u-alice", "user:krane/u-alice"),
    ]
    assert secret not in repr(door.journal.rows)
    assert door.journal.deeds == []
    assert door.link(secret, ("talk", ["member"])).status_code == 200
    assert [deed.person for deed in door.journal.deeds] == ["slack:T1/U7"]
