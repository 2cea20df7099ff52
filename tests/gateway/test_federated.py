"""`/session/federated` over HTTP: beginning, coming back from Keystone with a token, and everything that opens no session."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway import sessions
from gateway.auth import MAX_TOKEN
from tests.gateway.door import Door, opened_door
from tests.gateway.test_sign_in import away, error

OURS = "https://9rum.test"
KEYSTONE = "https://keystone.test:5000"
OIDC = f"{KEYSTONE}/v3/auth/OS-FEDERATION/websso/openid"
SAML = "https://saml.test/v3/auth/OS-FEDERATION/identity_providers/school/protocols/saml2/websso?realm=a"
LOGINS = [{"name": "Company login", "url": OIDC}, {"name": "School", "url": SAML}]
SETTINGS: Mapping[str, Any] = {"http": {"url": "https://9Rum.test/"}, "identity": {"federated": LOGINS}}


@pytest.fixture
def door(valkey: str) -> Iterator[Door]:
    with opened_door(valkey, **SETTINGS) as it:
        it.http = it.browser(base=OURS)
        yield it


def begin(
    door: Door, name: str = "Company login", http: httpx.AsyncClient | None = None, **more: Any
) -> httpx.Response:
    answer = (http or door.http).post("/session/federated/begin", json={"name": name, **more}, headers={"origin": OURS})
    return door.wait(answer)


def back(door: Door, token: str, origin: str = KEYSTONE, http: httpx.AsyncClient | None = None) -> httpx.Response:
    """The form that Keystone's page sends."""
    sent = (http or door.http).post("/session/federated", data={"token": token}, headers={"origin": origin})
    return door.wait(sent)


def refused(door: Door, response: httpx.Response, place: str) -> None:
    """The page is told why; nobody is signed in."""
    assert (response.status_code, response.headers["location"], response.content) == (303, place, b"")
    assert "gurum_session" not in response.headers.get("set-cookie", "")
    assert door.wait(door.http.get("/session")).status_code == 401
    assert b"gurum:session:" not in door.stored()


