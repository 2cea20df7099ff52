"""The conversation over HTTP: `/chat/rooms`, their messages, and `/chat/events`. Used by the page and by `9rum chat`.

Mounted by `gateway/app.py` over the console platform. Signed in is who is signed in at `/graphql`; errors have GraphQL's shape.
Who may do what a text says is not decided here: it goes to the bot as it is.
"""

from typing import Annotated, Any, Final

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot import texts
from bot.platforms.base import InboxFull, PlatformError
from bot.platforms.console import ConsolePlatform
from bot.platforms.console.platform import Closed
from bot.platforms.console.rooms import Room
from gateway import media
from gateway.console.events import ChatEvents, number
from gateway.console.members import Member, Members
from gateway.errors import Refusal
from gateway.json_routes import json_object, served, validated
from gateway.limits import LimitSettings
from gateway.limits.body import BodyLimit
from gateway.live import Connections, LiveSettings
from gateway.request import headers_of
from resolvers.errors import Conflict, Invalid, RateLimited, Unavailable

TEXT_CHARACTERS: Final = 40_000
BODY_BYTES: Final = 512 * 1024  # a text of that length in any script, escaped
PAGE: Final = 50
MOST_PAGE: Final = 200
FULL_SECONDS: Final = 2.0  # until somebody whose commands wait may say more
SHAPE: Final = "A message is {id, text, thread?}, {id, button, message} or {id, form, values, thread?}."


def _of_a_client(said_id: str) -> str:
    if said_id.startswith("bot-"):
        raise ValueError("an id like the bot's own")
    return said_id


# Made by the client; what begins like the bot's own is refused, so that nobody takes the place of an answer.
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{8,64}$"), AfterValidator(_of_a_client)]
Known = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Command = Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS)]
Value = Annotated[str, Field(max_length=TEXT_CHARACTERS)]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: Id


class Said(_Given):
    text: str
    thread: Known | None = None


class Pressed(_Given):
    button: Command
    message: Known


class Filled(_Given):
    form: Known
    values: Annotated[dict[str, Annotated[list[Value], Field(max_length=1_000)]], Field(max_length=200)]
    thread: Known | None = None


class Chat:
    def __init__(
        self, platform: ConsolePlatform, members: Members, connections: Connections, settings: LiveSettings
    ) -> None:
        self._platform = platform
        self._members = members
        self._events = ChatEvents(platform, members, connections, settings)
        self._body = BodyLimit(LimitSettings(body_bytes=BODY_BYTES))

    def routes(self) -> list[BaseRoute]:
        messages = "/chat/rooms/{room}/messages"
        return [
            Route("/chat/rooms", served(self._rooms), methods=["GET"]),
            Route(messages, served(self._history), methods=["GET"]),
            Route(messages, served(self._take), methods=["POST"]),
            Route("/chat/events", self._events, methods=["GET"]),
        ]

    async def _rooms(self, request: Request) -> Response:
        at = self._platform.now()  # before the rights are read: from here on nothing is missed
        member = await self._member(request)
        me = {"id": member.person.id, "name": member.person.name}
        return _json({"rooms": member.rooms, "me": me, "at": at})

    async def _history(self, request: Request) -> Response:
        member = await self._member(request)
        room = member.room(request.path_params["room"])
        before = number(request.query_params, "before")
        limit = number(request.query_params, "limit")
        count = PAGE if limit is None else max(1, min(int(limit), MOST_PAGE))
        return _json({"messages": await self._platform.history(room, member.person, before, count)})

    async def _take(self, request: Request) -> Response:
        member = await self._member(request)
        room = member.room(request.path_params["room"])
        headers = headers_of(request.scope)
        given = _given(await json_object(request, headers, self._body, "the message", SHAPE))
        try:
            await self._hand_over(member, room, given)
        except Closed as error:
            raise Refusal(Unavailable(str(error)), 503) from error
        except InboxFull as error:
            sentence = texts.of(member.person.locale).line(error.key, **error.values)
            raise Refusal(RateLimited(sentence, retry_after=FULL_SECONDS), 429) from error
        except PlatformError as error:
            raise Refusal(Conflict(str(error)), 409) from error
        return _json({"id": given.id}, 202)

    async def _member(self, request: Request) -> Member:
        return await self._members.member(request.scope, headers_of(request.scope), "http")

    async def _hand_over(self, member: Member, room: Room, given: Said | Pressed | Filled) -> None:
        person = member.person
        if isinstance(given, Pressed):
            await self._platform.press(person, room, given.id, given.button, given.message)
        elif isinstance(given, Filled):
            await self._platform.fill(person, room, given.id, given.form, given.values, given.thread)
        else:
            await self._platform.say(person, room, given.id, given.text, given.thread)


def _given(body: dict[str, Any]) -> Said | Pressed | Filled:
    model: type[Said | Pressed | Filled] = Pressed if "button" in body else Filled if "form" in body else Said
    given = validated(model, body, SHAPE)
    if isinstance(given, Said):
        if not given.text.strip():
            raise Invalid("The message is empty. Type a command, such as `help`.", field="text")
        if len(given.text) > TEXT_CHARACTERS:
            raise Refusal(Invalid(f"A message may have {TEXT_CHARACTERS} characters at most.", field="text"), 413)
    return given


def _json(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type=media.JSON)
