"""The benchmark on a tiny cloud: every part runs and the page has every figure. How fast anything is, is no test."""

import re
import sys

import pytest

from bench import listing, nova, questions
from bench.measure import BYTES, GATEWAY, PEER, Plan, measure
from bench.report import page
from resolvers.compute.openstack_server_rows import SERVER_PAGE

pytestmark = [pytest.mark.node, pytest.mark.timeout(900)]  # a cold machine installs npm packages first


@pytest.mark.skipif(sys.platform != "linux", reason="what processes use is read from /proc")
def test_a_small_run_fills_the_page() -> None:
    run = measure(Plan(servers=600, rounds=1, seconds=0.02, builds=1, listings=2, commands=2, command_rounds=1))
    assert {seen.target for seen in run.seen} == {GATEWAY, BYTES, PEER}
    assert {(seen.question, seen.at_once) for seen in run.seen} == {(q, n) for q in questions.QUESTIONS for n in (1, 8)}
    assert all(seen.count > 0 and 0 < seen.p50 <= seen.p99 for seen in run.seen)
    assert run.pages == 2
    assert run.builds[0]["servers"] == run.listing["servers"] == 600
    assert run.boot_seconds > 0
    assert run.memory_booted > 10
    text = page(run, "python -m bench", "2026-01-01")
    assert len(re.findall(r"\| (PASS|MISS) \|", text)) == 6
    assert all(f"| {question} |" in text for question in questions.QUESTIONS)
    assert "None" not in text


def test_the_servers_of_the_stand_in_are_read_as_novas_are() -> None:
    pages = nova.pages(1_001)
    servers = [server for body in pages for server in SERVER_PAGE.decode(body).servers]
    assert len({server.id for server in servers}) == 1_001
    assert servers[0].addresses.keys() == {"private", "floating"}
    assert nova.pages(1_001) == pages  # the same for everyone
    assert listing.stand_in(pages[0])["/v2.1/servers/detail"] == pages[0]


def test_answers_that_differ_are_not_compared() -> None:
    one = {"Q1": [b'{"data": {"server": {"id": "a"}}}']}
    questions.require_same(one, one)
    with pytest.raises(RuntimeError, match="Q1"):
        questions.require_same(one, {"Q1": [b'{"data": {"server": {"id": "b"}}}']})
