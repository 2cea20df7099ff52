"""Processes of the lab: started each in a group of its own, recorded, recognised again, stopped.

services.py says what to start. A record names the process by id, start time and boot, so that a record left
behind by a killed machine is never mistaken for a stranger that got the same id.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.lab.pins import LabError, Paths

# How long a process may take to end by itself. Only the database writes what somebody may want to read again.
TERM_SECONDS = 3.0
DATABASE_SECONDS = 60.0
KILL_SECONDS = 10.0


@dataclass(frozen=True)
class Record:
    """One started process; its id is its group's id too."""

    name: str
    pid: int
    started: int
    boot: str
    since: float  # wall clock, in seconds: what a service reported before that is old news

    def alive(self) -> bool:
        return self.boot == boot_id() and _start_time(self.pid) == self.started


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def environment(paths: Paths) -> dict[str, str]:
    """What every process of the lab sees: nothing of the caller's environment, so no proxy and no surprise.

    PYTHONDONTWRITEBYTECODE above all must not pass: the services would compile everything at each start.
    """
    return {
        "PATH": f"{paths.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(paths.run),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(paths.plugins),
        "PYTHONUNBUFFERED": "1",
    }


def start(paths: Paths, name: str, command: Sequence[str | Path], extra: Mapping[str, str] | None = None) -> Record:
    """Starts a process in a session of its own; its output goes to log/NAME.log."""
    paths.logs.mkdir(parents=True, exist_ok=True)
    paths.records.mkdir(parents=True, exist_ok=True)
    with (paths.logs / f"{name}.log").open("ab") as log:
        child = subprocess.Popen(
            command,
            env=environment(paths) | dict(extra or {}),
            cwd=paths.run,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    started = _start_time(child.pid)
    # Nobody waits for it: the lab outlives its starter, and init reaps it. Without this the interpreter
    # would warn about a child that still runs.
    child.returncode = 0
    if started is None:
        raise LabError(f"{name} ended at once.\n{log_tail(paths, name)}")
    record = Record(name, child.pid, started, boot_id(), time.time())
    (paths.records / f"{name}.json").write_text(json.dumps(asdict(record)))
    return record


def run(
    paths: Paths,
    name: str,
    command: Sequence[str | Path],
    extra: Mapping[str, str] | None = None,
    seconds: float = 900.0,
) -> str:
    """Runs a command to its end; raises LabError with the end of its output when it fails or takes too long."""
    paths.logs.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            command,
            env=environment(paths) | dict(extra or {}),
            cwd=paths.run,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LabError(f"{name} did not end within {seconds:.0f} seconds.") from error
    except FileNotFoundError as error:
        raise LabError(f"{name} cannot run: {error.filename} is not installed.") from error
    with (paths.logs / f"{name}.log").open("a") as log:
        log.write(done.stdout)
    if done.returncode != 0:
        raise LabError(f"{name} failed with status {done.returncode}.\n{log_tail(paths, name)}")
    return done.stdout


def recorded(paths: Paths) -> dict[str, Record]:
    """Every process that was started and not stopped, alive or not."""
    records = {}
    for file in sorted(paths.records.glob("*.json")):
        try:
            record = Record(**json.loads(file.read_text()))
        except (ValueError, TypeError):  # cut short by a crash: the process never was recorded
            continue
        records[record.name] = record
    return records


def alive(paths: Paths, name: str) -> bool:
    record = recorded(paths).get(name)
    return record is not None and record.alive()


def stop(paths: Paths, names: Sequence[str] | None = None) -> None:
    """Ends the named processes, or all of them: asked first, then killed; returns when their groups are gone."""
    records = [record for name, record in recorded(paths).items() if names is None or name in names]
    left = [record for record in records if _group_ours(record)]
    patience = DATABASE_SECONDS if any(record.name == "mariadb" for record in left) else TERM_SECONDS
    for sig, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, KILL_SECONDS)):
        for record in left:
            _signal_group(record.pid, sig)
        deadline = time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            left = [record for record in left if _group_ours(record)]
            time.sleep(0.05)
        if not left:
            break
    if left:
        raise LabError("These did not end: " + ", ".join(record.name for record in left) + ".")
    for record in records:
        (paths.records / f"{record.name}.json").unlink(missing_ok=True)


def log_tail(paths: Paths, name: str, lines: int = 20) -> str:
    """The end of a process's log, for messages about its failure."""
    log = paths.logs / f"{name}.log"
    if not log.exists():
        return f"(no log of {name})"
    text = log.read_text(errors="replace").splitlines()[-lines:]
    return f"--- last lines of {log}\n" + "\n".join(line[:400] for line in text)


def _fields(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name, from the state on; None when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None


def _start_time(pid: int) -> int | None:
    fields = _fields(pid)
    if fields is None or fields[0] == "Z":
        return None
    return int(fields[19])


def _group_ours(record: Record) -> bool:
    """Whether any living process of the record's group is left; its leader may have died before the others.

    The kernel gives no new process the id of a group that still exists, so an absent leader is not replaced.
    """
    if record.boot != boot_id():
        return False
    leader = _fields(record.pid)
    if leader is not None and int(leader[19]) != record.started:
        return False
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _fields(int(entry.name))
            if fields is not None and fields[0] != "Z" and int(fields[2]) == record.pid:
                return True
    return False


def _signal_group(group: int, sig: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # ended in the meantime
        os.killpg(group, sig)
