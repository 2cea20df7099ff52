"""`python -m bench.drive JOB`: asks the targets of a job their questions in turn, and prints what it saw as JSON.

A process of its own, so that its work is not counted as a server's, with a small HTTP/1.1 client that keeps its connections. Every
round asks each target for a short while, so that a noisy machine hurts all alike; `rounds.py` writes the job and takes the medians.
"""

import asyncio
import gc
import sys
import time
from pathlib import Path

import msgspec

from bench.processes import cpu_seconds

ANSWER_SECONDS = 60.0


class Target(msgspec.Struct):
    """`questions`: the bodies by question; `paths`: where each goes (one for all, or one each)."""

    name: str
    pid: int
    port: int
    questions: dict[str, list[bytes]]
    paths: dict[str, list[str]]
    headers: dict[str, str] = {}


class Job(msgspec.Struct):
    targets: list[Target]
    rounds: int
    seconds: float
    at_once: list[int]


class Seen(msgspec.Struct):
    """One target asked one question for one round; times of single requests in ms."""

    target: str
    question: str
    at_once: int
    count: int
    cpu_ms: float
    p50: float
    p99: float


class Connection(asyncio.Protocol):
    """One request at a time; the answer must tell its length."""

    def __init__(self) -> None:
        self._waiting: asyncio.Future[bytes] | None = None
        self._buffer = b""
        self._end = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._end:
            head, found, _ = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
            self._end = len(head) + 4 + int(length)
        if len(self._buffer) >= self._end and self._waiting is not None:
            answer, self._buffer, self._end = self._buffer, b"", 0
            self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("the server closed the connection"))

    async def ask(self, request: bytes) -> bytes:
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def drive(job: Job) -> list[Seen]:
    seen: list[Seen] = []
    requests = {target.name: _requests(target) for target in job.targets}
    for number in range(-1, job.rounds):  # the round before the first warms up and is not counted
        for question in job.targets[0].questions:
            for at_once in job.at_once:
                for target in job.targets:
                    found = await _round(target, question, requests[target.name][question], at_once, job.seconds)
                    if number >= 0:
                        seen.append(found)
    return seen


async def _round(target: Target, question: str, requests: list[bytes], at_once: int, seconds: float) -> Seen:
    """Whole turns of the question's requests, as many as begin within the time."""
    loop = asyncio.get_running_loop()
    connections = [(await loop.create_connection(Connection, "127.0.0.1", target.port))[1] for _ in range(at_once)]
    times: list[float] = []
    gc.collect()
    gc.disable()
    cpu, until, given = cpu_seconds(target.pid), time.perf_counter() + seconds, 0

    async def work(connection: Connection) -> None:
        nonlocal given
        while not given or given % len(requests) or time.perf_counter() < until:
            request = requests[given % len(requests)]
            given += 1
            began = time.perf_counter()
            answer = await connection.ask(request)
            times.append(time.perf_counter() - began)
            if not answer.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(f"{target.name} answered {question} with {answer[:400]!r}")

    try:
        async with asyncio.timeout(seconds + ANSWER_SECONDS):
            await asyncio.gather(*(work(connection) for connection in connections))
        cpu = cpu_seconds(target.pid) - cpu
    finally:
        gc.enable()
        for connection in connections:
            connection.close()
    times.sort()
    count = len(times)
    p50, p99 = times[count // 2], times[min(count - 1, count * 99 // 100)]
    return Seen(target.name, question, at_once, count, cpu / count * 1e3, p50 * 1e3, p99 * 1e3)


def _requests(target: Target) -> dict[str, list[bytes]]:
    headers = "".join(f"{name}: {value}\r\n" for name, value in target.headers.items())

    def request(path: str, body: bytes) -> bytes:
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{target.port}\r\ncontent-type: application/json\r\n"
            f"accept: application/json\r\n{headers}content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    return {
        question: [request(path, body) for path, body in zip(target.paths[question], bodies, strict=True)]
        for question, bodies in target.questions.items()
    }


if __name__ == "__main__":
    job = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Job)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(drive(job))))
