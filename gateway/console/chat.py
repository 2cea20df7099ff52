"""The conversation over HTTP: `/chat/rooms`, their messages, and `/chat/events`. Used by the page and by `9rum chat`.

Mounted by `gateway/app.py` over the console platform. Signed in is who is signed in at `/graphql`; errors have GraphQL's shape.
Who may do what a text says is not decided here: it goes to the bot as it is.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.platforms.base import PlatformError
from bot.platforms.console import ConsolePlatform
from bot.platforms.console.platform import Closed
from bot.platforms.console.rooms import Room
from gateway import media
from gateway.console.answers import answer, number, refused
from gateway.console.events import ChatEvents
from gateway.console.members import Member, Members
from gateway.errors import Refusal
from gateway.limits import LimitSettings
from gateway.limits.body import BodyLimit, Disconnected
from gateway.live import Connections, LiveSettings
from gateway.request import correlation_of, headers_of
from resolvers.errors import Conflict, Invalid, Unavailable
from resolvers.inventory.store import shown

TEXT_CHARACTERS: Final = 40_000
BODY_BYTES: Final = 512 * 1024  # a text of that length in any script, escaped
PAGE: Final = 50
MOST_PAGE: Final = 200
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


Handler = Callable[[Request, Member, Mapping[bytes, bytes]], Awaitable[Response]]


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
            Route("/chat/rooms", self._served(self._rooms), methods=["GET"]),
            Route(messages, self._served(self._history), methods=["GET"]),
            Route(messages, self._served(self._take), methods=["POST"]),
            Route("/chat/events", self._events, methods=["GET"]),
        ]

    def _served(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            headers = headers_of(request.scope)
            correlation_id = correlation_of(request.scope, headers)
            try:
                member = await self._members.member(request.scope, headers, "http")
                response = await handler(request, member, headers)
            except Disconnected:
                return Response(status_code=400)
            except Exception as error:
                response = refused(error, correlation_id)
            response.headers["cache-control"] = "no-store"
            return response

        return serve

    async def _rooms(self, request: Request, member: Member, headers: Mapping[bytes, bytes]) -> Response:
        me = {"id": member.person.id, "name": member.person.name}
        return answer({"rooms": member.rooms, "me": me})

    async def _history(self, request: Request, member: Member, headers: Mapping[bytes, bytes]) -> Response:
        room = member.room(request.path_params["room"])
        before = number(request.query_params.get("before"), "before")
        limit = number(request.query_params.get("limit"), "limit")
        count = PAGE if limit is None else max(1, min(int(limit), MOST_PAGE))
        return answer({"messages": await self._platform.history(room, member.person, before, count)})

    async def _take(self, request: Request, member: Member, headers: Mapping[bytes, bytes]) -> Response:
        room = member.room(request.path_params["room"])
        if not media.is_json(headers.get(b"content-type", b"").decode("latin-1")):
            raise Refusal(Invalid(f"Send the message as application/json. {SHAPE}"), 415)
        given = _read(await self._body.read(request.receive, headers))
        try:
            await self._hand_over(member, room, given)
        except Closed as error:
            raise Refusal(Unavailable(str(error)), 503) from error
        except PlatformError as error:
            raise Refusal(Conflict(str(error)), 409) from error
        return answer({"id": given.id}, 202)

    async def _hand_over(self, member: Member, room: Room, given: Said | Pressed | Filled) -> None:
        person = member.person
        if isinstance(given, Pressed):
            await self._platform.press(person, room, given.id, given.button, given.message)
        elif isinstance(given, Filled):
            await self._platform.fill(person, room, given.id, given.form, given.values, given.thread)
        else:
            await self._platform.say(person, room, given.id, given.text, given.thread)


def _read(body: bytes) -> Said | Pressed | Filled:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Invalid(f"The body is not JSON. {SHAPE}") from None
    if not isinstance(given, dict):
        raise Invalid(f"The body is not a JSON object. {SHAPE}")
    model = Pressed if "button" in given else Filled if "form" in given else Said
    try:
        taken = model.model_validate(given)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Invalid(f"`{shown(place)}` is missing, not known, or not as it must be. {SHAPE}", field=place) from None
    if isinstance(taken, Said):
        if not taken.text.strip():
            raise Invalid("The message is empty. Type a command, such as `help`.", field="text")
        if len(taken.text) > TEXT_CHARACTERS:
            raise Refusal(Invalid(f"A message may have {TEXT_CHARACTERS} characters at most.", field="text"), 413)
    return taken
