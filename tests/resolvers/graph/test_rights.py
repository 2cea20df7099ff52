"""Over random worlds and callers, by every root, edge, filter, search and event: nobody sees a row that is not for them.

What is for whom is said a second time in `oracle.py`; what there is to ask is read from the schema in `walk.py`.
"""

import contextlib
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers import DOMAINS
from resolvers.graph.reads import reads_of
from resolvers.graph.spelling import camel
from resolvers.inventory.events import Event
from resolvers.inventory.kinds import Row
from tests.resolvers.graph import walk
from tests.resolvers.graph.asking import Asked
from tests.resolvers.graph.oracle import kind_of, sight
from tests.resolvers.graph.world import CLOUD, KINDS, NAMES, OPERATOR, identity, row_id, text, world


@dataclass(frozen=True)
class Draw:
    """What a world follows from. A thousand draws of single attributes would be too many for hypothesis, so it draws these."""

    seed: int
    most: int  # rows of a kind

    def world(self, salt: int = 0) -> list[Row]:
        return world(random.Random(self.seed + salt), self.most)


draws = st.builds(Draw, seed=st.integers(0, 2**32), most=st.integers(1, 4))
# The machine is shared, so how long one example takes is not what is tested.
over_worlds = settings(max_examples=80, deadline=None)  # others at each run
over_some_worlds = settings(max_examples=40, deadline=None)


class Scene:
    """A world, a caller, and what is for this caller."""

    def __init__(self, draw: Draw) -> None:
        self.rows: list[Any] = draw.world()
        caller = identity(random.Random(draw.seed + 1))
        self.sight = sight(caller, self.rows)
        self.asked = Asked(self.rows, caller)
        self.visible = [row for row in self.rows if self.sight.sees(row)]
        self.hidden = [row for row in self.rows if not self.sight.sees(row)]

    def of(self, kind: str) -> list[Any]:
        """The visible rows of a kind."""
        return [row for row in self.visible if kind_of(row) == kind]

    def check(self, answer: Any) -> None:
        """No hidden row in it, no text of a hidden row, and no operator's attribute for others."""
        shown = {found for found, _, _ in walk.rows_in(answer)}
        assert shown <= {row.id for row in self.visible}, "a row is shown that is not for the caller"
        told = orjson.dumps(answer).decode()
        for row in self.hidden:
            assert text("", row.id).lstrip("<") not in told, f"a text of {row.id} is told, which is not for the caller"
        for row in () if self.sight.everything else self.visible:
            for attribute in KINDS[kind_of(row)].operator_only:
                assert text(attribute, row.id) not in told, f"`{attribute}` of {row.id} is for operators"


def ids(rows: Any) -> list[str]:
    return sorted(row["id"] for row in rows)


def everything() -> str:
    """Every list, with every value and edge of its rows."""
    roots = (
        f"{root}(first: 1000) {{ totalCount nodes {{ {walk.selection(walk.type_of(kind))} }} }}"
        for root, kind in walk.sorts().lists.items()
    )
    return f"{{ {' '.join(roots)} }}"


@over_worlds
@given(draw=draws)
async def test_lists_and_edges_show_what_is_for_the_caller_and_no_more(draw: Draw) -> None:
    scene = Scene(draw)
    answer = await scene.asked.data(everything())
    scene.check(answer)
    assert_totals(answer)
    for root, kind in walk.sorts().lists.items():
        assert ids(answer[root]["nodes"]) == sorted(row.id for row in scene.of(kind))


def assert_totals(answer: Any) -> None:
    """A total counts what is shown: a larger one would tell of hidden rows."""
    if isinstance(answer, list):
        for member in answer:
            assert_totals(member)
    elif isinstance(answer, dict):
        if "totalCount" in answer:
            assert answer["totalCount"] == len(answer["nodes"])
        for value in answer.values():
            assert_totals(value)