def test_the_logins_are_told_to_everybody_by_name_alone(door: Door) -> None:
    response = door.wait(door.http.get("/session/federated"))
    assert response.json() == {"logins": [{"name": "Company login"}, {"name": "School"}]}
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("page", "place"), [("console", "/"), ("link", "/link"), ("explorer", "/explorer")])
def test_who_comes_back_from_keystone_is_signed_in_as_by_a_password(door: Door, page: str, place: str) -> None:
    assert begin(door, page=page).status_code == 200
    response = back(door, door.keystone.issue("alice", expires_at=1_800_003_600.0))
    assert (response.status_code, response.headers["location"]) == (303, place)
    cookies = {one.partition("=")[0]: one for one in response.headers.get_list("set-cookie")}
    assert re.match(r"gurum_session=[\w-]{22}\.[\w-]{43}; ", cookies["gurum_session"])
    wanted = {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=3600", "Secure"}
    assert wanted <= set(cookies["gurum_session"].split("; "))
    assert "Max-Age=0" in cookies["gurum_sso"]
    assert door.wait(door.http.get("/session")).json() == door.sign_in("alice", http=door.browser(base=OURS)).json()


def test_the_browser_is_sent_to_keystone_with_the_address_to_come_back_to(door: Door) -> None:
    url = begin(door).json()["url"]
    assert url == f"{OIDC}?origin=https%3A%2F%2F9rum.test%2Fsession%2Ffederated"
    other = urlsplit(begin(door, "School").json()["url"])
    assert parse_qs(other.query) == {"realm": ["a"], "origin": ["https://9rum.test/session/federated"]}


def test_the_cookie_of_the_way_is_random_short_lived_and_for_that_one_address(door: Door) -> None:
    first, second = (begin(door).headers["set-cookie"] for _ in range(2))
    match = re.match(r"gurum_sso=([\w-]{43}); ", first)
    assert match is not None
    assert {"HttpOnly", "Secure", "SameSite=none", "Path=/session/federated", "Max-Age=600"} <= set(first.split("; "))
    assert first != second
    assert match[1].encode() not in door.stored(), "the store can not be used to come back"

    async def ends() -> list[int]:
        return [await door.store.redis.ttl(key) async for key in door.store.redis.scan_iter("gurum:sso:*")]

    assert all(0 < seconds <= 600 for seconds in door.run(ends()))


def test_neither_answer_nor_store_nor_log_holds_the_token(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    begin(door)
    token = door.keystone.issue("alice")
    response = back(door, token)
    assert token not in str(response.headers)
    assert token.encode() not in door.stored()
    assert token not in caplog.text
    assert "user:krane/u-alice signed in" in caplog.text


def test_a_form_of_another_site_signs_nobody_in_and_spends_nothing(door: Door) -> None:
    begin(door)
    mine, other = door.keystone.issue("mallory"), door.keystone.issue("alice")
    for origin in ("https://evil.example", "null", "https://keystone.test", OURS):
        refused(door, back(door, mine, origin), "/?sign-in=refused")
    assert door.keystone.asked == 0
    assert back(door, other).headers["location"] == "/", "what was begun goes on"


def test_a_form_without_an_origin_is_refused(door: Door) -> None:
    begin(door)
    response = door.wait(door.http.post("/session/federated", data={"token": door.keystone.issue("mallory")}))
    refused(door, response, "/?sign-in=refused")


def test_a_token_comes_from_the_keystone_of_the_login_that_was_begun(door: Door) -> None:
    begin(door, "School", page="link")
    refused(door, back(door, door.keystone.issue("alice")), "/link?sign-in=refused")


def test_a_browser_in_which_nobody_began_is_refused(door: Door) -> None:
    begin(door, http=door.browser("192.0.2.66", OURS))
    token = door.keystone.issue("mallory")
    refused(door, back(door, token), "/?sign-in=begin")
    for state in ("", "x", "A" * 43, "*" * 43):
        http = door.browser(base=OURS)
        http.headers["cookie"] = f"gurum_sso={state}"
        refused(door, back(door, token, http=http), "/?sign-in=begin")
    assert door.keystone.asked == 0


def test_a_state_is_good_once(door: Door) -> None:
    state = re.match(r"gurum_sso=([\w-]+)", begin(door).headers["set-cookie"])
    assert state is not None
    assert back(door, door.keystone.issue("alice")).headers["location"] == "/"
    door.wait(door.http.delete("/session"))
    http = door.browser(base=OURS)
    http.headers["cookie"] = f"gurum_sso={state[1]}"
    refused(door, back(door, door.keystone.issue("mallory"), http=http), "/?sign-in=begin")


def test_a_state_ends_by_itself(door: Door) -> None:
    begin(door)

    async def end() -> None:
        async for key in door.store.redis.scan_iter("gurum:sso:state:*"):
            await door.store.redis.pexpire(key, 0)

    door.run(end())
    refused(door, back(door, door.keystone.issue("alice")), "/?sign-in=begin")


@pytest.mark.parametrize("token", ["", "x y", "x\ny", "토큰", "x" * (MAX_TOKEN + 1)])
def test_what_can_not_be_a_token_is_not_asked_about(door: Door, token: str) -> None:
    begin(door)
    refused(door, back(door, token), "/?sign-in=refused")
    assert door.keystone.asked == 0


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"token=a&token=b", "application/x-www-form-urlencoded"),
        (b"&".join([b"a=b"] * 50), "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"token=" + b"x" * 40_000, "application/x-www-form-urlencoded"),
        (b'{"token": "a"}', "application/json"),
        (b"token=a", "text/plain"),
        (b"token=a", ""),
    ],
)
def test_a_body_that_is_not_keystones_form_is_refused(door: Door, content: bytes, kind: str) -> None:
    begin(door)
    headers = {"origin": KEYSTONE, "content-type": kind}
    response = door.wait(door.http.post("/session/federated", content=content, headers=headers))
    refused(door, response, "/?sign-in=refused")
    assert door.keystone.asked == 0


def test_a_token_that_keystone_does_not_know_opens_nothing(door: Door) -> None:
    begin(door, page="link")
    refused(door, back(door, "gAAAA-made-up"), "/link?sign-in=refused")
    assert door.keystone.asked == 1


