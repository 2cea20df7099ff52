"""`/session` over HTTP: signing in and out, what the cookie is like, and what guessing gets."""

import contextlib
import dataclasses
import os
import re
import signal
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway import sessions
from gateway.auth import NO_PROJECT
from gateway.live import still_welcome
from gateway.request import RequestFacts
from resolvers.actor import IMPLIED, Actor, Origin
from tests.gateway.door import Door, opened_door


@dataclasses.dataclass
class Known:
    """What the check of a live connection needs of a context."""

    known_actor: Actor | None
    correlation_id: str = "correlation"

    def spent(self) -> int:
        return 0

    def mark(self) -> None: ...

    def back_to(self, mark: None) -> None: ...

    def response_extensions(self) -> dict[str, Any]:
        return {}


@contextlib.contextmanager
def away(door: Door) -> Iterator[None]:
    """The store takes connections and answers nothing."""
    pid = door.wait(door.store.redis.info("server"))["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def error(response: httpx.Response) -> tuple[int, str, str]:
    (only,) = response.json()["errors"]
    assert only["extensions"]["correlationId"] == response.headers["x-correlation-id"]
    return response.status_code, only["extensions"]["code"], only["message"]


def test_a_password_opens_a_session_that_says_who_one_is(door: Door) -> None:
    response = door.sign_in("alice")
    assert response.status_code == 200
    assert response.json() == {
        "user": {"id": "user:krane/u-alice", "name": "alice", "domain": "Default"},
        "projects": [{"id": "project:krane/p-map", "name": "map"}, {"id": "project:krane/p-talk", "name": "talk"}],
        "operator": False,
    }
    assert door.wait(door.http.get("/session")).json() == response.json()


def test_neither_the_answer_nor_the_store_holds_the_token(door: Door) -> None:
    response = door.sign_in("alice")
    (token,) = door.keystone.tokens
    assert token not in response.text
    assert token not in str(response.headers)
    assert token.encode() not in door.stored()
    assert b"alice-password" not in door.stored()


def test_the_cookie_is_for_our_own_pages_and_no_script_and_ends_with_the_token(door: Door) -> None:
    cookie = door.sign_in("alice").headers["set-cookie"]
    assert re.match(r"gurum_session=[\w-]{22}\.[\w-]{43}; ", cookie)
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=3600"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


@pytest.mark.parametrize(("base", "url"), [("https://9rum.test", None), ("http://inner", "https://9rum.test")])
def test_the_cookie_is_for_https_only_where_there_is_https(valkey: str, base: str, url: str | None) -> None:
    with opened_door(valkey, http={"url": url}) as door:
        assert "Secure" in door.sign_in(http=door.browser(base=base)).headers["set-cookie"]


def test_an_application_credential_opens_a_session_for_its_project(door: Door) -> None:
    body = {"application_credential_id": "ac-1", "secret": "ac-secret"}
    response = door.wait(door.http.post("/session", json=body))
    assert [project["name"] for project in response.json()["projects"]] == ["talk"]


def test_a_session_for_one_project_is_in_it_alone(door: Door) -> None:
    response = door.sign_in("alice", project="p-map")
    assert response.json()["projects"] == [{"id": "project:krane/p-map", "name": "map"}]
    assert door.wait(door.http.get("/session")).json() == response.json()
    actor = door.actor(None, door.http.cookies["gurum_session"])
    assert actor is not None
    assert actor.projects == {"project:krane/p-map": frozenset({"reader"})}
    assert actor.token in door.keystone.tokens, "Keystone is asked with the token as it made it"
    (token,) = door.keystone.tokens
    assert len(door.known(token).projects) == 2, "the token itself, sent as a token, is as Keystone made it"
    door.wait(door.http.delete("/session"))
    assert door.keystone.revoked == [token]


@pytest.mark.parametrize(("name", "project"), [("otto", "p-talk"), ("rita", "p-talk"), ("dora", "p-lab")])
def test_a_session_for_one_project_sees_no_more_whoever_it_is(door: Door, name: str, project: str) -> None:
    response = door.sign_in(name, project=project)
    assert [found["id"] for found in response.json()["projects"]] == [f"project:krane/{project}"]
    assert response.json()["operator"] is False
    actor = door.actor(None, door.http.cookies["gurum_session"])
    assert actor is not None
    assert (actor.all_projects, actor.identity.domain_roles, actor.identity.system_roles) == (False, {}, frozenset())


@pytest.mark.parametrize("role", ["member", "admin"])
def test_an_operator_who_signs_in_for_an_ordinary_project_has_only_the_roles_that_were_given_there(
    door: Door, role: str
) -> None:
    door.keystone.people["olga"] = {"roles": {"p-admin": frozenset({"admin"}), "p-talk": frozenset({role})}}
    for project, operator, held in (("p-talk", False, role), ("p-admin", True, "admin")):
        assert door.sign_in("olga", project=project).json()["operator"] is operator
        actor = door.actor(None, door.http.cookies["gurum_session"])
        assert actor is not None
        assert (actor.all_projects, actor.roles_on(f"project:krane/{project}")) == (operator, IMPLIED[held])


def test_an_operator_is_none_in_the_project_of_operators_without_their_role_there(door: Door) -> None:
    door.keystone.people["otto"] = {"roles": {"p-admin": frozenset({"member"})}, "system_roles": frozenset({"admin"})}
    assert door.sign_in("otto").json()["operator"] is True
    assert door.sign_in("otto", project="p-admin").json()["operator"] is False


def test_a_session_for_a_project_whose_role_was_taken_away_is_nobodys(door: Door) -> None:
    door.sign_in("alice", project="p-map")
    (token,) = door.keystone.tokens
    kept = door.keystone.tokens[token]
    door.keystone.tokens[token] = dataclasses.replace(kept, roles={"p-talk": frozenset({"member"})})
    door.clock.seconds += 31
    assert error(door.wait(door.http.get("/session"))) == (401, "UNAUTHENTICATED", NO_PROJECT)


def test_only_the_head_of_the_answer_may_be_asked_for(door: Door) -> None:
    door.sign_in("alice")
    response = door.wait(door.http.head("/session"))
    assert (response.status_code, response.content) == (200, b"")
    assert door.wait(door.browser().head("/session")).status_code == 401


def test_signing_out_revokes_the_token_and_ends_the_session_everywhere(door: Door) -> None:
    door.sign_in("alice")
    (token,) = door.keystone.tokens
    cookie = door.http.cookies["gurum_session"]
    response = door.wait(door.http.delete("/session"))
    assert (response.status_code, response.content) == (204, b"")
    assert door.keystone.revoked == [token]
    assert "gurum_session" not in door.http.cookies
    again = door.wait(door.browser().get("/session", headers={"cookie": f"gurum_session={cookie}"}))
    assert error(again)[:2] == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("project", [None, "p-map"])
def test_a_token_that_was_believed_is_good_for_nothing_once_its_session_was_ended(
    door: Door, project: str | None
) -> None:
    door.sign_in("alice") if project is None else door.sign_in("alice", project=project)
    (token,) = door.keystone.tokens
    headers = {"x-auth-token": token}
    assert door.wait(door.browser().get("/session", headers=headers)).status_code == 200
    door.wait(door.http.delete("/session"))
    assert error(door.wait(door.browser().get("/session", headers=headers)))[:2] == (401, "UNAUTHENTICATED")


def test_signing_out_twice_is_no_error(door: Door) -> None:
    assert door.wait(door.http.delete("/session")).status_code == 204


def test_signing_out_works_when_keystone_is_away(door: Door) -> None:
    door.sign_in("alice")
    door.keystone.away = True
    assert door.wait(door.http.delete("/session")).status_code == 204
    assert b"gurum:session:" not in door.stored()


def test_signing_in_again_ends_the_session_before(door: Door) -> None:
    door.sign_in("alice")
    (first,) = door.keystone.tokens
    door.sign_in("olga")
    assert door.keystone.revoked == [first]
    assert door.wait(door.http.get("/session")).json()["user"]["name"] == "olga"


def test_nobody_signed_in_is_told_so(door: Door) -> None:
    assert error(door.wait(door.http.get("/session"))) == (401, "UNAUTHENTICATED", "Nobody is signed in here.")


def test_a_token_may_ask_who_it_is(door: Door) -> None:
    token = door.keystone.issue("otto")
    response = door.wait(door.http.get("/session", headers={"x-auth-token": token}))
    assert response.json() == {
        "user": {"id": "user:krane/u-otto", "name": "otto", "domain": "Default"},
        "projects": [],
        "operator": True,
    }


def test_of_a_header_that_comes_twice_the_last_counts_and_cookies_are_put_together(door: Door) -> None:
    door.sign_in("alice")
    session, token = door.http.cookies["gurum_session"], door.keystone.issue("olga")
    for headers, name in (
        ([("cookie", f"theme={token}"), ("cookie", f"gurum_session={session}")], "alice"),
        ([("cookie", f"gurum_session=; gurum_session={session}"), ("cookie", "theme=dark")], "alice"),
        ([("x-auth-token", "none"), ("x-auth-token", token)], "olga"),
    ):
        answer = door.wait(door.browser().get("/session", headers=headers))
        assert (answer.status_code, answer.json()["user"]["name"]) == (200, name)
    nobody = door.wait(door.browser().get("/session", headers={"cookie": f"theme={session}; gurum_session="}))
    assert error(nobody) == (401, "UNAUTHENTICATED", "Nobody is signed in here.")


WRONG = [
    {"user": "alice", "password": "wrong"},
    {"user": "nobody", "password": "wrong"},
    {"user": "alice", "password": "alice-password", "domain": "elsewhere"},
]


def test_whatever_is_wrong_the_answer_is_the_same(door: Door) -> None:
    answers = [door.wait(door.http.post("/session", json=body)) for body in WRONG]
    assert {error(answer)[:2] for answer in answers} == {(401, "UNAUTHENTICATED")}
    assert len({error(answer)[2] for answer in answers}) == 1
    assert not any("set-cookie" in answer.headers for answer in answers)
    assert door.keystone.tokens == {}


def test_a_keystone_that_is_away_is_503_and_not_counted_as_a_guess(door: Door) -> None:
    door.keystone.away = True
    for _ in range(12):
        assert error(door.sign_in("alice"))[:2] == (503, "UNAVAILABLE")
    door.keystone.away = False
    assert door.sign_in("alice").status_code == 200


def test_a_store_that_is_away_is_503_and_nobody_is_signed_out(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.sign_in("alice")
    session = door.http.cookies["gurum_session"]
    facts = RequestFacts("correlation", session=session)
    actor = door.actor(None, session)
    monkeypatch.setattr(sessions, "STORE_SECONDS", 0.05)

    async def known(given: RequestFacts) -> Known:
        return Known(await door.authenticator.actor_of(None, given.session, Origin()))

    with away(door):
        for asked in (door.http.get("/session"), door.http.delete("/session")):
            response = door.wait(asked)
            assert error(response) == (503, "UNAVAILABLE", sessions.AWAY)
            assert response.headers["retry-after"] == "1"
        assert error(door.sign_in("alice"))[:2] == (503, "UNAVAILABLE")
        assert door.run(still_welcome(known, facts, actor)) is None, "a live connection stays"
    assert door.wait(door.http.get("/session")).status_code == 200


@pytest.mark.parametrize("window", ["goes on", "ends meanwhile"])
def test_every_key_of_the_store_has_an_end(door: Door, monkeypatch: pytest.MonkeyPatch, window: str) -> None:
    real = door.keystone.sign_in

    async def answers_late(*given: Any) -> str:
        await door.store.redis.delete(*await door.store.redis.keys("gurum:sign-in:*"))
        return await real(*given)

    with monkeypatch.context() as patch:
        if window == "ends meanwhile":
            patch.setattr(door.keystone, "sign_in", answers_late)
        door.sign_in("alice")
    door.sign_in("nobody")

    async def ends() -> list[int]:
        return [await door.store.redis.ttl(key) async for key in door.store.redis.scan_iter()]

    found = door.run(ends())
    assert len(found) >= 3
    assert min(found) > 0


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "user"),
        ({"user": "alice"}, "password"),
        ({"user": 5, "password": "x"}, "user"),
        ({"user": "alice", "password": "x", "admin": "yes"}, "admin"),
        ({"user": "", "password": "x"}, "user"),
        ({"user": "alice", "password": ""}, "password"),
        ({"user": "x" * 300, "password": "x"}, "user"),
        ({"application_credential_id": "ac-1"}, "secret"),
    ],
)
def test_a_body_of_another_shape_is_told_what_is_wrong_with_it(door: Door, body: Any, place: str) -> None:
    status, code, message = error(door.wait(door.http.post("/session", json=body)))
    assert (status, code) == (400, "INVALID")
    assert message.startswith(f"`{place}` ")
    assert door.keystone.passwords_seen == 0


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[" * 10_000, 400),
        (b"\xff", 400),
        (b"3", 400),
        (b'"x"', 400),
        (b"", 400),
        (b" " * 20_000, 413),
    ],
)
def test_a_body_that_is_no_object_is_refused(door: Door, content: bytes, status: int) -> None:
    response = door.wait(door.http.post("/session", content=content, headers={"content-type": "application/json"}))
    assert error(response)[:2] == (status, "INVALID")


