"""Serves the built explorer page: `/explorer` and its assets.

Called by `gateway/app.py`, which mounts the routes. The page is public and holds no secret: what a caller may ask is
decided at `/graphql`, and signing in is `/session`'s. Building is left to `build`.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.web.files import Files

POLICY = (
    "default-src 'self'",
    "worker-src 'self' blob:",
    "font-src 'self' data:",
    "img-src 'self' data:",  # the editor draws its underlines from its style sheet
    "style-src 'self' 'unsafe-inline'",  # the editor places its lines by inline styles
)
NOT_BUILT = "The explorer page is not built yet: run `python -m gateway.explorer.build` once, then reload this page."


def explorer_routes(dist: Path) -> list[BaseRoute]:
    files = Files(dist, POLICY, NOT_BUILT)

    async def page(request: Request) -> Response:
        return files.page(request)

    async def asset(request: Request) -> Response:
        return files.asset(request, request.path_params["name"])

    return [Route("/explorer", page), Route("/explorer/", page), Route("/explorer/assets/{name}", asset)]
