"""Ids that many rows hold are shared, and what is gone takes no memory for ever."""

import pytest

from resolvers import names as module
from resolvers.names import Names


def test_equal_references_are_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SHARED", 3)
    names = Names("krane", "krane")
    one = names.ref("project", "p-1")
    assert one is names.ref("project", "p-1")
    for number in range(10):
        assert names.ref("server", f"s-{number}") == f"server:krane/s-{number}"
        assert len(names._shared) <= 3
    assert names.ref("project", "p-1") == one
