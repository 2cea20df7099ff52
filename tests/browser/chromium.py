"""Headless Chromium for the browser tests: Debian's package of it, installed when it is missing, with its network closed.

Playwright drives it and downloads no browser of its own. `Page` requests to any origin but the gateway's are refused
and kept, so a test can say that there were none.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Route, WebSocket, expect, sync_playwright

from tests import debian

# Chromium without windows: what draws menus and tabs that nobody sees costs more than the pages.
SHELL = Path("/usr/bin/chromium-headless-shell")
MILLISECONDS = 30_000  # that a page may take: the machine does much else meanwhile
# A container has neither a user namespace nor a GPU; the rest stops Chromium from calling home at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@cache
def ensure_chromium() -> Path:
    """The browser's path; installs Debian's package when it is missing and we may. The whole Chromium does where that can not be had."""
    try:
        debian.ensure({"chromium-headless-shell": SHELL})
    except debian.InstallError:
        found = shutil.which("chromium")
        if found is None:
            raise
        return Path(found)
    return SHELL


@dataclass
class Visit:
    """One page of a fresh browser profile, and what it tried besides talking to its own origin."""

    page: Page
    strangers: list[str] = field(default_factory=list)  # addresses asked for outside our origin
    complaints: list[str] = field(default_factory=list)  # script errors and what the content policy refused


@contextmanager
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=MILLISECONDS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=ensure_chromium(), args=FLAGS)
        try:
            yield running
        finally:
            running.close()


@contextmanager
def visit(running: Browser, origin: str, locale: str = "en-US", *, also: str | None = None) -> Iterator[Visit]:
    """A page that reaches `origin` only, and the origin `also` when there is one."""
    reached = tuple(f"{one}/" for one in (origin, also) if one is not None)
    context = running.new_context(color_scheme="light", viewport={"width": 1280, "height": 800}, locale=locale)
    context.set_default_timeout(MILLISECONDS)
    shown = Visit(context.new_page())

    def gate(route: Route) -> None:
        if route.request.url.startswith((*reached, "data:", "blob:")):
            route.continue_()
        else:
            shown.strangers.append(route.request.url)
            route.abort()

    def socket(opened: WebSocket) -> None:
        if not opened.url.startswith(f"{origin.replace('http', 'ws', 1)}/"):
            shown.strangers.append(opened.url)

    def console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            shown.complaints.append(message.text)

    context.route("**/*", gate)
    shown.page.on("websocket", socket)
    shown.page.on("console", console)
    shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    try:
        yield shown
    finally:
        context.close()
