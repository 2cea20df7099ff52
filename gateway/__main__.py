"""The command `9rum`: serve, check, chat, audit, slack-manifest, export-schema, version.

Reads the settings once; everything else is done by what it calls.

Exit status: 0 when all is well, 1 when something outside does not work (store, cloud, port), 2 when the settings or arguments are wrong.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from gateway.version import VERSION

ROLES = ("all", "api", "bot")  # as in gateway/roles.py, which a help text need not import


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except KeyboardInterrupt:
        return 130  # as shells name an end by Ctrl-C


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="9rum", description="One GraphQL graph over a private cloud.", allow_abbrev=False
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, does: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=does, description=does, allow_abbrev=False)
        added.set_defaults(run=COMMANDS[name])
        return added

    serve = command("serve", "Serve the graph over HTTP until a signal ends it.")
    serve.add_argument("--role", choices=ROLES, default="all", help="what this process does (default: all)")
    check = command(
        "check", "Connect to the store and to every cloud, and say what works and how to mend what does not."
    )
    audit = command("audit", "Look after the audit log.").add_subparsers(required=True, metavar="WHAT")
    does = "Follow the chain of the audit log, and say whether a row was removed, changed or moved."
    verify = audit.add_parser("verify", help=does, description=does, allow_abbrev=False)
    slack = command(
        "slack-manifest", "Print the manifest to paste into Slack; for Socket Mode unless the settings say HTTP."
    )
    slack.add_argument(
        "--url", metavar="URL", help="make it for delivery over HTTP to this address of 9rum (https://9rum.example.com)"
    )
    for parser_with_settings in (serve, check, verify, slack):
        parser_with_settings.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            help="the settings (default: GURUM_CONFIG, else ./9rum.yaml if there)",
        )
    from bot.terminal.options import add_options

    add_options(command("chat", "Talk to the bot in this terminal, or let a program talk to it."))
    command("export-schema", "Print the schema of the graph.")
    command("version", "Print the version.")
    return parser


def _serve(given: argparse.Namespace) -> int:
    import uvloop

    from gateway.app import build
    from gateway.logs import configure_logs
    from gateway.roles import Role
    from gateway.serve import serve
    from gateway.settings import SettingsError, load

    try:
        settings = load(given.config)
        configure_logs(settings.logs, sys.stderr)
        return uvloop.run(serve(build(settings, role=Role(given.role)), settings))
    except SettingsError as error:
        return _wrong_settings(error.problems)


def _check(given: argparse.Namespace) -> int:
    from gateway.check import check
    from gateway.settings import SettingsError, load

    try:
        return asyncio.run(check(load(given.config), sys.stdout))
    except SettingsError as error:
        return _wrong_settings(error.problems)


def _chat(given: argparse.Namespace) -> int:
    from bot.terminal.main import run

    return run(given, own_commands)


def own_commands(language: str | None) -> dict[str, str]:
    """The bot's own commands and what they do, for the terminal's completion, which can not import them."""
    from bot import texts
    from bot.commands import COMMANDS

    said = texts.of(language)
    return {command.name: said.line(command.summary) for command in COMMANDS}


def _audit(given: argparse.Namespace) -> int:
    from gateway.audit import verify
    from gateway.settings import SettingsError, load

    try:
        return asyncio.run(verify(load(given.config), sys.stdout))
    except SettingsError as error:
        return _wrong_settings(error.problems)


def _slack_manifest(given: argparse.Namespace) -> int:
    from bot.platforms.slack.manifest import manifest_for
    from gateway.settings import SettingsError, load

    try:
        settings = load(given.config)
        sys.stdout.write(manifest_for(settings.bot.platforms, settings.public_url, given.url))
    except SettingsError as error:
        return _wrong_settings(error.problems)
    return 0


def _export_schema(given: argparse.Namespace) -> int:
    from gateway.schema import sdl
    from resolvers import DOMAINS

    sys.stdout.write(sdl(DOMAINS))
    return 0


def _version(given: argparse.Namespace) -> int:
    sys.stdout.write(f"9rum {VERSION}\n")
    return 0


def _wrong_settings(problems: Sequence[str]) -> int:
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 2


# Each imports what it needs when it runs: `9rum version` shall not wait for the GraphQL libraries.
COMMANDS = {
    "serve": _serve,
    "check": _check,
    "audit": _audit,
    "chat": _chat,
    "slack-manifest": _slack_manifest,
    "export-schema": _export_schema,
    "version": _version,
}

if __name__ == "__main__":
    raise SystemExit(main())