def test_a_form_of_another_page_can_not_sign_anybody_in(door: Door) -> None:
    form = door.wait(door.http.post("/session", data={"user": "alice", "password": "alice-password"}))
    assert error(form)[:2] == (415, "INVALID")
    other = {"origin": "https://evil.example"}
    body = {"user": "alice", "password": "alice-password"}
    assert error(door.wait(door.http.post("/session", json=body, headers=other)))[:2] == (403, "DENIED")
    assert door.keystone.tokens == {}


def test_another_page_can_not_sign_anybody_out(door: Door) -> None:
    door.sign_in("alice")
    response = door.wait(door.http.delete("/session", headers={"origin": "https://evil.example"}))
    assert error(response)[:2] == (403, "DENIED")
    assert door.keystone.revoked == []
    assert door.wait(door.http.get("/session")).status_code == 200


def test_pages_of_allowed_origins_sign_in_and_out_from_a_browser_and_no_others(valkey: str) -> None:
    page, evil = {"origin": "https://console.example.com"}, {"origin": "https://evil.example"}
    body = {"user": "alice", "password": "alice-password"}
    wanted = {"access-control-request-method": "DELETE", "access-control-request-headers": "content-type"}
    with opened_door(valkey, graphql={"allowed_origins": ["https://console.example.com"]}) as door:
        asked = door.wait(door.http.options("/session", headers={**page, **wanted}))
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == "https://console.example.com"
        assert asked.headers["access-control-allow-credentials"] == "true"
        assert "DELETE" in asked.headers["access-control-allow-methods"]
        assert door.wait(door.http.options("/session", headers={**evil, **wanted})).status_code == 400
        answers = [
            door.wait(door.http.post("/session", json=body, headers=page)),
            door.wait(door.http.get("/session", headers=page)),
            door.wait(door.http.delete("/session", headers=page)),
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 204]
        assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"https://console.example.com"}
        refused = door.wait(door.http.post("/session", json=body, headers=evil))
        assert error(refused)[:2] == (403, "DENIED")
        assert "access-control-allow-origin" not in refused.headers
        assert door.wait(door.http.put("/session", json={}, headers=page)).status_code == 405


def test_other_methods_are_not_allowed(door: Door) -> None:
    response = door.wait(door.http.put("/session", json={}))
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) >= {"GET", "POST", "DELETE"}
