"""The Web API of the stand-in: the methods that the bot calls, as strict as Slack's pages say."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from tests.clock import leap
from tests.slack.standin.blocks import message_error, view_error
from tests.slack.standin.delivery import Sockets
from tests.slack.standin.world import (
    APP_TOKEN,
    BOT_ID,
    BOT_USER,
    TEAM,
    TRIGGER_SECONDS,
    Call,
    Channel,
    File,
    Json,
    Posted,
    World,
    refusal,
)

SILENCE = 3_600.0
Answer = Mapping[str, Any]
_SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.postEphemeral": "chat:write",
    "users.info": "users:read",
    "conversations.open": "im:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
}


class Api:
    def __init__(self, world: World, sockets: Sockets, address: Callable[[], str]) -> None:
        self._world = world
        self._sockets = sockets
        self._address = address
        self._methods: dict[str, Callable[[Json], Answer]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._whisper,
            "chat.getPermalink": self._permalink,
            "views.open": self._open_view,
            "users.info": self._user,
            "conversations.open": self._open,
            "files.getUploadURLExternal": self._upload_address,
            "files.completeUploadExternal": self._uploaded,
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self._call),
            web.post("/upload/{file}", self._upload),
            web.post("/response/{id}", self._respond),
        ]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method, given = request.match_info["method"], await _arguments(request)
        self._world.calls.append(Call(method, given))
        if self._world.away:
            return web.Response(status=503, text="away")
        if (failure := self._world.failing(method, given)) is not None:
            if failure.silent:
                if failure.leaps:
                    leap(failure.leaps)
                await asyncio.sleep(SILENCE)
            if failure.body is not None:
                return web.Response(status=failure.status, text=failure.body, content_type="text/html")
            headers = {} if failure.retry_after is None else {"Retry-After": f"{failure.retry_after:g}"}
            return web.json_response(refusal(failure.error or "internal_error"), status=failure.status, headers=headers)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        answer = self._answer(method, given, token)
        wait = answer.get("retry_after")
        if wait is not None:
            return web.json_response(refusal("ratelimited"), status=429, headers={"Retry-After": f"{wait:g}"})
        scopes = {"x-oauth-scopes": ",".join(sorted(self._world.scopes))} if token == self._world.bot_token else {}
        return web.json_response(dict(answer), headers=scopes)

    def _answer(self, method: str, given: Json, token: str) -> Answer:
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                return refusal("not_allowed_token_type" if token.startswith("xoxb-") else "invalid_auth")
            socket = self._address().replace("http", "ws", 1)
            return {"ok": True, "url": f"{socket}/link?ticket={self._sockets.ticket()}"}
        if token != self._world.bot_token:
            return refusal("invalid_auth")
        needed = _SCOPES.get(method)
        if needed is not None and needed not in self._world.scopes:
            return refusal("missing_scope", needed=needed, provided=",".join(sorted(self._world.scopes)))
        self._world.used |= {needed} if needed is not None else set()
        handler = self._methods.get(method)
        return refusal("unknown_method") if handler is None else handler(given)

    def _auth_test(self, given: Json) -> Answer:
        return {
            "ok": True,
            "url": "https://standin.slack.com/",
            "team": "Standin",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
        }

    def _channel(self, given: Json) -> Channel | str:
        """The channel, or the error."""
        name = str(given.get("channel") or "")
        if name in self._world.users:
            name = self._world.users[name].direct
        found = self._world.channels.get(name)
        if found is None or (found.private and not found.bot):
            return "channel_not_found"
        if not found.bot:
            return "not_in_channel"
        return "is_archived" if found.archived else found

    def _content(self, given: Json) -> str | None:
        text, blocks = str(given.get("text") or ""), given.get("blocks")
        if not text and not blocks:
            return "no_text"
        if len(text) > 40_000:
            return "msg_too_long"
        return message_error(blocks) if blocks else None

    def _post(self, given: Json) -> Answer:
        channel = self._channel(given)
        if isinstance(channel, str):
            return refusal(channel)
        if (wait := self._world.wait(channel.id)) is not None:
            return {"retry_after": wait}
        if error := self._content(given):
            return refusal(error)
        posted = self._posted(channel.id, given)
        self._world.messages[(channel.id, posted.ts)] = posted
        return {"ok": True, "channel": channel.id, "ts": posted.ts, "message": {"text": posted.text}}

    def _posted(self, channel: str, given: Json) -> Posted:
        thread = given.get("thread_ts")
        return Posted(channel, self._world.ts(), str(given.get("text") or ""), given.get("blocks") or [], thread=thread)

    def _update(self, given: Json) -> Answer:
        posted = self._world.messages.get((str(given.get("channel")), str(given.get("ts"))))
        if posted is None:
            return refusal("message_not_found")
        if posted.by != BOT_USER:
            return refusal("cant_update_message")
        if error := self._content(given):
            return refusal(error)
        posted.history.append(posted.text)
        posted.text, posted.edits, posted.at = str(given.get("text") or ""), posted.edits + 1, time.monotonic()
        if "blocks" in given:  # left out, the old ones stay
            posted.blocks = given["blocks"]
        return {"ok": True, "channel": posted.channel, "ts": posted.ts, "text": posted.text}

    def _whisper(self, given: Json) -> Answer:
        channel = self._channel(given)
        if isinstance(channel, str):
            return refusal(channel)
        if given.get("user") not in self._world.users:
            return refusal("user_not_in_channel")
        if error := self._content(given):
            return refusal(error)
        posted = self._posted(channel.id, given)
        posted.to = str(given["user"])
        self._world.whispers.append(posted)
        return {"ok": True, "message_ts": posted.ts}

    def _permalink(self, given: Json) -> Answer:
        posted = self._world.messages.get((str(given.get("channel")), str(given.get("message_ts"))))
        if posted is None:
            return refusal("message_not_found")
        path = f"archives/{posted.channel}/p{posted.ts.replace('.', '')}"
        return {"ok": True, "channel": posted.channel, "permalink": f"https://standin.slack.com/{path}"}

    def _open_view(self, given: Json) -> Answer:
        made, user = self._world.triggers.pop(str(given.get("trigger_id")), (None, ""))
        if made is None:
            return refusal("exchanged_trigger_id")
        if self._world.now() - made > TRIGGER_SECONDS:
            return refusal("expired_trigger_id")
        view = given.get("view")
        if error := view_error(view):
            return refusal("invalid_arguments", response_metadata={"messages": [error]})
        assert isinstance(view, dict)
        kept = view | {"id": f"V{len(self._world.views) + 1}", "hash": uuid.uuid4().hex}
        self._world.views[kept["id"]] = kept
        self._world.viewers[kept["id"]] = user
        return {"ok": True, "view": kept}

    def _user(self, given: Json) -> Answer:
        user = self._world.users.get(str(given.get("user")))
        if user is None:
            return refusal("user_not_found")
        found: Json = {"id": user.id, "name": user.name, "profile": {"display_name": user.name}}
        return {"ok": True, "user": found | ({"locale": user.locale} if given.get("include_locale") else {})}

    def _open(self, given: Json) -> Answer:
        user = self._world.users.get(str(given.get("users")))
        return refusal("user_not_found") if user is None else {"ok": True, "channel": {"id": user.direct}}

    def _upload_address(self, given: Json) -> Answer:
        if not given.get("filename") or not str(given.get("length", "")).isdigit() or int(given["length"]) == 0:
            return refusal("invalid_arguments")
        file = f"F{len(self._world.files) + 1}"
        self._world.files[file] = File(str(given["filename"]), int(given["length"]))
        return {"ok": True, "upload_url": f"{self._address()}/upload/{file}", "file_id": file}

    def _uploaded(self, given: Json) -> Answer:
        channel = self._channel({"channel": given.get("channel_id")})
        if isinstance(channel, str):
            return refusal(channel)
        ids = [str(one["id"]) for one in given.get("files") or []]
        if not ids or any((file := self._world.files.get(one)) is None or file.data is None for one in ids):
            return refusal("file_not_found")
        posted = Posted(channel.id, self._world.ts(), str(given.get("initial_comment") or ""), [], files=ids)
        posted.thread = given.get("thread_ts")
        self._world.messages[(channel.id, posted.ts)] = posted
        return {"ok": True, "files": [{"id": one, "title": self._world.files[one].name} for one in ids]}

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file = self._world.files.get(request.match_info["file"])
        data = await request.read()
        if file is None or len(data) != file.length:
            return web.Response(status=400, text="wrong length")
        file.data = data
        return web.Response(text=f"OK - {len(data)}")

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        uses, channel, user, _ = self._world.responses.get(request.match_info["id"], (0, "", "", None))
        given = json.loads(await request.read())
        self._world.calls.append(Call("response_url", given))
        if uses <= 0:
            return web.json_response(refusal("used_url"), status=404)
        if error := self._content(given):
            return web.json_response(refusal(error), status=400)
        self._world.responses[request.match_info["id"]] = (uses - 1, channel, user, None)
        posted = self._posted(channel, given)
        if given.get("response_type") == "in_channel":
            self._world.messages[(channel, posted.ts)] = posted
        else:
            posted.to = user
            self._world.whispers.append(posted)
        return web.Response(text="ok")


async def _arguments(request: web.Request) -> Json:
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= json.loads(await request.read() or b"{}")
    elif request.method == "POST":
        given |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in ("blocks", "view", "files"):
        if isinstance(given.get(name), str):
            given[name] = json.loads(given[name])
    return given
