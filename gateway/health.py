"""`/healthz` (the process is alive), `/readyz` (it can do its work: each check named), `/metrics` (Prometheus).

Mounted by `gateway/app.py`, which passes the checks in. These routes tell no secret and ask for no sign-in: orchestrators and scrapers
call them. Whoever may reach them is the network's business.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import orjson
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.metrics import Metrics
from resolvers.errors import GurumError

log = logging.getLogger("gurum.health")

Check = Callable[[], Awaitable[str | None]]
"""None when all is well, else what is not, in words."""


class Health:
    """`seconds`: how long one check may take before it counts as failed. All run at the same time."""

    def __init__(self, checks: Mapping[str, Check], metrics: Metrics, *, seconds: float = 2.0) -> None:
        self._checks = dict(checks)
        self._metrics = metrics
        self._seconds = seconds
        self.routes: list[BaseRoute] = [
            Route("/healthz", self._alive),
            Route("/readyz", self._ready),
            Route("/metrics", self._numbers),
        ]

    async def _alive(self, _: Request) -> Response:
        return _json({"status": "alive"}, 200)

    async def _ready(self, _: Request) -> Response:
        reasons = await asyncio.gather(*(self._run(name, check) for name, check in self._checks.items()))
        checks = {
            name: {"ok": True} if reason is None else {"ok": False, "reason": reason}
            for name, reason in zip(self._checks, reasons, strict=True)
        }
        ready = not any(reasons)
        return _json({"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503)

    async def _run(self, name: str, check: Check) -> str | None:
        try:
            async with asyncio.timeout(self._seconds):
                return await check()
        except TimeoutError:
            return f"no answer within {self._seconds:g} s"
        except GurumError as error:
            return error.message
        except Exception:
            log.exception("the readiness check %s broke", name)
            return "the check itself broke; the log says how"

    async def _numbers(self, _: Request) -> Response:
        return Response(self._metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _json(content: object, status: int) -> Response:
    return Response(orjson.dumps(content), status, {"cache-control": "no-store"}, "application/json")
