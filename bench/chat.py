"""`python -m bench.chat`: commands through a stand-in for Slack, into one process of `9rum serve` over the sandbox, and back.

Run by `measure.py` as a process of its own, which prints its figures as JSON. The stand-in, and the people who type, are in this process;
the gateway is another, so on a small machine they share its cores.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from tests.slack.standin import Human, Shown, Slack, standin
from tests.slack.standin.world import Call
from tests.trips.in_slack import OPEN, http_platform, link_over
from tests.trips.killable import Gateway

PEOPLE = 64
USER = "jiwoo"
PASSWORD = "jiwoo"  # everybody knows it: a person of the sandbox
PROJECT = "shop"
LIST = "/cloud server list"


async def chat(folder: Path, times: int, rounds: int) -> dict[str, Any]:
    """`times`: commands one after another; `rounds`: commands of each of the people who type at once."""
    policy = folder / "policy.json"
    policy.write_text(json.dumps({"rules": OPEN}))  # JSON is YAML
    async with standin() as slack:
        slack.deliver_to("")
        async with Gateway(folder / "gateway", None, _settings(slack, policy), subprocess.DEVNULL) as gateway:
            slack.deliver_to(f"{gateway.url}/slack/events")
            people = await _people(slack, gateway)
            for person in people[:8]:
                await _listed(person)  # warm
            alone = [await _listed(people[0]) for _ in range(times)]
            began = time.perf_counter()
            at_once = await asyncio.gather(*(_rounds(person, rounds) for person in people))
            wall = time.perf_counter() - began
            edits = await _edits(slack, gateway, people[0], times)
    acks = [ack for round_ in at_once for ack, _ in round_]
    return {
        "people": PEOPLE,
        "list_ms": _spread([seconds for _, seconds in alone]),
        "ack_alone_ms": _spread([ack for ack, _ in alone]),
        "ack_ms": _spread(acks),
        "answer_ms": _spread([seconds for round_ in at_once for _, seconds in round_]),
        "per_second": len(acks) / wall,
        "edit_ms": _spread(edits),
    }


def _settings(slack: Slack, policy: Path) -> dict[str, Any]:
    """What an installation has; only what one caller may spend and do at once is raised, because one user stands for 64."""
    return {
        "clouds": [{"backend": "sandbox", "name": "krane", "speed": 50.0}],
        "bot": {"platforms": [http_platform(slack)]},
        "policy": {"file": str(policy)},
        "graphql": {"limits": {"budget": 10**12, "budget_per_second": 10**12, "concurrency": 10**6}},
    }


async def _people(slack: Slack, gateway: Gateway) -> list[Human]:
    """Each types in a channel of their own, so that no one's post waits for another's."""
    people = [slack.person(f"person-{number:02d}") for number in range(PEOPLE)]
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as http:
        for person in people:
            await link_over(http, person, USER, PASSWORD, [PROJECT], None)
    return people


async def _listed(person: Human) -> tuple[float, float]:
    """Seconds to the acknowledgement, and to the table."""
    before = len(person.messages(None))
    began = time.perf_counter()
    ack = await person.type(LIST, None)
    assert ack.ok, ack
    acked = time.perf_counter() - began

    def listed(shown: list[Shown]) -> bool:
        return any(one.table is not None for one in shown[before:])

    await _until(lambda: listed(person.messages(None)), "a table")
    return acked, time.perf_counter() - began


async def _rounds(person: Human, rounds: int) -> list[tuple[float, float]]:
    return [await _listed(person) for _ in range(rounds)]


async def _edits(slack: Slack, gateway: Gateway, person: Human, times: int) -> list[float]:
    """Seconds from the end of an operation, as it tells it itself, to the edit that shows it in Slack."""
    names = [f"bench-{number}" for number in range(times)]
    shown: dict[str, Shown] = {}
    for name in names:
        await person.type(f"/cloud port create {name} shop-net", None)

        def over(name: str = name) -> bool:
            for one in person.messages(None):
                if f"port create {name} is done" in one.text:
                    shown[name] = one
            return name in shown

        await _until(over, f"{name} is done")
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as http:
        await http.post("/session", json={"user": USER, "password": PASSWORD})
        query = {"query": "{ operations(first: 200) { input finishedAt } }"}
        operations = (await http.post("/graphql", json=query)).json()["data"]["operations"]
    ended = {one["input"].get("name"): datetime.fromisoformat(one["finishedAt"]).timestamp() for one in operations}
    now, wall = time.monotonic(), time.time()
    seen = {
        name: min(call.at for call in _writing(slack, one) if "is done" in str(call.arguments))
        for name, one in shown.items()
    }
    return [wall - (now - seen[name]) - ended[name] for name in names]


def _writing(slack: Slack, shown: Shown) -> list[Call]:
    """The calls that wrote a message: its posting and its edits."""
    posted = [call for call in slack.calls("chat.postMessage") if shown.notification in str(call.arguments)]
    return posted + [call for call in slack.calls("chat.update") if call.arguments.get("ts") == shown.ts]


async def _until(look: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within 60 s: {what}")
        await asyncio.sleep(0.002)


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50": statistics.median(ordered) * 1e3,
        "p99": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1e3,
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="9rum-bench-chat-") as folder:
        print(json.dumps(asyncio.run(chat(Path(folder), int(sys.argv[1]), int(sys.argv[2])))))


if __name__ == "__main__":
    main()