@over_worlds
@given(draw=draws)
async def test_by_id_a_hidden_row_is_as_one_that_does_not_exist(draw: Draw) -> None:
    scene = Scene(draw)
    for root, kind in walk.sorts().singles.items():
        query = f"query($id: ID!) {{ {root}(id: $id) {{ name }} node(id: $id) {{ name }} }}"
        nowhere = row_id(kind, "nowhere")
        expected = await scene.asked.errors(query, {"id": nowhere})
        assert [error["code"] for error in expected] == ["NOT_FOUND", "NOT_FOUND"]
        for row in (row for row in scene.hidden if kind_of(row) == kind):
            refused = await scene.asked.errors(query, {"id": row.id})
            assert refused == [error | {"message": error["message"].replace(nowhere, row.id)} for error in expected]
    every = [row.id for row in scene.rows]
    shown = {row.id for row in scene.visible}
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id name } }"
    found = (await scene.asked.data(query, {"ids": every[:200]}))["nodes"]
    assert [row and row["id"] for row in found] == [i if i in shown else None for i in every[:200]]


@over_some_worlds
@given(draw=draws)
async def test_a_name_means_only_what_the_caller_sees(draw: Draw) -> None:
    """Alone it finds the row; several are told as candidates; hidden rows of the name are in neither."""
    scene = Scene(draw)
    roots = walk.sorts().singles
    query = f"query($n: ID!) {{ {' '.join(f'{root}(id: $n) {{ __typename id }}' for root in roots)} }}"
    for name in NAMES:
        answer = await scene.asked.answer(query, {"n": name})
        errors = {error["path"][0]: error["extensions"] for error in answer.get("errors", ())}
        for root, kind in roots.items():
            named = sorted(row.id for row in scene.of(kind) if row.name == name)
            if len(named) == 1:
                assert answer["data"][root]["id"] == named[0]
                continue
            assert errors[root]["code"] == ("INVALID" if named else "NOT_FOUND")
            assert ids(errors[root].get("candidates", ())) == named


@over_some_worlds
@given(draw=draws)
async def test_search_finds_only_what_the_caller_sees(draw: Draw) -> None:
    scene = Scene(draw)
    query = "query($t: String!) { search(text: $t, first: 100) { kind matched node { __typename id name } } }"
    for needle in (*NAMES, "of", row_id("", "").strip(":")):  # names, a part of every free text, a part of every id
        answer = await scene.asked.data(query, {"t": needle})
        scene.check(answer)
        found = [hit["node"]["id"] for hit in answer["search"]]
        named = {row.id for row in scene.visible if row.name == needle and "name" in KINDS[kind_of(row)].search}
        assert len(found) == len(set(found)) <= 100
        assert named <= set(found) or len(found) == 100


@over_some_worlds
@given(draw=draws)
async def test_facets_count_only_what_the_caller_sees(draw: Draw) -> None:
    scene = Scene(draw)
    roots = {
        root: " ".join(f"{camel(facet)} {{ value count }}" for facet in KINDS[kind].facets)
        for root, kind in walk.sorts().facets.items()
    }
    answer = await scene.asked.data(f"{{ {' '.join(f'{root} {{ {facets} }}' for root, facets in roots.items())} }}")
    scene.check(answer)
    for root, kind in walk.sorts().facets.items():
        for facet in KINDS[kind].facets:
            closed = facet in KINDS[kind].operator_only and not scene.sight.everything
            told = {entry["value"]: entry["count"] for entry in answer[root][camel(facet)]}
            assert told == ({} if closed else counts(scene.of(kind), facet))


def counts(rows: list[Any], attribute: str) -> dict[str, int]:
    values = (getattr(row, attribute) for row in rows)
    return Counter("" if value is None else str(getattr(value, "value", value)) for value in values)


@over_some_worlds
@given(draw=draws)
async def test_a_filter_across_an_edge_asks_only_of_rows_that_the_caller_sees(draw: Draw) -> None:
    scene = Scene(draw)
    name = NAMES[draw.seed % len(NAMES)]
    for wanted in (None, name):
        asked: list[str] = []
        expected: dict[str, list[str]] = {}
        for root, kind in walk.sorts().lists.items():
            for edge, (attribute, other) in KINDS[kind].edges.items():
                if wanted is not None and "name" not in KINDS[other].filters:
                    continue
                behind = {row.id for row in scene.of(other) if wanted in (None, row.name)}
                alias = f"q{len(asked)}"
                condition = "" if wanted is None else "name: {eq: $name}"
                asked.append(
                    f"{alias}: {root}(first: 1000, filter: {{{camel(edge)}: {{{condition}}}}}) {{ nodes {{ id }} }}"
                )
                expected[alias] = sorted(row.id for row in scene.of(kind) if behind & references(row, attribute))
        head = "query" if wanted is None else "query($name: String)"
        answer = await scene.asked.data(f"{head} {{ {' '.join(asked)} }}", {"name": wanted})
        assert {alias: ids(found["nodes"]) for alias, found in answer.items()} == expected


