"""From a token to an Actor: rights as Keystone gives them, a short memory, and one question at a time."""

import asyncio

import pytest

from gateway.auth import MAX_TOKEN
from resolvers.actor import Origin
from resolvers.errors import RateLimited, Unauthenticated, Unavailable
from tests.gateway.door import Door, opened_door


def test_a_token_makes_an_actor_with_global_ids_and_implied_roles(door: Door) -> None:
    actor = door.known(door.keystone.issue("alice", project_id="p-talk"))
    assert actor.user_id == "user:krane/u-alice"
    assert actor.project_id == "project:krane/p-talk"
    assert actor.projects == {
        "project:krane/p-talk": frozenset({"member", "reader"}),
        "project:krane/p-map": frozenset({"reader"}),
    }
    assert (actor.operator, actor.all_projects) == (False, False)


def test_the_origin_is_the_requests_own(door: Door) -> None:
    token = door.keystone.issue("alice")
    for address in ("192.0.2.1", "192.0.2.2"):
        actor = door.run(door.authenticator.actor_of(token, None, Origin("http", address)))
        assert actor is not None
        assert actor.origin.address == address


def test_nobody_is_none(door: Door) -> None:
    assert door.actor(None) is None


@pytest.mark.parametrize(
    ("name", "operator", "everything"),
    [
        ("olga", True, True),  # admin on the admin project
        ("otto", True, True),  # system admin
        ("rita", False, True),  # system reader
        ("dora", False, False),
        ("mallory", False, False),  # admin of a project that calls itself admin, in another domain
    ],
)
def test_operators_are_who_keystone_says(door: Door, name: str, operator: bool, everything: bool) -> None:
    actor = door.known(door.keystone.issue(name))
    assert (actor.operator, actor.all_projects) == (operator, everything)


def test_an_admin_of_a_domain_has_the_roles_on_its_projects_that_were_given_and_no_more(door: Door) -> None:
    actor = door.known(door.keystone.issue("dora"))
    assert actor.projects == {"project:krane/p-lab": frozenset({"member", "reader"})}
    assert not actor.operator


def test_an_admin_of_the_admin_projects_domain_is_no_operator(door: Door) -> None:
    actor = door.known(door.keystone.issue("dora", domain_roles={"d-default": frozenset({"admin"})}))
    assert actor.projects == {"project:krane/p-lab": frozenset({"member", "reader"})}
    assert not actor.operator


def test_a_restricted_token_keeps_to_its_project(door: Door) -> None:
    token = door.keystone.issue(
        "otto", roles={"p-talk": frozenset({"member"})}, restricted=True, domain_roles={"d-lab": frozenset({"admin"})}
    )
    actor = door.known(token)
    assert set(actor.projects) == {"project:krane/p-talk"}
    assert (actor.operator, actor.all_projects) == (False, False)


def test_rights_follow_the_projects_that_are_read_later(valkey: str) -> None:
    with opened_door(valkey) as door:
        door.inventory.forget("project:krane/p-admin")
        token = door.keystone.issue("olga")
        assert not door.known(token).operator
        door.read_projects()
        assert door.known(token).operator
        assert door.keystone.asked == 1


def test_a_checked_token_is_believed_for_a_while_and_a_revoked_one_no_longer(door: Door) -> None:
    token = door.keystone.issue("alice")
    door.known(token)
    door.clock.seconds += 29
    door.known(token)
    assert door.keystone.asked == 1
    del door.keystone.tokens[token]
    door.clock.seconds += 2
    with pytest.raises(Unauthenticated, match="was revoked"):
        door.known(token)
    assert door.keystone.asked == 2


def test_nothing_is_believed_when_the_setting_says_so(valkey: str) -> None:
    with opened_door(valkey, identity={"token_cache_seconds": 0}) as door:
        token = door.keystone.issue("alice")
        door.known(token)
        door.known(token)
        assert door.keystone.asked == 2


def test_a_token_that_ends_is_not_believed_beyond_its_end(door: Door) -> None:
    token = door.keystone.issue("alice", expires_at=door.clock.seconds + 10)
    door.known(token)
    door.clock.seconds += 11
    with pytest.raises(Unauthenticated):
        door.known(token)


