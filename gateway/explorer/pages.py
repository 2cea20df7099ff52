"""Serves the built explorer page from our own origin: `/explorer` and its assets.

Called by `gateway/app.py`, which mounts the routes. The page is public and holds no secret: what a caller may ask is
decided at `/graphql`, and signing in is `/session`'s. Building is left to `build`.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

SECURITY_HEADERS = {
    "content-security-policy": "; ".join(
        (
            "default-src 'self'",
            "worker-src 'self' blob:",
            "font-src 'self' data:",
            "img-src 'self' data:",  # the editor draws its underlines from its style sheet
            "style-src 'self' 'unsafe-inline'",  # the editor places its lines by inline styles
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
# Named here, not guessed from the machine's MIME table, which differs between systems.
MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}
NOT_BUILT = "The explorer page is not built yet: run `python -m gateway.explorer.build` once, then reload this page."


def explorer_routes(dist: Path) -> list[BaseRoute]:
    """Routes over the files that `build` left in `dist`; each request looks, so a later build needs no restart."""

    async def page(request: Request) -> Response:
        if not (dist / "index.html").is_file():
            return PlainTextResponse(NOT_BUILT, 503, {**SECURITY_HEADERS, "cache-control": "no-store"})
        # The page names its assets by their hashes, so only the page itself is asked for anew.
        return _file(request, dist / "index.html", "text/html; charset=utf-8", "no-cache")

    async def asset(request: Request) -> Response:
        path = dist / "assets" / request.path_params["name"]
        media_type = MEDIA_TYPES.get(path.suffix)
        if media_type is None or not path.is_file():
            return PlainTextResponse("There is no such file.", 404, SECURITY_HEADERS)
        return _file(request, path, media_type, "public, max-age=31536000, immutable")

    return [Route("/explorer", page), Route("/explorer/", page), Route("/explorer/assets/{name}", asset)]


def _file(request: Request, path: Path, media_type: str, cache_control: str) -> Response:
    headers = {**SECURITY_HEADERS, "cache-control": cache_control, "vary": "Accept-Encoding"}
    packed = path.with_name(f"{path.name}.gz")
    if _takes_gzip(request.headers.get("accept-encoding", "")) and packed.is_file():
        path, headers["content-encoding"] = packed, "gzip"
    return FileResponse(path, headers=headers, media_type=media_type)


def _takes_gzip(accept_encoding: str) -> bool:
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return not weight or any(digit in "123456789" for digit in weight)  # q=0 refuses it
    return False
