"""A gateway that only speaks the console's chat API, with a bot that answers as the test says: for what goes wrong on the way.

The real one is used by tests/trips/test_terminal.py.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import msgspec
from aiohttp import web

from bot.messages import Form, Message
from bot.terminal.render import buttons_of
from bot.terminal.wire import Author, Entry, Room
from tests.polling import eventually

PASSWORD = "swordfish"
ME = Author(id="user:krane/1", name="jiwoo")
OTHER = Author(id="user:krane/2", name="minho")
DIRECT = Room(id="direct~krane~1", name="direct", direct=True, project=None)
SHOP = Room(id="krane~shop", name="shop", direct=False, project="project:krane/shop")
Answer = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class Scripted:
    """`answer` is called for each thing that is said, with its body, `room` and `thread`; `hears` before anybody is told of it.

    `refuse` answers the next requests of a path, `deaf` drops the connection of those that say something, after they were taken.
    """

    def __init__(self) -> None:
        self.url = ""
        self.entries: dict[str, Entry] = {}
        self.posted: list[dict[str, Any]] = []
        self.asked_after: list[str | None] = []
        self.graphql: list[dict[str, Any]] = []
        self.graph: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]] = _no_graph
        self.signed_in = False
        self.sign_ins: list[dict[str, Any]] = []
        self.languages: list[str | None] = []
        self.refuse: dict[str, list[web.Response]] = {}
        self.older = False  # it does not tell the time with the rooms
        self.at: float | None = None  # the time that it told last
        self.answer: Answer = _silent
        self.hears: Answer = _silent
        self.deaf = 0
        self.conflicts = 0  # presses of buttons that are gone
        self._streams: list[asyncio.Queue[bytes | None]] = []
        self._numbers = itertools.count(1)
        self._answering: set[asyncio.Task[None]] = set()

    # -- what the bot does ---------------------------------------------------------------------------------------------

    async def say(
        self, message: Message, thread: str | None = None, room: Room = DIRECT, to: str | None = None
    ) -> Entry:
        entry = Entry(
            id=f"bot-{next(self._numbers)}", room=room.id, at=time.time(), thread=thread, message=message, to=to
        )
        return await self._put(entry)

    async def type(self, text: str, author: Author = OTHER, room: Room = DIRECT) -> Entry:
        entry = Entry(id=f"said-{next(self._numbers)}", room=room.id, at=time.time(), author=author, text=text)
        return await self._put(entry)

    async def edit(self, entry: Entry, message: Message, answers: str | None = None) -> Entry:
        """`answers`: the id of what was said."""
        old = self.entries[entry.id]
        return await self._put(
            msgspec.structs.replace(
                old,
                message=message,
                answers=answers or old.answers,
                version=old.version + 1,
                edited_at=time.time(),
            )
        )

    async def ask(self, form: Form, said: str | None) -> None:
        """`said` is the id of what led to the form; None: an older gateway does not tell."""
        self._tell(_event("form", {**msgspec.to_builtins(form), **({} if said is None else {"said": said})}))

    async def lose_connections(self, word: bytes | None = None) -> None:
        for stream in self._streams:
            if word is not None:
                stream.put_nowait(word)
            stream.put_nowait(None)

    async def nobody_listens(self) -> None:
        async def look() -> bool:
            return not self._streams

        await eventually(look, "nobody listens", pause=0.005)

    async def somebody_listens(self) -> None:
        async def look() -> bool:
            return bool(self._streams)

        await eventually(look, "somebody listens", pause=0.005)

    async def heard(self, count: int) -> None:
        async def look() -> bool:
            return len(self.posted) >= count

        await eventually(look, f"{count} things were said", pause=0.005)

    async def refused(self, path: str) -> None:
        async def look() -> bool:
            return not self.refuse[path]

        await eventually(look, f"what was asked of {path} is refused", pause=0.005)

    # -- what it serves ------------------------------------------------------------------------------------------------

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._door])
        app.router.add_post("/session", self._sign_in)
        app.router.add_delete("/session", self._sign_out)
        app.router.add_get("/chat/rooms", self._rooms)
        app.router.add_get("/chat/rooms/{room}/messages", self._history)
        app.router.add_post("/chat/rooms/{room}/messages", self._take)
        app.router.add_get("/chat/events", self._events)
        app.router.add_post("/graphql", self._graphql)
        return app

    @web.middleware
    async def _door(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.languages.append(request.headers.get("accept-language"))
        if self.refuse.get(request.path):
            return self.refuse[request.path].pop(0)
        if request.path != "/session" and not (self.signed_in and request.cookies.get("gurum_session") == "s.k"):
            return error("Sign in to see the conversation.", "UNAUTHENTICATED", 401)
        return await handler(request)

    async def _sign_in(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.sign_ins.append(given)
        if PASSWORD not in (given.get("password"), given.get("secret")):
            return error("The user or the password is wrong.", "UNAUTHENTICATED", 401)
        self.signed_in = True
        response = web.json_response({"user": {}})
        response.set_cookie("gurum_session", "s.k", httponly=True, samesite="Strict")
        return response

    async def _sign_out(self, request: web.Request) -> web.Response:
        self.signed_in = False
        return web.Response(status=204)

    async def _rooms(self, request: web.Request) -> web.Response:
        self.at = None if self.older else time.time()
        return _json({"rooms": [DIRECT, SHOP], "me": ME, **({} if self.older else {"at": self.at})})

    async def _history(self, request: web.Request) -> web.Response:
        here = [entry for entry in self.entries.values() if entry.room == request.match_info["room"]]
        return _json({"messages": here[-int(request.query["limit"]) :]})

    async def _take(self, request: web.Request) -> web.Response:
        given = {**await request.json(), "room": request.match_info["room"]}
        if "button" in given and given["button"] not in _commands(self.entries[given["message"]]):
            self.conflicts += 1
            return error("This button is not there any more.", "CONFLICT", 409)
        if given["id"] in [each["id"] for each in self.posted]:
            return _json({"id": given["id"]}, 202)
        self.posted.append(given)
        await self.hears(given)
        if "text" in given:
            given["thread"] = given["id"]
            entry = Entry(id=given["id"], room=given["room"], at=time.time(), author=ME, text=given["text"])
            await self._put(entry)
        elif "button" in given:
            message = self.entries[given["message"]]
            given["thread"] = message.thread or message.id
        task = asyncio.create_task(self.answer(given))
        self._answering.add(task)
        if self.deaf:
            self.deaf -= 1
            await task
            assert request.transport is not None
            request.transport.close()
        return _json({"id": given["id"]}, 202)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        self.asked_after.append(request.query.get("after"))
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        stream: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._streams.append(stream)
        try:
            await response.write(_event("ready", {}))
            if after := request.query.get("after"):
                for entry in list(self.entries.values()):
                    if (entry.edited_at or entry.at) >= float(after):
                        await response.write(_event("entry", entry))
            while (word := await stream.get()) is not None:
                await response.write(word)
        except ConnectionResetError:  # the program has ended
            return response
        finally:
            self._streams.remove(stream)
        return response

    async def _graphql(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.graphql.append(given)
        return _json(await self.graph(given))

    async def _put(self, entry: Entry) -> Entry:
        self.entries[entry.id] = entry
        self._tell(_event("entry", entry))
        return entry

    def _tell(self, word: bytes) -> None:
        for stream in self._streams:
            stream.put_nowait(word)

    async def close(self) -> None:
        await self.lose_connections()
        for task in self._answering:
            task.cancel()
        for result in await asyncio.gather(*self._answering, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


@contextlib.asynccontextmanager
async def scripted(answer: Answer | None = None) -> AsyncIterator[Scripted]:
    it = Scripted()
    if answer is not None:
        it.answer = answer
    runner = web.AppRunner(it.app(), shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    it.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield it
    finally:
        await it.close()
        await runner.cleanup()


def error(sentence: str, code: str, status: int, **facts: Any) -> web.Response:
    return _json({"errors": [{"message": sentence, "extensions": {"code": code, **facts}}]}, status)


def page(text: str, status: int) -> web.Response:
    """What answers at an address that is no gateway."""
    return web.Response(text=f"<html>{text}</html>", status=status, content_type="text/html")


def _commands(entry: Entry) -> list[str]:
    return [button.command for button in buttons_of(entry.message)] if entry.message is not None else []


def _json(content: Any, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")


def _event(kind: str, content: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), msgspec.json.encode(content))


async def _silent(said: dict[str, Any]) -> None:
    return None


async def _no_graph(given: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"commands": []}}