def test_a_refused_token_is_not_asked_about_again_for_a_moment(door: Door) -> None:
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            door.known("garbage")
    assert door.keystone.asked == 1
    door.clock.seconds += 6
    with pytest.raises(Unauthenticated):
        door.known("garbage")
    assert door.keystone.asked == 2


@pytest.mark.parametrize(
    "token", ["", "two words", "line\r\nx-evil:1", "tab\there", "\x7f", "x" * (MAX_TOKEN + 1), "구름", "\ud800"]
)
def test_what_can_not_be_a_token_is_not_sent_upstream(door: Door, token: str) -> None:
    with pytest.raises(Unauthenticated):
        door.known(token)
    assert door.keystone.asked == 0


def test_callers_at_the_same_time_share_one_question(door: Door) -> None:
    token = door.keystone.issue("alice")

    async def crowd() -> list[object]:
        door.keystone.gate = asyncio.Event()
        tasks = [asyncio.create_task(door.authenticator.actor_of(token, None, Origin())) for _ in range(20)]
        await asyncio.sleep(0)
        tasks[0].cancel()  # the one who asked first goes away
        door.keystone.gate.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, *others = door.run(crowd())
    assert isinstance(first, asyncio.CancelledError)
    assert len(others) == 19
    assert not any(isinstance(other, BaseException) for other in others)
    assert door.keystone.asked == 1


def test_a_keystone_that_is_away_is_not_taken_for_a_refusal(door: Door) -> None:
    token = door.keystone.issue("alice")
    door.keystone.away = True
    with pytest.raises(Unavailable):
        door.known(token)
    door.keystone.away = False
    assert door.known(token).user_name == "alice"


