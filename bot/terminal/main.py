"""`9rum chat`: signs in, then talks (on a terminal) or says what it was told to say (`-c`, or a piped input). Called by the command line.

Errors are one sentence on stderr. Exit status: see `options.STATUS`; 130 for Ctrl-C is the command line's.
"""

import argparse
import asyncio
import contextlib
import getpass
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial

from bot.terminal.batch import FAILED, WRONG, Batch
from bot.terminal.cells import is_text, shown
from bot.terminal.client import ChatError, Client
from bot.terminal.options import URL
from bot.terminal.program import Program, room_named
from bot.terminal.wire import Room, Rooms

SignIn = Callable[[Client], Awaitable[None]]
OwnCommands = Callable[[str | None], Mapping[str, str]]
PIPED_WIDTH = 100  # cells, where no terminal tells its width
_SECRETS = {False: "password", True: "token"}
LEAVING_SECONDS = 5.0  # to sign out; the reason why the program ends may be that the gateway does not answer


class Misused(Exception):
    """One sentence about the arguments."""


def run(given: argparse.Namespace, own_commands: OwnCommands) -> int:
    """`own_commands` tells the bot's own commands and what they do, in a language; for completion, and asked only then."""
    try:
        talking = given.command is None and sys.stdin.isatty()
        if talking and not sys.stdout.isatty():
            raise Misused("The output is no terminal: say what to do with -c, or by a piped input.")
        if talking and (given.yes or given.json or given.no_wait):
            raise Misused("--yes, --json and --no-wait go with -c or a piped input.")
        client = Client(given.url or os.environ.get("GURUM_URL") or URL, language(os.environ))
        if client.in_the_clear:
            _say(f"{client.url} is not encrypted: others on the way can read the {_SECRETS[given.token]}.", 0)
        signed_in = partial(_signed_in, _credentials(given, os.environ))
        return asyncio.run(_run(given, client, signed_in, own_commands if talking else None))
    except Misused as error:
        return _say(str(error), WRONG)
    except ChatError as error:
        return _say(str(error), WRONG if error.signed_out or error.code == "INVALID" else FAILED)
    except UnicodeDecodeError:
        return _say("The input is not UTF-8 text.", WRONG)
    except EOFError:
        return _say("Nobody is signed in.", WRONG)


async def _signed_in(credentials: Mapping[str, str | None], client: Client) -> None:
    token = credentials.get("token")
    await (client.sign_in(credentials) if token is None else client.use_token(token))


async def _run(given: argparse.Namespace, client: Client, sign_in: SignIn, talking: OwnCommands | None) -> int:
    async with client:
        await sign_in(client)
        said: Program | Batch | None = None
        try:
            rooms = await client.rooms()
            room = room_named(rooms.rooms, given.room)
            if room is None:
                names = ", ".join(shown(each.name) for each in rooms.rooms)
                raise ChatError(
                    f"There is no room {shown(given.room)}, or it is not yours. Yours: {names}.", code="INVALID"
                )
            if talking is not None:
                said = Program(client, rooms, room, partial(talking, language(os.environ)), os.environ)
                return await _talk(said)
            said = _batch(given, client, rooms, room)
            return await said.run(_given(given.command) if given.command is not None else _lines())
        finally:
            if said is None or not said.unfinished:  # else something works with the session's token: it would fail
                await _sign_out(client)


async def _talk(program: Program) -> int:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, program.leave)
    return await program.run()


def _batch(given: argparse.Namespace, client: Client, rooms: Rooms, room: Room) -> Batch:
    return Batch(
        client,
        room,
        rooms.at,
        wait=not given.no_wait,
        yes=given.yes,
        as_json=given.json,
        seconds=given.timeout,
        width=shutil.get_terminal_size((PIPED_WIDTH, 24)).columns,
        out=sys.stdout.write,
        err=sys.stderr.write,
    )


async def _sign_out(client: Client) -> None:
    """The session ends by itself where this can not be done."""
    with contextlib.suppress(ChatError, TimeoutError):
        async with asyncio.timeout(LEAVING_SECONDS):
            await client.sign_out()


async def _given(commands: list[str]) -> AsyncIterator[str]:
    for command in commands:
        yield command


async def _lines() -> AsyncIterator[str]:
    """Lines of the input, without empty ones and those that begin with `#`."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        if not is_text(line):
            raise Misused("The input is not UTF-8 text.")
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _credentials(given: argparse.Namespace, environment: Mapping[str, str]) -> dict[str, str | None]:
    """What `POST /session` takes, or a token alone. Raises Misused, EOFError."""
    asking = sys.stdin.isatty() and not given.password_stdin
    if given.token:
        if (given.credential, given.user, given.domain, given.project) != (None, None, None, None):
            raise Misused(
                "A token has its user and project already: leave out --user, --domain, --project, --credential."
            )
        return {"token": _token(_secret(given, environment, asking, "Token"))}
    if given.credential is not None:
        if given.user is not None or given.domain is not None or given.project is not None:
            raise Misused(
                "An application credential has its user and project already: leave out --user, --domain, --project."
            )
        return {"application_credential_id": given.credential, "secret": _secret(given, environment, asking, "Secret")}
    if given.user is None and not asking:
        raise Misused("Say who you are: --user NAME, or --credential ID.")
    user = given.user if given.user is not None else input("User: ").strip()
    if not user:
        raise Misused("Say who you are: --user NAME, or --credential ID.")
    password = _secret(given, environment, asking, f"Password of {shown(user)}")
    return {"user": user, "password": password, "domain": given.domain, "project": given.project}


def _secret(given: argparse.Namespace, environment: Mapping[str, str], asking: bool, what: str) -> str:
    word, variable = _SECRETS[given.token], "GURUM_TOKEN" if given.token else "GURUM_PASSWORD"
    if given.password_stdin:
        secret = sys.stdin.readline().rstrip("\r\n")
    elif environment.get(variable):
        secret = environment[variable]
    elif asking:
        secret = getpass.getpass(f"{what}: ")
    else:
        raise Misused(f"Nobody can be asked for the {word} here: set {variable}, or give it with --password-stdin.")
    if not secret:
        raise Misused(f"The {word} is empty.")
    return secret


def _token(given: str) -> str:
    """What can not be a token is not sent: it would be part of a header."""
    if not (given.isascii() and given.isprintable()) or " " in given:
        raise Misused("This is not a Keystone token: it holds spaces, line ends, or signs that no token has.")
    return given


def language(environment: Mapping[str, str]) -> str | None:
    """`ko_KR.UTF-8` -> `ko-KR`: in which language the bot answers; None when the environment does not say."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            plain = value.partition(".")[0].partition("@")[0].replace("_", "-")
            return plain if plain.replace("-", "").isalpha() and plain not in ("C", "POSIX") else None
    return None


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return status
