"""The commands as rows of docs/commands.md, made from their declarations: `python -m tests.architecture.commands_table` prints them."""

import sys

from resolvers import DOMAINS
from resolvers.graph.commands import Command, CommandKind, command_of, command_of_read
from resolvers.graph.reads import reads_of
from resolvers.graph.schema import actions_of


def rows() -> list[str]:
    """One row for each command: those that change something by name, then those that ask."""
    changes = [_row(command_of(action)) for _, action in sorted(actions_of(DOMAINS).items())]
    return changes + [_row(command_of_read(read)) for _, read in sorted(reads_of(DOMAINS).items())]


def _row(command: Command) -> str:
    ordered = sorted(command.parameters, key=lambda p: (p.position is None, p.position or 0))
    words = [f"{p.name}" if p.required else f"[{p.name}]" for p in ordered]
    danger = "" if command.kind is CommandKind.READ else f" {command.danger} |"
    return f"| `{command.name}` | {command.summary} | {' '.join(words)} |{danger} {command.role} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows()) + "\n")