def test_the_memory_of_tokens_is_bounded(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.auth.MOST_TOKENS", 3)
    tokens = [door.keystone.issue("alice") for _ in range(5)]
    for token in tokens:
        door.known(token)
    assert door.keystone.asked == 5
    door.known(tokens[-1])
    assert door.keystone.asked == 5
    door.known(tokens[0])
    assert door.keystone.asked == 6


def test_what_is_over_leaves_the_memory(door: Door) -> None:
    for _ in range(4):
        door.known(door.keystone.issue("alice"))
    with pytest.raises(Unauthenticated):
        door.known("garbage")
    door.clock.seconds += 31
    door.known(door.keystone.issue("alice"))
    with pytest.raises(Unauthenticated):
        door.known("other garbage")
    assert (len(door.authenticator._known), len(door.authenticator._refused)) == (1, 1)


def test_what_is_not_over_stays_in_the_memory(door: Door) -> None:
    tokens = [door.keystone.issue(name) for name in ("alice", "olga", "rita")]
    for seconds, token in (
        (16.0, tokens[0]),
        (16.0, tokens[1]),
        (0.0, tokens[2]),
    ):  # the first is over when the third comes
        door.known(token)
        door.clock.seconds += seconds
    door.known(tokens[1])
    assert door.keystone.asked == 3
    for seconds, token in ((2.6, "garbage-1"), (2.6, "garbage-2"), (0.0, "garbage-3"), (0.0, "garbage-2")):
        with pytest.raises(Unauthenticated):
            door.known(token)
        door.clock.seconds += seconds
    assert door.keystone.asked == 6


def test_tokens_of_one_person_share_the_projects(door: Door) -> None:
    first, second = (door.known(door.keystone.issue("alice")) for _ in range(2))
    assert first.projects is second.projects
    other = door.known(door.keystone.issue("alice", roles={"p-talk": frozenset({"member"})}))
    assert set(other.projects) == {"project:krane/p-talk"}
    assert len(first.projects) == 2


def test_made_up_tokens_do_not_drive_out_real_ones(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.auth.MOST_TOKENS", 3)
    token = door.keystone.issue("alice")
    door.known(token)
    for number in range(10):
        with pytest.raises(Unauthenticated):
            door.known(f"made-up-{number}")
    asked = door.keystone.asked
    door.known(token)
    assert door.keystone.asked == asked


def test_whoever_makes_tokens_up_has_to_wait_and_nobody_else(valkey: str) -> None:
    """Each is a question to Keystone, over connections that are everybody's."""
    flood, other = Origin("http", "192.0.2.1"), Origin("http", "192.0.2.2")
    with opened_door(valkey, identity={"refused_tokens_per_address": 3}) as door:
        token = door.keystone.issue("alice")
        door.run(door.authenticator.actor_of(token, None, flood))

        async def many() -> list[object]:
            asked = (door.authenticator.actor_of(f"made-up-{number}", None, flood) for number in range(20))
            return list(await asyncio.gather(*asked, return_exceptions=True))

        answers = [type(answer).__name__ for answer in door.run(many())]
        assert (answers.count("Unauthenticated"), answers.count("RateLimited")) == (3, 17)
        assert door.keystone.asked == 4
        fresh = door.keystone.issue("alice")
        with pytest.raises(RateLimited, match="try again in 60 s") as refused:
            door.run(door.authenticator.actor_of(fresh, None, flood))
        assert refused.value.retry_after == 60
        for known, origin in ((token, flood), (fresh, other), (door.keystone.issue("alice"), Origin("slack"))):
            assert door.run(door.authenticator.actor_of(known, None, origin)) is not None
        door.clock.seconds += 61
        assert door.run(door.authenticator.actor_of(door.keystone.issue("alice"), None, flood)) is not None


def test_the_memory_of_addresses_is_bounded_and_keeps_who_goes_on(valkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.refusals.MOST_ADDRESSES", 2)
    with opened_door(valkey, identity={"refused_tokens_per_address": 2}) as door:
        for number, last in enumerate((1, 2, 1, 3)):
            with pytest.raises(Unauthenticated):
                door.run(door.authenticator.actor_of(f"made-up-{number}", None, Origin("http", f"192.0.2.{last}")))
        assert len(door.authenticator._refusals._counts) == 2
        for token, last, refused in (("a", 1, RateLimited), ("b", 3, Unauthenticated), ("c", 3, RateLimited)):
            with pytest.raises(refused):
                door.run(door.authenticator.actor_of(token, None, Origin("http", f"192.0.2.{last}")))
        for number in range(4):  # from within, where nobody makes tokens up
            with pytest.raises(Unauthenticated):
                door.run(door.authenticator.actor_of(f"ended-{number}", None, Origin("slack")))


def test_a_keystone_that_is_away_makes_nobody_wait_afterwards(valkey: str) -> None:
    flood = Origin("http", "192.0.2.1")
    with opened_door(valkey, identity={"refused_tokens_per_address": 2}) as door:
        for _ in range(5):
            token, door.keystone.away = door.keystone.issue("alice"), True
            with pytest.raises(Unavailable):
                door.run(door.authenticator.actor_of(token, None, flood))
            door.keystone.away = False
            assert door.run(door.authenticator.actor_of(token, None, flood)) is not None


def test_a_session_leads_to_the_same_actor_as_its_token(door: Door) -> None:
    token = door.keystone.issue("alice")
    cookie = door.run(door.authenticator.sessions.create(token, 60))
    actor = door.actor(None, cookie)
    assert actor == door.known(token)


@pytest.mark.parametrize("change", ["nothing", "key", "id"])
def test_a_cookie_that_is_not_ours_is_nobody(door: Door, change: str) -> None:
    name, key = door.run(door.authenticator.sessions.create(door.keystone.issue("alice"), 60)).split(".")
    cookie = {"nothing": "nonsense", "key": f"{name}.{key[::-1]}", "id": f"{name[::-1]}.{key}"}[change]
    with pytest.raises(Unauthenticated, match="session has ended"):
        door.actor(None, cookie)
    assert door.run(door.authenticator.sessions.end(cookie)) is None
    assert door.actor(None, f"{name}.{key}") is not None


def test_the_store_alone_gives_no_token_away(door: Door) -> None:
    token = door.keystone.issue("alice")
    cookie = door.run(door.authenticator.sessions.create(token, 60))
    stored = door.stored()
    assert token.encode() not in stored
    assert cookie.split(".")[1].encode() not in stored
