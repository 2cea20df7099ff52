"""Ends the process of a test that hangs beyond its limit: what it waited in is told, and pytest-xdist goes on with another process.

tests/conftest.py names this module as a plug-in. pytest-timeout fails a test whose time is up, but the event loop goes on waiting for
whatever an async test waited for, and its fixtures, which end in the same loop, would wait for that for ever.
"""

import faulthandler
from collections.abc import Generator

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key  # the only standard error that is not captured


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("teardown_seconds", "how long the fixtures of a test may take to end", default="600")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    seconds = float(item.config.getini("teardown_seconds"))
    faulthandler.dump_traceback_later(seconds, exit=True, file=item.config.stash[fault_handler_stderr_fd_key])
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
