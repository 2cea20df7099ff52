"""The routes for machines: alive, ready, and the numbers."""

import asyncio
from typing import Any

import httpx
from prometheus_client import CollectorRegistry, Gauge
from starlette.applications import Starlette

from gateway.health import Check, Health
from gateway.metrics import Metrics
from resolvers.errors import Unavailable
from tests.gateway.client import ALICE, STRICT, client


def get(
    path: str, checks: dict[str, Check] | None = None, metrics: Metrics | None = None, **options: Any
) -> httpx.Response:
    async def ask() -> httpx.Response:
        app = Starlette(routes=Health(checks or {}, metrics or Metrics(), **options).routes)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
            return await http.get(path)

    return asyncio.run(ask())


async def well() -> str | None:
    return None


def test_a_process_that_answers_is_alive() -> None:
    response = get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


def test_ready_names_each_check_and_what_is_wrong() -> None:
    async def not_yet() -> str | None:
        return "the first list is not through yet"

    async def away() -> str | None:
        raise Unavailable("The store does not answer.")

    async def broken() -> str | None:
        raise RuntimeError("password=hunter2")

    async def hangs() -> str | None:
        await asyncio.Event().wait()
        return None

    assert get("/readyz", {"store": well}).json() == {"status": "ready", "checks": {"store": {"ok": True}}}
    checks: dict[str, Check] = {"store": well, "inventory": not_yet, "bus": away, "odd": broken, "slow": hangs}
    response = get("/readyz", checks, seconds=0.01)
    assert response.status_code == 503
    answer = response.json()
    assert answer["status"] == "not ready"
    assert answer["checks"] == {
        "store": {"ok": True},
        "inventory": {"ok": False, "reason": "the first list is not through yet"},
        "bus": {"ok": False, "reason": "The store does not answer."},
        "odd": {"ok": False, "reason": "the check itself broke; the log says how"},
        "slow": {"ok": False, "reason": "no answer within 0.01 s"},
    }


def test_the_numbers_count_operations_and_responses() -> None:
    with client() as it:
        it.data("{ hello }")
        it.data("mutation { bump }")
        it.ask("{ broken }")
        it.ask("{ unknown }")
        it.ask("{ me }", headers=STRICT)
        it.post(content=b"{", headers={"content-type": "application/json", **ALICE})
        text = get("/metrics", metrics=it.metrics).text
    for line in (
        'gurum_graphql_operations_total{code="OK",transport="http",type="query"} 1.0',
        'gurum_graphql_operations_total{code="OK",transport="http",type="mutation"} 1.0',
        'gurum_graphql_operations_total{code="INTERNAL",transport="http",type="query"} 1.0',
        'gurum_graphql_operations_total{code="UNAUTHENTICATED",transport="http",type="query"} 1.0',
        'gurum_graphql_refused_total{code="INVALID"} 2.0',
        'gurum_http_responses_total{status="200"} 3.0',
        'gurum_http_responses_total{status="400"} 2.0',
        'gurum_http_responses_total{status="401"} 1.0',
        'gurum_graphql_operation_seconds_count{type="mutation"} 1.0',
        'gurum_graphql_operation_cost_sum{type="query"} 3.0',
    ):
        assert line in text.splitlines()


def test_other_packages_add_their_own_numbers() -> None:
    metrics = Metrics()
    gauge = Gauge("gurum_inventory_rows", "Rows.", registry=CollectorRegistry())
    gauge.set(7)
    metrics.register(gauge)
    assert "gurum_inventory_rows 7.0" in get("/metrics", metrics=metrics).text
