"""Guessing at the door: stopped per user and per address, however many guess at the same time, and right passwords do not count."""

import asyncio
import re

import pytest

from tests.gateway.door import Door, opened_door


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_guessing_is_stopped_per_user_whether_the_user_exists_or_not(door: Door, name: str) -> None:
    for number in range(10):
        assert door.sign_in(name, http=door.browser(f"192.0.2.{number}"), password="wrong").status_code == 401
    response = door.sign_in(name, http=door.browser("192.0.2.99"))
    (told,) = response.json()["errors"]
    assert (response.status_code, told["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert re.fullmatch(r"Too many failed sign-ins: try again in \d+ s\.", told["message"])
    assert 0 < int(response.headers["retry-after"]) <= 300
    assert door.keystone.passwords_seen == 10
    assert door.sign_in("olga").status_code == 200


def test_guessing_is_stopped_per_address(valkey: str) -> None:
    with opened_door(valkey, identity={"sign_in_failures_per_address": 3}) as door:
        for number in range(3):
            assert door.sign_in(f"guess-{number}").status_code == 401
        assert door.sign_in("alice").status_code == 429
        assert door.sign_in("alice", http=door.browser("192.0.2.2")).status_code == 200


def test_an_own_password_in_between_forgives_no_guess(valkey: str) -> None:
    with opened_door(valkey, identity={"sign_in_failures_per_address": 3}) as door:
        for number in range(3):
            assert door.sign_in("olga").status_code == 200
            assert door.sign_in(f"guess-{number}").status_code == 401
        assert door.sign_in("guess-3").status_code == 429


def test_guesses_at_the_same_time_do_not_slip_through(door: Door) -> None:
    async def storm() -> list[int]:
        body = {"user": "alice", "password": "wrong"}
        answers = await asyncio.gather(*(door.http.post("/session", json=body) for _ in range(40)))
        return [answer.status_code for answer in answers]

    statuses = door.run(storm())
    assert statuses.count(401) == 10
    assert statuses.count(429) == 30
    assert door.keystone.passwords_seen == 10


def test_right_passwords_are_not_counted(door: Door) -> None:
    for _ in range(15):
        assert door.sign_in("alice").status_code == 200
