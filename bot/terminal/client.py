"""The gateway as the terminal sees it: sign-in, rooms, what is said, GraphQL for completion. `stream.py` adds the live events.

Every failure is a ChatError with one sentence for people. The session's cookie stays in memory. Redirects are not followed: a password
goes where the person said, and nowhere else.
"""

import json
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec

from bot import texts
from bot.messages import plain
from bot.terminal.cells import shown
from bot.terminal.sse import Events, EventTooLong
from bot.terminal.wire import AskedForm, Entry, Messages, Ready, Rooms
from bot.texts import Texts

T = TypeVar("T")
SECONDS: Final = 30.0  # of one request; the bot acknowledges well under a second
QUIET_SECONDS: Final = 90.0  # the gateway sends a comment now and then; a connection this silent is lost
COOKIE: Final = "gurum_session"


class ChatError(Exception):
    """One sentence, safe to print. `away`: the gateway did not answer itself, so that asking again may help. `unsure`: what was asked may
    have reached it all the same.
    """

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "",
        status: int = 0,
        away: bool = False,
        unsure: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(shown(sentence))
        self.code = code
        self.status = status
        self.away = away
        self.unsure = unsure
        self.retry_after = retry_after

    @property
    def signed_out(self) -> bool:
        return self.status == 401 or self.code == "UNAUTHENTICATED"


