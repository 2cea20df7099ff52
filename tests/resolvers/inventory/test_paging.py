"""Pages: sizes, cursors in both directions, stability while rows change, and cursors that somebody made up."""

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import Invalid
from resolvers.inventory.paging import DEFAULT_ORDER, OrderKey, PageArgs, cursor, cut, sorting
from resolvers.inventory.turns import whole
from tests.resolvers.inventory.world import ThingRow, thing

BY_SIZE = (OrderKey("size", descending=True), OrderKey("name"))


def rows(*sizes: int) -> list[ThingRow]:
    return [thing(place, f"n{place % 3}", size=size) for place, size in enumerate(sizes)]


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(1, 7), st.sampled_from([DEFAULT_ORDER, BY_SIZE]))
def test_pages_forward_and_backward_give_every_row_once(
    sizes: list[int], size: int, order: tuple[OrderKey, ...]
) -> None:
    ordered = whole(sorting(rows(*sizes), order))
    forward: list[ThingRow] = []
    after = None
    while True:
        page = cut(ordered, order, PageArgs(first=size, after=after))
        forward += page.rows
        if not page.has_next:
            break
        after = cursor(page.rows[-1], order)
    assert forward == ordered
    backward: list[ThingRow] = []
    before = None
    while True:
        page = cut(ordered, order, PageArgs(last=size, before=before))
        backward = [*page.rows, *backward]
        if not page.has_previous:
            break
        before = cursor(page.rows[0], order)
    assert backward == ordered


@given(st.lists(st.integers(0, 5), min_size=4, max_size=20), st.data())
def test_a_page_goes_on_at_its_place_though_rows_come_and_go(sizes: list[int], data: st.DataObject) -> None:
    before = whole(sorting(rows(*sizes), BY_SIZE))
    first = cut(before, BY_SIZE, PageArgs(first=2))
    place = cursor(first.rows[-1], BY_SIZE)
    gone = data.draw(st.sets(st.sampled_from(before)))
    fresh = [thing(100 + n, "fresh", size=n) for n in range(data.draw(st.integers(0, 4)))]
    after = whole(sorting([row for row in before if row not in gone] + fresh, BY_SIZE))
    rest = cut(after, BY_SIZE, PageArgs(first=1000, after=place)).rows
    assert [row for row in rest if row in before] == [row for row in before[2:] if row not in gone]
    assert not set(rest) & set(first.rows)


@pytest.mark.parametrize("size", [-1, 1001, 100_000])
def test_a_page_has_bounds(size: int) -> None:
    with pytest.raises(Invalid, match="between 0 and 1000"):
        cut(rows(1), DEFAULT_ORDER, PageArgs(first=size))


def test_first_and_last_exclude_each_other() -> None:
    with pytest.raises(Invalid, match="not for both"):
        cut(rows(1), DEFAULT_ORDER, PageArgs(first=1, last=1))


@pytest.mark.parametrize(
    "text", ["", "x", "====", "bm90IGpzb24", "WzEsMiwzXQ", "é", "A" * 5000, cursor(rows(1)[0], BY_SIZE)]
)
def test_a_cursor_that_is_not_of_this_list_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        cut(rows(1, 2), DEFAULT_ORDER, PageArgs(after=text))


def test_a_forged_cursor_with_keys_of_another_type_is_refused() -> None:
    forged = base64.urlsafe_b64encode(orjson.dumps([["name"], [[False, 7]], "thing:c/t1"])).decode().rstrip("=")
    with pytest.raises(Invalid, match="cursor"):
        cut(rows(1, 2), DEFAULT_ORDER, PageArgs(after=forged))
