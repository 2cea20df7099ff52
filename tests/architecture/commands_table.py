"""The actions as rows of docs/commands.md, made from their declarations: `python -m tests.architecture.commands_table` prints them."""

import sys

from resolvers import DOMAINS
from resolvers.graph.commands import Command, command_of
from resolvers.graph.schema import actions_of


def rows() -> list[str]:
    """One row for each command, by name."""
    return [_row(command_of(action)) for _, action in sorted(actions_of(DOMAINS).items())]


def _row(command: Command) -> str:
    ordered = sorted(command.parameters, key=lambda p: (p.position is None, p.position or 0))
    words = [f"{p.name}" if p.required else f"[{p.name}]" for p in ordered]
    return f"| `{command.name}` | {command.summary} | {' '.join(words)} | {command.danger} | {command.role} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows()) + "\n")
