"""Command line of the lab: `python -m tests.lab up | stop | status | clouds | start-service | stop-service | logs`."""

import argparse
import sys
import time

from tests.lab import lab, processes
from tests.lab.pins import LabError, Paths, paths


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description="A real OpenStack for tests.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="install what is missing, start, wait until all of it can be used")
    commands.add_parser("stop", help="stop every process")
    commands.add_parser("status", help="what each service says of itself; status 1 unless all are ready")
    commands.add_parser("clouds", help="the path and the content of clouds.yaml")
    for command in ("start-service", "stop-service", "logs"):
        commands.add_parser(command, help=f"{command} of one service").add_argument("name")
    arguments = parser.parse_args()
    try:
        return _run(paths(), arguments.command, getattr(arguments, "name", ""))
    except LabError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(folders: Paths, command: str, name: str) -> int:
    if command == "up":
        began = time.monotonic()
        changed = lab.up(folders, say)
        seconds = time.monotonic() - began
        say(f"the lab is up after {seconds:.0f} s" if changed else "the lab was up already")
        _clouds(folders)
    elif command == "stop":
        lab.stop(folders, say)
        say("the lab is stopped")
    elif command == "status":
        found = lab.status(folders)
        for service, state in found.items():
            say(f"{service:18s} {state}")
        return 0 if set(found.values()) == {"ready"} else 1
    elif command == "clouds":
        _clouds(folders)
    elif command == "start-service":
        lab.start_service(folders, name, say)
    elif command == "stop-service":
        lab.stop_service(folders, name, say)
    else:
        say(processes.log_tail(folders, name, lines=200))
    return 0


def _clouds(folders: Paths) -> None:
    if not folders.clouds.exists():
        raise LabError("The lab was never up here: python -m tests.lab up")
    say(f"{folders.clouds}\n\n{folders.clouds.read_text()}")


if __name__ == "__main__":
    sys.exit(main())
