"""Serves the built console page: `/` (the conversation), `/link` (linking a chat account) and their assets.

Called by `gateway/app.py`, which mounts the routes. The page is public and holds no secret: what a caller may see is decided by
`chat.py`, `/graphql` and `/session`. Building is left to `build`.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.web.files import Files

POLICY = ("default-src 'self'",)
NOT_BUILT = "The console page is not built yet: run `python -m gateway.console.build` once, then reload this page."


def console_pages(dist: Path) -> list[BaseRoute]:
    files = Files(dist, POLICY, NOT_BUILT)

    async def page(request: Request) -> Response:
        return files.page(request)

    async def asset(request: Request) -> Response:
        return files.asset(request, request.path_params["version"], request.path_params["name"])

    # One page for both addresses: it looks at its own. The link's secret is behind `#` and never reaches the gateway.
    return [Route("/", page), Route("/link", page), Route("/console/assets/{version}/{name}", asset)]
