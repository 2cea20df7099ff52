"""`9rum chat`: signs in, then talks (on a terminal) or says what it was told to say (`-c`, or a piped input). Called by the command line.

Errors are one sentence on stderr. The exit status is in `batch.py`; 130 for Ctrl-C is the command line's.
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

from bot import texts
from bot.messages import plain
from bot.terminal.batch import FAILED, WRONG, Batch
from bot.terminal.cells import is_text, shown
from bot.terminal.client import ChatError, Client
from bot.terminal.options import URL, language
from bot.terminal.program import Program, room_named
from bot.terminal.wire import Room, Rooms
from bot.texts import Texts

SignIn = Callable[[Client], Awaitable[None]]
OwnCommands = Callable[[str | None], Mapping[str, str]]
PIPED_WIDTH = 100  # cells, where no terminal tells its width
_SECRETS = {False: "terminal.the_password", True: "terminal.the_token"}
LEAVING_SECONDS = 5.0  # to sign out; the reason why the program ends may be that the gateway does not answer


class Misused(Exception):
    """One sentence about the arguments, as a key of the texts."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def run(given: argparse.Namespace, own_commands: OwnCommands) -> int:
    """`own_commands` tells the bot's own commands and what they do, in a language; for completion, and asked only then."""
    spoken = given.language or language(os.environ)
    said = texts.of(spoken)
    try:
        talking = given.command is None and sys.stdin.isatty()
        if talking and not sys.stdout.isatty():
            raise Misused("terminal.misused.output")
        if talking and (given.yes or given.json or given.no_wait):
            raise Misused("terminal.misused.script")
        client = Client(given.url or os.environ.get("GURUM_URL") or URL, spoken)
        if client.in_the_clear:
            what = said.line(_SECRETS[given.token])
            _say(said.line("terminal.clear", url=plain(client.url), what=what), 0)
        signed_in = partial(_signed_in, _credentials(given, os.environ, said))
        return asyncio.run(_run(given, client, signed_in, own_commands if talking else None))
    except Misused as error:
        return _say(said.line(error.key, **error.values), WRONG)
    except ChatError as error:
        return _say(str(error), WRONG if error.signed_out or error.code == "INVALID" else FAILED)
    except UnicodeDecodeError:
        return _say(said.line("terminal.misused.encoding"), WRONG)
    except EOFError:
        return _say(said.line("terminal.signed_out"), WRONG)


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
                sentence = client.texts.line("terminal.room_none", room=shown(given.room), rooms=plain(names))
                raise ChatError(sentence, code="INVALID")
            if talking is not None:
                said = Program(client, rooms, room, partial(talking, client.language), os.environ)
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
            raise Misused("terminal.misused.encoding")
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _credentials(given: argparse.Namespace, environment: Mapping[str, str], said: Texts) -> dict[str, str | None]:
    """What `POST /session` takes, or a token alone. Raises Misused, EOFError."""
    asking = sys.stdin.isatty() and not given.password_stdin
    if given.token:
        if (given.credential, given.user, given.domain, given.project) != (None, None, None, None):
            raise Misused("terminal.misused.token")
        return {"token": _token(_secret(given, environment, asking, said, said.line("terminal.ask.token")))}
    if given.credential is not None:
        if given.user is not None or given.domain is not None or given.project is not None:
            raise Misused("terminal.misused.credential")
        secret = _secret(given, environment, asking, said, said.line("terminal.ask.secret"))
        return {"application_credential_id": given.credential, "secret": secret}
    if given.user is None and not asking:
        raise Misused("terminal.misused.user")
    user = given.user if given.user is not None else input(said.line("terminal.ask.user")).strip()
    if not user:
        raise Misused("terminal.misused.user")
    password = _secret(given, environment, asking, said, said.line("terminal.ask.password", user=shown(user)))
    return {"user": user, "password": password, "domain": given.domain, "project": given.project}


def _secret(given: argparse.Namespace, environment: Mapping[str, str], asking: bool, said: Texts, prompt: str) -> str:
    what, variable = said.line(_SECRETS[given.token]), "GURUM_TOKEN" if given.token else "GURUM_PASSWORD"
    if given.password_stdin:
        secret = sys.stdin.readline().rstrip("\r\n")
    elif environment.get(variable):
        secret = environment[variable]
    elif asking:
        secret = getpass.getpass(prompt)
    else:
        raise Misused("terminal.misused.nobody", what=what, variable=variable)
    if not secret:
        raise Misused("terminal.misused.empty", what=what)
    return secret


def _token(given: str) -> str:
    """What can not be a token is not sent: it would be part of a header."""
    if not (given.isascii() and given.isprintable()) or " " in given:
        raise Misused("terminal.misused.token_text")
    return given


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return status
