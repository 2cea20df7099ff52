"""Prints at the end of a run how many tests of each port held on the sandbox and on the lab, so that a suite that shrank is seen.

tests/conftest.py names this module as a plug-in: where worker processes run the tests, the process that reports reads no other conftest.
"""

import re
from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for report in terminalreporter.getreports("passed"):
        port = re.match(r"tests/contract/test_(\w+)_port\.py::.*\[(sandbox|lab)", report.nodeid)
        if port is not None and report.when == "call":
            counts[port[1], port[2]] += 1
    if counts:
        terminalreporter.section("contract tests passed by port")
        for name in sorted({port for port, _ in counts}):
            terminalreporter.line(f"{name:10} sandbox {counts[name, 'sandbox']:4}   lab {counts[name, 'lab']:4}")
