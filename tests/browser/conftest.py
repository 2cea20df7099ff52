"""One browser for the tests of a file, and in it the console for each test.

The browser is not for the session: while it runs, no other event loop can in this thread.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import browser
from tests.browser.console import Console, console
from tests.served import Served


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def page(chromium: Browser, gateway: Served) -> Iterator[Console]:
    with console(chromium, gateway) as it:
        yield it
