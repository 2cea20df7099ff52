"""One run of the benchmark: starts the targets, has them asked, builds the read model, lists from a stand-in for Nova.

Called by `__main__`; `report.py` makes a page of the `Run` that comes of it.
"""

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from bench import listing, nova, prepared, questions
from bench.drive import Job, Seen, Target
from bench.peers import start_mercurius
from bench.processes import ROOT, Gateway, ended, free_port, memory_mb, prepared_bytes
from gateway.web import node

GATEWAY, BYTES, PEER = "9rum", "bytes", "Mercurius"
AT_ONCE = [1, 8]


@dataclass(frozen=True)
class Plan:
    """`seconds`: of one target, one question and one concurrency in one round. The default of everything takes about three minutes."""

    servers: int = 25_000
    rounds: int = 5
    seconds: float = 0.7
    builds: int = 3
    listings: int = 60
    commands: int = 40  # in chat, one after another
    command_rounds: int = 6  # of each of the people who type at once


@dataclass
class Run:
    plan: Plan
    seen: list[Seen] = field(default_factory=list)
    pages: int = 0  # of the walk
    bytes: dict[str, int] = field(default_factory=dict)  # of the first answer to each question
    no_peer: str = ""  # why there was none
    boot_seconds: float = 0.0
    memory_booted: float = 0.0
    memory_after: float = 0.0
    builds: list[dict[str, Any]] = field(default_factory=list)
    listing: dict[str, Any] = field(default_factory=dict)
    chat: dict[str, Any] = field(default_factory=dict)

    def median(self, target: str, question: str, at_once: int, what: str) -> float | None:
        found = [
            getattr(seen, what)
            for seen in self.seen
            if (seen.target, seen.question, seen.at_once) == (target, question, at_once)
        ]
        return statistics.median(found) if found else None

    def build(self, what: str) -> float:
        return float(statistics.median(build[what] for build in self.builds))


def measure(plan: Plan) -> Run:
    run = Run(plan)
    with tempfile.TemporaryDirectory(prefix="9rum-bench-") as folder:
        _told("read model from raw JSON of Nova, and listing over a socket")
        _read_model(run, Path(folder))
        _told("commands in chat")
        run.chat = _tool("bench.chat", str(plan.commands), str(plan.command_rounds))
        _told("starting the gateway")
        _questions(run, Path(folder))
    return run


def _read_model(run: Run, folder: Path) -> None:
    raw = folder / "raw"
    raw.mkdir()
    pages = nova.pages(run.plan.servers)
    for number, page in enumerate(pages):
        (raw / f"{number:04d}.json").write_bytes(page)
    run.builds = [_tool("bench.read_model", str(raw)) for _ in range(run.plan.builds)]
    prepared.write(folder / "nova", listing.stand_in(pages[0]))
    with prepared_bytes(folder / "nova") as (_, port):
        run.listing = _tool("bench.listing", str(port), str(run.plan.listings))


def _questions(run: Run, folder: Path) -> None:
    gateway = Gateway(folder, run.plan.servers)
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(gateway.running())
        run.boot_seconds, run.memory_booted = gateway.boot_seconds, memory_mb(process.pid)
        _told(f"the gateway answered after {run.boot_seconds:.1f} s; collecting its answers")
        data = questions.export(gateway.ask)
        asked = questions.requests(data, gateway.ask)
        answers = questions.answers(gateway.ask, asked)
        run.pages, run.bytes = len(asked["Q4"]), {name: len(found[0]) for name, found in answers.items()}
        token = {"x-auth-token": gateway.token}
        targets = [_target(GATEWAY, process.pid, gateway.port, asked, token)]
        paths = {name: [f"/{name}/{number}" for number in range(len(bodies))] for name, bodies in asked.items()}
        prepared.write(
            folder / "answers",
            {path: body for name in asked for path, body in zip(paths[name], answers[name], strict=True)},
        )
        server, port = stack.enter_context(prepared_bytes(folder / "answers"))
        targets.append(Target(BYTES, server.pid, port, asked, paths))
        with contextlib.suppress(node.NodeMissing):
            run.no_peer = "no Node here"
            targets.append(_peer(stack, folder, data, answers))
            run.no_peer = ""
        _told(f"asking {', '.join(target.name for target in targets)} in {run.plan.rounds} rounds")
        job = folder / "job.json"
        job.write_bytes(msgspec.json.encode(Job(targets, run.plan.rounds, run.plan.seconds, AT_ONCE)))
        run.seen = msgspec.convert(_tool("bench.drive", str(job)), list[Seen])
        run.memory_after = memory_mb(process.pid)


def _peer(
    stack: contextlib.ExitStack,
    folder: Path,
    data: dict[str, list[dict[str, Any]]],
    answers: dict[str, list[bytes]],
) -> Target:
    port = free_port()
    file = folder / "data.json"
    file.write_text(json.dumps(data))
    process = stack.enter_context(ended(start_mercurius(file, port)))
    ask = questions.asking(port)
    asked = questions.requests(data, ask, peer=True)
    questions.require_same(answers, questions.answers(ask, asked))
    return _target(PEER, process.pid, port, asked, {})


def _target(name: str, pid: int, port: int, asked: dict[str, list[bytes]], headers: dict[str, str]) -> Target:
    paths = {question: ["/graphql"] * len(bodies) for question, bodies in asked.items()}
    return Target(name, pid, port, asked, paths, headers)


def _tool(module: str, *arguments: str) -> Any:
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def _told(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)
