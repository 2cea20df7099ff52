"""`python -m bench` (`make bench`): measures the gateway, prints the table, and writes it to docs/performance.md.

The figures are what this machine showed in this run; whether a target is reached is printed beside it and fails nothing.
"""

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import Plan, measure
from bench.processes import ROOT
from bench.report import page


def main() -> None:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Q1 to Q4 on sandbox servers.")
    parser.add_argument("--servers", type=int, default=plan.servers)
    parser.add_argument("--rounds", type=int, default=plan.rounds)
    parser.add_argument("--seconds", type=float, default=plan.seconds, help="of one target and question in one round")
    parser.add_argument("--page", type=Path, help="where the table goes (default: docs/performance.md for a full run)")
    given = parser.parse_args()
    chosen = Plan(given.servers, given.rounds, given.seconds)
    began = time.perf_counter()
    text = page(measure(chosen), _command(chosen), f"{datetime.now(UTC):%Y-%m-%d}")
    print(text)
    # A small run is for trying; the page of the project shows full ones.
    file = given.page or (ROOT / "docs" / "performance.md" if chosen == plan else None)
    if file is not None:
        file.write_text(text, encoding="utf-8")
        print(f"Written to {file}.")
    print(f"The run took {time.perf_counter() - began:.0f} s.")


def _command(plan: Plan) -> str:
    if plan == Plan():
        return "python -m bench"
    return f"python -m bench --servers {plan.servers} --rounds {plan.rounds} --seconds {plan.seconds:g}"


if __name__ == "__main__":
    main()
