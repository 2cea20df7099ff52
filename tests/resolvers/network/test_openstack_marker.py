"""The marker at the end of a description: found again, hidden from people, refused when there is no room."""

import secrets

import pytest

from resolvers.errors import Invalid
from resolvers.network.openstack_marker import MAX_DESCRIPTION, carries, marked, unmarked
from resolvers.network.port import MAX_DESCRIPTION as ALLOWED


@pytest.mark.parametrize("description", [None, "", "front", "front [gurum] of the shop"])
def test_round_trip(description: str | None) -> None:
    text = marked(description, "op-1")
    assert carries(text, "op-1")
    assert not carries(text, "op-11") and not carries(text, "p-1")
    assert unmarked(text) == (description or None)


@pytest.mark.parametrize("description", ["a [gurum:x] b", "[gurum:x", "x[gurum:y]", "[gurum: y]"])
def test_what_people_wrote_stays(description: str) -> None:
    assert unmarked(description) == description


def test_what_a_plan_allows_has_room() -> None:
    assert len(marked("x" * ALLOWED, secrets.token_hex(8))) == MAX_DESCRIPTION


def test_no_room() -> None:
    most = MAX_DESCRIPTION - len(" [gurum:op-1]")
    assert len(marked("x" * most, "op-1")) == MAX_DESCRIPTION
    with pytest.raises(Invalid, match=str(most)):
        marked("x" * (most + 1), "op-1")