def references(row: Any, attribute: str) -> set[str]:
    value = getattr(row, attribute)
    return set(value) if isinstance(value, tuple) else {value}


@over_some_worlds
@given(draw=draws)
async def test_events_tell_of_rows_that_the_caller_sees_at_that_moment(draw: Draw) -> None:
    """Rows come, change hands and go, and all of it is read from the first event on, as somebody who was away does."""
    scene = Scene(draw)
    later = {row.id: row for row in draw.world(2)}
    expected = [("CREATED", row.id) for row in scene.visible]
    for row in scene.rows:
        if kind_of(row) in ("project", "user", "domain"):
            continue  # they decide who the caller is
        if (changed := later.get(row.id)) is None:
            scene.asked.inventory.forget(row.id)
            expected += [("DELETED", row.id)] if scene.sight.sees(row) else []
        elif changed != row:
            scene.asked.inventory.apply(changed)
            expected += [("UPDATED", row.id)] if scene.sight.sees(changed) else []
    end = KINDS["role"].row(id=row_id("role", "end"), native_id="end", cloud=CLOUD, name="end", description="")
    scene.asked.inventory.apply(end)
    query = "subscription($r: String) { resourceEvents(resume: $r) { change kind id node { __typename id name } } }"
    beginning = scene.asked.events.token(Event(0, "", None, None))
    told: list[tuple[str, str]] = []
    async with contextlib.aclosing(scene.asked.follow(query, {"r": beginning})) as events:
        async for event in events:
            change = event["data"]["resourceEvents"]
            if change["id"] == end.id:
                break
            assert change["node"]["id"] == change["id"]
            told.append((change["change"], change["id"]))
    assert told == expected


@over_some_worlds
@given(draw=draws)
async def test_commands_and_me_tell_what_the_caller_may(draw: Draw) -> None:
    scene = Scene(draw)
    query = "{ commands { name } me { id operator allProjects projects { roles project { __typename id } } } }"
    answer = await scene.asked.data(query)
    scene.check(answer)
    actions = (await scene.asked.context()).actions.values()
    may = {a.name for a in actions if (scene.sight.operator if a.system else scene.sight.holds(a.role))}
    reads = {
        read.name
        for read in reads_of(DOMAINS).values()
        if read.role == "reader" or scene.sight.operator or (read.role == "admin" and scene.sight.holds("admin"))
    }
    assert {command["name"] for command in answer["commands"]} == may | reads
    me, known = answer["me"], scene.sight
    assert (me["id"], me["operator"], me["allProjects"]) == (known.user, known.operator, known.everything)
    assert {held["project"]["id"]: set(held["roles"]) for held in me["projects"]} == known.roles


def test_each_root_is_of_a_known_sort() -> None:
    assert walk.sorts().others == walk.OTHERS, "a new root needs a check of its own, then a place in walk.OTHERS"
    assert set(walk.sorts().lists.values()) == set(walk.sorts().singles.values()) == set(KINDS)
    subscription = walk.graph().subscription_type
    assert subscription is not None
    assert set(subscription.fields) == {"operation", "resourceEvents"}


async def test_every_edge_leads_to_a_row_in_some_world() -> None:
    """What is said above of edges would be true of edges that never lead anywhere."""
    missing = walk.edges()
    assert len(missing) > 90
    for seed in range(60):
        answer = await Asked(world(random.Random(seed), most=6), OPERATOR).data(everything())
        missing -= {(owner, name) for _, owner, name in walk.rows_in(answer)}
        if not missing:
            break
    assert not missing
