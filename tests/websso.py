"""Keystone's part of a federated sign-in, on an origin of its own, for tests that drive a browser or follow the forms by themselves.

As Keystone does it (keystone/api/auth.py): the whole `origin` must be one of those that are trusted, and the answer is a form that sends
itself there. Instead of an identity provider there is whoever `token` signs in.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.ports import free_port

PATH = "/v3/auth/OS-FEDERATION/websso/openid"
FORM = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Keystone WebSSO redirect</title></head><body>
<form id="sso" name="sso" action="{host}" method="post">Please wait...<br>
<input type="hidden" name="token" id="token" value="{token}">
<noscript><input type="submit" name="submit_no_javascript" value="If your JavaScript is disabled, please click to continue"></noscript>
</form><script>window.onload = function() {{ document.forms['sso'].submit(); }}</script></body></html>"""


class WebSso:
    """`trusted` and `token` may be changed by a test between two sign-ins. `url` is what the settings of 9rum name."""

    def __init__(self, host: str, port: int) -> None:
        self.origin = f"http://{host}:{port}"
        self.url = f"{self.origin}{PATH}"
        self.trusted: list[str] = []
        self.token: Callable[[], str] = lambda: "nobody"

    def answer(self, path: str) -> tuple[int, str]:
        parts = urlsplit(path)
        (origin,) = parse_qs(parts.query).get("origin", [""])
        if parts.path != PATH:
            return 404, "Not Found"
        if origin not in self.trusted:
            return 401, f"{escape(origin)} is not a trusted dashboard host"
        return 200, FORM.format(host=escape(origin), token=escape(self.token()))


@contextlib.contextmanager
def websso(host: str = "localhost") -> Iterator[WebSso]:
    """`localhost` is another site than the `127.0.0.1` of a gateway in tests."""
    port = free_port()
    sso = WebSso(host, port)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = sso.answer(self.path)
            body = text.encode()
            self.send_response(status)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield sso
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