def test_a_keystone_that_is_away_is_told_and_not_counted(valkey: str) -> None:
    with opened_door(
        valkey, **{**SETTINGS, "identity": {"federated": LOGINS, "sign_in_failures_per_address": 1}}
    ) as door:
        door.http = door.browser(base=OURS)
        token = door.keystone.issue("alice")
        door.keystone.away = True
        for _ in range(3):
            begin(door)
            refused(door, back(door, token), "/?sign-in=away")
        door.keystone.away = False
        begin(door)
        assert back(door, token).headers["location"] == "/"


def test_a_store_that_is_away_is_told(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(door)
    monkeypatch.setattr(sessions, "STORE_SECONDS", 0.05)
    with away(door):
        assert error(begin(door))[:2] == (503, "UNAVAILABLE")
        assert back(door, door.keystone.issue("alice")).headers["location"] == "/?sign-in=away"


def test_tokens_are_not_guessed_and_right_ones_are_not_counted(valkey: str) -> None:
    with opened_door(
        valkey, **{**SETTINGS, "identity": {"federated": LOGINS, "sign_in_failures_per_address": 3}}
    ) as door:
        door.http = door.browser(base=OURS)
        for number in range(3):
            begin(door)
            assert back(door, door.keystone.issue("alice")).headers["location"] == "/"
            door.wait(door.http.delete("/session"))
            begin(door)
            refused(door, back(door, f"guess-{number}"), "/?sign-in=refused")
        asked = door.keystone.asked
        begin(door)
        refused(door, back(door, door.keystone.issue("alice")), "/?sign-in=limit")
        assert door.keystone.asked == asked
        assert door.sign_in("alice", http=door.browser(base=OURS)).status_code == 429, "counted with wrong passwords"


def test_nobody_fills_the_store_by_beginning(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.begun.MOST_OF_ADDRESS", 2)
    assert [begin(door).status_code for _ in range(3)] == [200, 200, 429]
    assert int(begin(door).headers["retry-after"]) > 0
    assert begin(door, http=door.browser("192.0.2.2", OURS)).status_code == 200


def test_signing_in_anew_ends_the_session_before(door: Door) -> None:
    door.sign_in("alice")
    (first,) = door.keystone.tokens
    begin(door)
    assert door.keystone.revoked == [first]


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"name": "Nobody's"}, 404, "There is no login `Nobody's` here; load the page again."),
        ({}, 400, "`name` is missing"),
        ({"name": "School", "page": "https://evil.example/"}, 400, "`page` is missing"),
        ({"name": "School", "next": "/"}, 400, "`next` is missing"),
    ],
)
def test_what_can_not_begin_is_told_so(door: Door, body: Any, status: int, sentence: str) -> None:
    response = door.wait(door.http.post("/session/federated/begin", json=body))
    assert error(response)[0] == status
    assert error(response)[2].startswith(sentence)
    assert "set-cookie" not in response.headers


def test_the_own_page_begins_behind_a_proxy_that_tells_another_name(door: Door) -> None:
    inside = door.browser(base="http://gateway:8080")
    assert begin(door, http=inside).status_code == 200


def test_another_site_begins_nothing(door: Door) -> None:
    door.sign_in("alice")
    body = {"name": "School"}
    for origin in ("https://evil.example", KEYSTONE, "null"):
        response = door.wait(door.http.post("/session/federated/begin", json=body, headers={"origin": origin}))
        assert error(response)[:2] == (403, "DENIED")
    form = door.wait(door.http.post("/session/federated/begin", data=body))
    assert error(form)[:2] == (415, "INVALID")
    assert door.keystone.revoked == []


def test_without_a_login_in_the_settings_nothing_of_it_is_there(valkey: str) -> None:
    with opened_door(valkey) as door:
        assert door.wait(door.http.get("/session/federated")).json() == {"logins": []}
        assert begin(door, http=door.browser(base=OURS)).status_code == 404
        refused(door, back(door, door.keystone.issue("alice")), "/?sign-in=refused")
