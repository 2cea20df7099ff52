"""Serves the files of a built page from our own origin, with the headers that protect it; used by `gateway/*/pages.py`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

PROTECTED: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
# What every page's policy ends with, whatever else it allows.
CLOSED: Final = ("object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'")
# Named here, not guessed from the machine's MIME table, which differs between systems.
MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}


class Files:
    """`policy` is the page's Content-Security-Policy. Each request looks, so a later build needs no restart."""

    def __init__(self, dist: Path, policy: tuple[str, ...], not_built: str) -> None:
        self._dist = dist
        self._headers = {"content-security-policy": "; ".join((*policy, *CLOSED)), **PROTECTED}
        self._not_built = not_built

    def page(self, request: Request) -> Response:
        path = self._dist / "index.html"
        if not path.is_file():
            return PlainTextResponse(self._not_built, 503, {**self._headers, "cache-control": "no-store"})
        # The page names its assets by their content, so only the page itself is asked for anew.
        return self._file(request, path, "text/html; charset=utf-8", "no-cache")

    def asset(self, request: Request, *names: str) -> Response:
        """A file below `assets/`; `names` are path parameters, each one step and nothing else."""
        path = self._dist.joinpath("assets", *names)
        media_type = MEDIA_TYPES.get(path.suffix)
        if media_type is None or any(name in ("", ".", "..") or "/" in name for name in names) or not path.is_file():
            return PlainTextResponse("There is no such file.", 404, self._headers)
        return self._file(request, path, media_type, "public, max-age=31536000, immutable")

    def _file(self, request: Request, path: Path, media_type: str, cache_control: str) -> Response:
        headers = {**self._headers, "cache-control": cache_control, "vary": "Accept-Encoding"}
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
