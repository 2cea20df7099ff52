"""The page of a run: docs/performance.md, figures only as they were seen. Made by `__main__`."""

import os
import platform
from collections.abc import Sequence

from bench.measure import AT_ONCE, BYTES, GATEWAY, PEER, Run
from bench.questions import QUESTIONS

# The targets of this step: what is said, the most that may be seen.
Q1_MS, MODEL_MB, MODEL_SECONDS, LISTING_MS = 1.0, 150.0, 3.0, 15.0
ACK_MS, LIST_MS = 300.0, 100.0
SHOWN = {
    GATEWAY: "9rum",
    BYTES: "the same bytes, made beforehand, by the same HTTP server",
    PEER: "Mercurius with graphql-jit on Node, the same rows",
}


def page(run: Run, command: str, date: str) -> str:
    parts = [
        "# Performance",
        _how(run, command, date),
        "## Targets of this step",
        _table(["what", "seen", "target", ""], _targets(run)),
        "## CPU time of one request",
        "User and system time of the server process in ms, at a concurrency of 1. Ratios: 9rum to the other.",
        _table(["", *SHOWN.values(), "to the bytes", "to Mercurius"], [_cpu(run, name) for name in QUESTIONS]),
        _walk(run),
        "## Time of one request",
        "Wall time in ms as the driver saw it, on the same two cores as the servers.",
        _table(
            ["", "at once", *(f"{name} {p}" for name in (GATEWAY, BYTES, PEER) for p in ("p50", "p99"))], _times(run)
        ),
        "## Commands in chat",
        _chat_how(run),
        _table(["", "p50", "p99"], _chat(run)),
        "## Start and memory",
        _table(["what", "seen"], _boot(run)),
    ]
    return "\n\n".join(parts) + "\n"


def _how(run: Run, command: str, date: str) -> str:
    questions = "\n".join(f"- {name}: {what} ({run.bytes[name]:,} bytes)" for name, what in QUESTIONS.items())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"""Seen on {date} with `{command}`, on a machine
with {_cores()} cores (load {load} at the end), Python {platform.python_version()}.
One process of `9rum serve` over a sandbox of {run.plan.servers:,} servers; the caller is an operator who signs in by `X-Auth-Token`;
limits, masking, metrics and the access log (to /dev/null) are on, and the collector polls. Only the caller's rate budget is raised.
Q4 answers pages of 500; its figures are for one page.

{questions}

Every figure is the median of {run.plan.rounds} rounds; in each round every target is asked in turn for {run.plan.seconds:g} s."""


def _targets(run: Run) -> list[list[str]]:
    return [
        _target("Q1, CPU", run.median(GATEWAY, "Q1", 1, "cpu_ms") or 0.0, Q1_MS, "ms"),
        _target(f"read model of {run.plan.servers:,} servers, memory", run.build("mb"), MODEL_MB, "MB"),
        _target("the same from raw JSON, time", run.build("seconds"), MODEL_SECONDS, "s"),
        _target(f"listing {run.listing['servers']:,} servers from Nova, CPU", run.listing["cpu_ms"], LISTING_MS, "ms"),
        _target(f"acknowledging, {run.chat['people']} people at once, p99", run.chat["ack_ms"]["p99"], ACK_MS, "ms"),
        _target("`server list` from typing to the table, p50", run.chat["list_ms"]["p50"], LIST_MS, "ms"),
    ]


def _target(what: str, seen: float, most: float, unit: str) -> list[str]:
    return [what, f"{seen:.2f} {unit}", f"<= {most:g} {unit}", "PASS" if seen <= most else "MISS"]


def _cpu(run: Run, question: str) -> list[str]:
    own, bare, peer = (run.median(name, question, 1, "cpu_ms") for name in (GATEWAY, BYTES, PEER))
    missing = run.no_peer or "-"
    return [
        question,
        *(missing if value is None else f"{value:.3f}" for value in (own, bare, peer)),
        *("-" if not value or own is None else f"{own / value:.1f}x" for value in (bare, peer)),
    ]


def _walk(run: Run) -> str:
    page_ms, at = run.median(GATEWAY, "Q4", 1, "cpu_ms") or 0.0, run.pages
    wall = (run.median(GATEWAY, "Q4", 1, "p50") or 0.0) * at
    return f"The whole walk of Q4 has {at} pages: {page_ms * at:,.0f} ms of CPU, and about {wall / 1e3:.1f} s for one caller."


def _times(run: Run) -> list[list[str]]:
    lines = []
    for question in QUESTIONS:
        for at_once in AT_ONCE:
            values = [run.median(name, question, at_once, p) for name in (GATEWAY, BYTES, PEER) for p in ("p50", "p99")]
            lines.append([question, str(at_once), *("-" if value is None else f"{value:.2f}" for value in values)])
    return lines


def _chat_how(run: Run) -> str:
    return (
        "One process of `9rum serve` over the small sandbox; a stand-in for Slack delivers by signed HTTP and takes what the bot writes, "
        f"on the same two cores. With {run.chat['people']} people who type `server list` at once, each again when the table is there, "
        f"{run.chat['per_second']:.0f} commands were answered in a second. Wall time in ms."
    )


def _chat(run: Run) -> list[list[str]]:
    rows = {
        "acknowledging a command, one person": "ack_alone_ms",
        "`server list`, from typing to the table, one person": "list_ms",
        f"acknowledging a command, {run.chat['people']} people at once": "ack_ms",
        f"`server list`, {run.chat['people']} people at once": "answer_ms",
        "from the end of an operation to the edit that shows it": "edit_ms",
    }
    return [[what, *(f"{run.chat[name][p]:.0f}" for p in ("p50", "p99"))] for what, name in rows.items()]


def _boot(run: Run) -> list[list[str]]:
    return [
        ["start of the process to the first answer that counts all servers", f"{run.boot_seconds:.1f} s"],
        ["memory of the gateway then (the sandbox's own world in it)", f"{run.memory_booted:.0f} MB"],
        ["memory of the gateway after all rounds", f"{run.memory_after:.0f} MB"],
        ["read model, most memory while it was built", f"{run.build('peak_mb'):.0f} MB"],
        ["read model, CPU time of building it", f"{run.build('cpu_seconds'):.2f} s"],
        ["listing from Nova, wall time", f"{run.listing['ms']:.1f} ms"],
    ]


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cores() -> int:
    return len(os.sched_getaffinity(0))