class Client:
    def __init__(self, url: str, language: str | None = None) -> None:
        self.language = language
        self.texts = texts.of(language)
        self.url = checked(url, self.texts)
        self._headers = {"Accept-Language": language} if language else {}
        self._token: dict[str, str] = {}  # the header of somebody who came with a token, and has no session
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Client":
        self._http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # it also keeps cookies of addresses without a name
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=SECONDS),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._http is not None:
            await self._http.close()

    @property
    def in_the_clear(self) -> bool:
        """Whether what is sent can be read on its way to another machine."""
        parts = urlsplit(self.url)
        return parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")

    # -- who ---------------------------------------------------------------------------------------------------------

    async def sign_in(self, given: Mapping[str, str | None]) -> None:
        """`given` as `POST /session` takes it; None is left out."""
        await self._json("POST", "/session", {name: value for name, value in given.items() if value is not None})
        if not any(cookie.key == COOKIE for cookie in self._session.cookie_jar):
            raise ChatError(self._said("strange.session"), status=401)

    async def use_token(self, token: str) -> None:
        """Instead of signing in. Raises ChatError when the gateway does not take it."""
        self._token = {"X-Auth-Token": token}
        await self._json("GET", "/session")

    async def sign_out(self) -> None:
        """A token that the person brought stays theirs: it is not ended here."""
        if not self._token:
            await self._json("DELETE", "/session")

    # -- the chat ----------------------------------------------------------------------------------------------------

    async def rooms(self) -> Rooms:
        return self._as(Rooms, await self._json("GET", "/chat/rooms"))

    async def messages(self, room: str, limit: int) -> list[Entry]:
        """The newest, oldest first."""
        return self._as(Messages, await self._json("GET", _messages(room), asked={"limit": str(limit)})).messages

    async def say(self, room: str, said_id: str, text: str) -> None:
        """The same `said_id` again is taken as the same thing said."""
        await self._json("POST", _messages(room), {"id": said_id, "text": text})

    async def press(self, room: str, said_id: str, command: str, message: str) -> None:
        await self._json("POST", _messages(room), {"id": said_id, "button": command, "message": message})

    async def fill(self, room: str, said_id: str, form: str, values: Mapping[str, list[str]], thread: str) -> None:
        given = {"id": said_id, "form": form, "values": dict(values), "thread": thread}
        await self._json("POST", _messages(room), given)

    async def events(self, after: float | None) -> AsyncIterator[Entry | AskedForm | Ready]:
        """What happens from now on, and first what changed since `after`. Raises ChatError when the connection ends."""
        asked = {} if after is None else {"after": repr(after)}
        quiet = aiohttp.ClientTimeout(total=None, sock_connect=SECONDS, sock_read=QUIET_SECONDS)
        try:
            async with self._session.get(
                f"{self.url}/chat/events",
                params=asked,
                headers={"Accept": "text/event-stream", **self._token},
                timeout=quiet,
                allow_redirects=False,
            ) as response:
                if response.status != 200 or response.content_type != "text/event-stream":
                    raise self._refused(response, await response.read())
                events = Events()
                async for chunk in response.content.iter_any():
                    for kind, data in events.feed(chunk):
                        if (event := self._event(kind, data)) is not None:
                            yield event
        except (aiohttp.ClientError, TimeoutError, OSError, EventTooLong) as error:
            raise self._away(error) from error
        raise ChatError(self._said("away.ended"), away=True)

    async def graphql(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The data; what is missing in it is None. Raises ChatError when there is none at all."""
        answer = await self._json("POST", "/graphql", {"query": query, "variables": dict(variables)})
        if not isinstance(answer.get("data"), dict):
            raise _of_errors(answer, 200, self.texts) or ChatError(self._said("strange.graph"))
        data: Mapping[str, Any] = answer["data"]
        return data

    # -- own -----------------------------------------------------------------------------------------------------------

    @property
    def _session(self) -> aiohttp.ClientSession:
        assert self._http is not None, "used outside `async with`"  # noqa: S101 - a mistake in our own code
        return self._http

    async def _json(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, asked: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        try:
            async with self._session.request(
                method, f"{self.url}{path}", json=body, params=asked, headers=self._token, allow_redirects=False
            ) as response:
                raw = await response.read()
                if not 200 <= response.status < 300:
                    raise self._refused(response, raw)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._away(error) from error
        if not raw:
            return {}
        answer = _object(raw)
        if answer is None:
            raise ChatError(self._said("strange.answer", path))
        return answer

    def _refused(self, response: aiohttp.ClientResponse, raw: bytes) -> ChatError:
        known = _of_errors(_object(raw) or {}, response.status, self.texts)
        if known is not None:
            return known
        away = response.status in (502, 503, 504)  # a proxy before the gateway says so
        return ChatError(
            self._said("strange.status", response.url.path, status=response.status),
            status=response.status,
            away=away,
            unsure=away,
        )

    def _away(self, error: BaseException) -> ChatError:
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            return ChatError(self._said("away.certificate"))
        if isinstance(error, aiohttp.ClientConnectorError):
            reason = error.os_error.strerror or str(error.os_error)
            return ChatError(self._said("away.unreached", reason=reason), away=True)
        if isinstance(error, TimeoutError):
            return ChatError(self._said("away.late"), away=True, unsure=True)
        return ChatError(self._said("away.lost"), away=True, unsure=True)

    def _said(self, key: str, path: str = "", **values: object) -> str:
        """A sentence about the gateway, or an address of it."""
        return self.texts.line(f"terminal.{key}", url=plain(f"{self.url}{path}"), **values)

    def _event(self, kind: str, data: str) -> Entry | AskedForm | Ready | None:
        """None for kinds of event that a newer gateway may send."""
        if kind == "ready":
            return Ready()
        if kind == "ended":
            reason = (_object(data.encode()) or {}).get("reason")
            raise ChatError(str(reason or self._said("away.ended")), away=True)
        if kind == "entry":
            return self._as(Entry, _object(data.encode()) or {})
        return self._as(AskedForm, _object(data.encode()) or {}) if kind == "form" else None

    def _as(self, kind: type[T], answer: Mapping[str, Any]) -> T:
        try:
            return msgspec.convert(answer, kind)
        except msgspec.ValidationError:
            raise ChatError(self._said("strange.newer")) from None


def checked(url: str, said: Texts) -> str:
    """Without a slash at its end. Raises ChatError."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:  # half an IPv6 address, a port that is no number
        whole = False
    if not whole or parts.query or parts.fragment or parts.username:
        raise ChatError(said.line("terminal.misused.url", url=plain(repr(url))), code="INVALID")
    return url.rstrip("/")


def new_id() -> str:
    return secrets.token_hex(16)


def _messages(room: str) -> str:
    return f"/chat/rooms/{quote(room, safe='')}/messages"


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _of_errors(answer: Mapping[str, Any], status: int, said: Texts) -> ChatError | None:
    """The first error in GraphQL's shape."""
    errors = answer.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict) or not isinstance(first.get("message"), str):
        return None
    facts = first.get("extensions")
    known: Mapping[str, Any] = facts if isinstance(facts, dict) else {}
    code, correlation = str(known.get("code") or ""), known.get("correlationId")
    sentence = said.sentence(first["message"])
    if correlation and code == "INTERNAL":
        sentence = said.line("terminal.with_id", sentence=plain(sentence), id=correlation)
    wait = known.get("retryAfter")
    return ChatError(
        sentence,
        code=code,
        status=status,
        away=code in ("UNAVAILABLE", "TIMED_OUT", "RATE_LIMITED"),
        unsure=code == "TIMED_OUT",
        retry_after=float(wait) if isinstance(wait, int | float) else None,
    )
