"""A table against the simplest thing that could be right: a dictionary, under random changes."""

from hypothesis import given
from hypothesis import strategies as st

from resolvers.inventory.table import Table, name_key, values_of
from tests.resolvers.inventory.world import THING, ThingRow, thing

ROWS = st.builds(
    thing,
    st.integers(0, 12),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["project:c/a", "project:c/b"]),
    tags=st.lists(st.sampled_from(["x", "y", "z"]), unique=True).map(tuple),
    size=st.integers(0, 3),
)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), ROWS),
        st.tuples(st.just("remove"), ROWS),
        st.tuples(st.just("replace"), st.lists(ROWS, max_size=12)),
        st.tuples(st.just("read"), ROWS),
    ),
    max_size=30,
)


@given(CHANGES)
def test_rows_order_and_indexes_agree_with_a_dictionary(changes: list[tuple[str, object]]) -> None:
    table: Table[ThingRow] = Table(THING)
    plain: dict[str, ThingRow] = {}
    for change, given_value in changes:
        match change, given_value:
            case "put", ThingRow() as row:
                table.put(row)
                plain[row.id] = row
            case "remove", ThingRow() as row:
                assert (table.remove(row.id) is None) == (plain.pop(row.id, None) is None)
            case "replace", list() as rows:
                table.replace(rows, mine=lambda row: True, keep=lambda row_id: False)
                plain = {row.id: row for row in rows}
            case _:
                table.ordered()
        assert list(table.ordered()) == sorted(plain.values(), key=name_key)
        for attribute in THING.indexes:
            wanted: dict[object, set[str]] = {}
            for row in plain.values():
                for value in values_of(row, attribute):
                    wanted.setdefault(value, set()).add(row.id)
            assert set(table._indexes[attribute]) == set(wanted), "a value that no row has any more is not kept"
            for value, found in wanted.items():
                assert set(table.by(attribute, value)) == found


def test_putting_an_equal_row_is_no_change() -> None:
    table: Table[ThingRow] = Table(THING)
    assert table.put(thing(1, "a")) is not None
    version = table.version
    assert table.put(thing(1, "a")) is None
    assert table.version == version
