"""What only the answer tells (rows behind edges, conditions asked of rows, calls of backends) is charged to the caller's budget."""

import contextlib
from collections.abc import Mapping
from typing import Any

import pytest

from bench import questions
from gateway.documents import GraphQLRequest
from gateway.executor import Outcome
from gateway.limits import LimitSettings
from gateway.metrics import Metrics
from gateway.transport import Transport, TransportSettings, build_transport
from resolvers.context import Ports
from resolvers.graph.filters import MAX_CONDITIONS
from resolvers.inventory.events import Event
from tests.resolvers.graph.asking import Asked
from tests.resolvers.graph.test_wide_answers import PROJECT, crowd
from tests.resolvers.graph.world import CLOUD, KINDS, made, member
from tests.running import schema

SERVERS = 30
CALLER = "user:somebody"
GROUPED = "{ securityGroups(first: 1) { nodes { servers { id } } } }"


class Charged:
    """A caller with the default limits, but for what is said; time passes by hand."""

    def __init__(self, servers: int = SERVERS, **limits: Any) -> None:
        self.asked = Asked(crowd(servers), member("project-0"))
        self.seconds = 0.0
        self._transport: Transport = build_transport(
            schema(),
            self._no_context,
            TransportSettings(limits=LimitSettings(**limits)),
            Metrics(),
            now=lambda: self.seconds,
        )

    async def __call__(self, query: str, variables: Mapping[str, Any] | None = None) -> Outcome:
        context, executor = await self.asked.context(), self._transport.executor
        prepared = executor.prepare(GraphQLRequest(query, dict(variables or {})), context, CALLER)
        return await executor.execute(prepared, context, "http")

    async def follow(self, query: str, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Every answer, until the subscription ends."""
        context, executor = await self.asked.context(), self._transport.executor
        prepared = executor.prepare(GraphQLRequest(query, dict(variables)), context, CALLER)
        events = await executor.subscribe(prepared, context, "ws")
        assert not isinstance(events, Outcome), events.payload
        async with contextlib.aclosing(events):
            return [outcome.payload async for outcome in events]

    async def _no_context(self, _: object) -> Any:
        raise AssertionError("each question brings its own context")


async def test_rows_behind_edges_are_charged_when_they_are_known() -> None:
    ask = Charged(budget=100, budget_per_second=10)
    first = await ask(GROUPED)
    assert (first.cost, first.budget) == (1 + SERVERS, 100 - 1 - SERVERS)
    again = [await ask(GROUPED) for _ in range(3)]
    assert [outcome.code for outcome in again] == ["OK", "OK", "OK"]
    assert again[-1].budget == 0
    refused = await ask(GROUPED)
    assert (refused.code, refused.cost, refused.budget) == ("RATE_LIMITED", 3, None)
    assert "The operation costs 3 and 0 of your budget of 100 is left" in refused.payload["errors"][0]["message"]
    assert refused.retry_after is not None
    ask.seconds += refused.retry_after
    assert (await ask(GROUPED)).code == "OK"


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        (
            "{ servers(first: 10) { nodes { id project { id } securityGroups { id } networks { id } ports { id } } } }",
            51,
        ),
        ("{ servers { totalCount } }", 1),
        (GROUPED.replace("{ id }", "{ securityGroups { id } }"), 1 + 2 * SERVERS),
        (GROUPED.replace("{ id }", "{ networks { ports(first: 5) { nodes { id } } } }"), 1 + SERVERS * (1 + 1 + 5)),
        ("{ networks(first: 1) { nodes { ports(first: 5) { edges { node { id } } } } } }", 13),
    ],
)
async def test_an_operation_costs_what_was_reckoned_or_what_it_led_to_if_that_is_more(query: str, cost: int) -> None:
    outcome = await Charged()(query)
    assert (outcome.code, outcome.cost) == ("OK", cost)


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        (questions.ONE, {"id": "server-0"}, 1),
        (questions.OF_PROJECT, {"project": "shop"}, 302),
        (questions.THOUSAND[0], {"first": 1000}, 1001),
        (questions.WALK[0], {"first": 500}, 502),
    ],
)
async def test_what_the_benchmark_asks_is_within_the_limits(query: str, variables: dict[str, Any], cost: int) -> None:
    ask = Charged()
    ask.asked.inventory.apply(made("project", "project-0", name="shop"))
    outcome = await ask(query, variables)
    assert (outcome.cost, outcome.budget) == (cost, LimitSettings().budget - cost)


async def test_pages_behind_an_edge_of_many_are_bounded_like_all_else() -> None:
    """The document says a page of a thousand, once; how often, only the edge knows."""
    ask = Charged(60)
    ask.asked.most_rows = 1_000
    outcome = await ask(GROUPED.replace("{ id }", "{ networks { ports(first: 1000) { nodes { id } } } }"))
    assert outcome.code == "TOO_EXPENSIVE"


async def test_conditions_asked_of_many_rows_are_charged() -> None:
    ask = Charged(200)
    query = "query($f: ServerFilter) { servers(filter: $f) { totalCount } }"
    assert (await ask(query, {"f": {"name": {"contains": "a"}}})).cost == 2
    many = {"or": [{"name": {"contains": f"nobody {number}"}} for number in range(MAX_CONDITIONS)]}
    assert (await ask(query, {"f": many})).cost == 200 * MAX_CONDITIONS / 100
    assert (await ask("{ servers(orderBy: [{field: STATUS}, {field: CREATED_AT}]) { totalCount } }")).cost == 4
    assert (await ask("{ serverFacets { status { value } } }")).cost == 200 * len(KINDS["server"].facets) / 100


async def test_one_operation_asks_so_many_conditions_and_no_more() -> None:
    ask = Charged(200)
    ask.asked.most_rows = MAX_CONDITIONS * 3
    asked = {"or": [{"name": {"contains": f"nobody {number}"}} for number in range(MAX_CONDITIONS)]}
    query = "query($f: ServerFilter) { servers(filter: $f) { totalCount } }"
    assert (await ask(query, {"f": asked})).code == "OK"
    again = query.replace("servers", "servers(filter: $f) { totalCount } more: servers", 1)
    outcome = await ask(again, {"f": asked})
    assert outcome.code == "TOO_EXPENSIVE"
    assert "more than 12,000 conditions" in outcome.payload["errors"][0]["message"]


async def test_each_call_of_a_backend_is_charged_though_no_document_says_how_many() -> None:
    class Compute:
        async def history(self, *_: Any) -> list[Any]:
            return []

    ask = Charged()
    context = ask.asked.context

    async def with_compute() -> Any:
        made = await context()
        made.ports = Ports({"compute": {CLOUD: Compute()}}, CLOUD)
        return made

    ask.asked.context = with_compute  # type: ignore[method-assign] # the far cloud is what is made up
    outcome = await ask(GROUPED.replace("{ id }", "{ history { action } }"))
    assert (outcome.code, outcome.cost) == ("OK", 1 + SERVERS * 51)


async def test_events_are_charged_and_end_a_subscription_that_has_used_up_the_budget() -> None:
    ask = Charged(budget=100, budget_per_second=10)
    for number in range(9):
        ask.asked.inventory.apply(made("securityGroup", "default", project_id=PROJECT, name=f"default-{number}"))
    query = """subscription($r: String) { resourceEvents(kinds: ["securityGroup"], resume: $r) {
      node { ... on SecurityGroup { servers { id } } } } }"""
    answers = await ask.follow(query, {"r": ask.asked.events.token(Event(0, "", None, None))})
    *told, last = answers
    assert [len(each["data"]["resourceEvents"]["node"]["servers"]) for each in told] == [SERVERS] * 4
    (error,) = last["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["retryAfter"] > 0
    assert "used up your budget" in error["message"]
