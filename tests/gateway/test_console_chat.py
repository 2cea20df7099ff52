"""The conversation over HTTP: whose rooms there are, what is taken, and what is refused. Its events are in test_console_events.py."""

import time
from functools import partial
from typing import Any

import httpx
import orjson
import pytest

from bot.messages import Button, Buttons, Message
from bot.platforms.base import Person, Place
from bot.platforms.console import ConsolePlatform
from resolvers.sandbox.seed_people import credential_id
from tests.bot.talking import operations
from tests.polling import eventually
from tests.running import Running


def said(text: Any = "version", said_id: str = "0d9f2b6e-4b1c-4a52-9d7c-3f1f2f4f0001", **more: Any) -> dict[str, Any]:
    return {"id": said_id, "text": text, **more}


class Asking:
    """Somebody at the routes of the conversation, with a token."""

    def __init__(self, graph: Running, name: str, token: str) -> None:
        self._http = graph.http
        self.name = name
        self.headers = {"x-auth-token": token}

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        return await self._http.get(path, headers=self.headers, params=parameters)

    async def post(self, room: str, body: Any, **headers: str) -> httpx.Response:
        return await self._http.post(f"/chat/rooms/{room}/messages", json=body, headers={**self.headers, **headers})

    async def rooms(self) -> dict[str, dict[str, Any]]:
        """By name."""
        answer = (await self.get("/chat/rooms")).json()
        return {room["name"]: room for room in answer["rooms"]}

    async def messages(self, room: str, **parameters: Any) -> list[dict[str, Any]]:
        response = await self.get(f"/chat/rooms/{room}/messages", **parameters)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()["messages"]
        return found

    async def texts(self, room: str) -> list[str]:
        return [entry["text"] for entry in await self.messages(room) if entry["text"]]


async def at(graph: Running, name: str) -> Asking:
    return Asking(graph, name, await graph.token(name))


def platform_of(graph: Running) -> ConsolePlatform:
    return graph.app.chat.console


def place(room: dict[str, Any]) -> Place:
    return Place(platform="console", channel=room["id"], name=room["name"], direct=room["direct"])


def refusal(response: httpx.Response) -> tuple[int, str]:
    error = response.json()["errors"][0]
    assert error["message"].endswith("."), error
    assert error["extensions"]["correlationId"]
    return response.status_code, error["extensions"]["code"]


async def test_each_person_has_a_room_alone_and_one_for_each_project(graph: Running) -> None:
    jiwoo, minsu = await at(graph, "jiwoo"), await at(graph, "minsu")
    mine = await jiwoo.rooms()
    assert list(mine) == ["direct", "shop", "talk"]
    assert mine["direct"]["direct"] is True
    assert mine["shop"]["project"].startswith("project:krane/")
    theirs = await minsu.rooms()
    assert list(theirs) == ["direct", "talk"]
    assert theirs["talk"]["id"] == mine["talk"]["id"]
    assert theirs["direct"]["id"] != mine["direct"]["id"]
    answer = (await jiwoo.get("/chat/rooms")).json()
    assert answer["me"]["name"] == "jiwoo"
    assert abs(answer["at"] - time.time()) < 60


async def test_the_operator_has_the_rooms_of_all_projects(graph: Running) -> None:
    assert {"direct", "admin", "shop", "talk", "search"} <= set(await (await at(graph, "operator")).rooms())


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "rooms"), ("GET", "rooms/x/messages"), ("POST", "rooms/x/messages"), ("GET", "events")]
)
@pytest.mark.parametrize("headers", [{}, {"x-auth-token": "made-up"}], ids=["nobody", "a made-up token"])
async def test_who_is_not_signed_in_sees_nothing(
    graph: Running, method: str, path: str, headers: dict[str, str]
) -> None:
    response = await graph.http.request(method, f"/chat/{path}", headers={**headers, "accept": "text/event-stream"})
    assert refusal(response) == (401, "UNAUTHENTICATED")


async def test_a_room_of_others_does_not_exist(graph: Running) -> None:
    jiwoo, minsu = await at(graph, "jiwoo"), await at(graph, "minsu")
    mine = await jiwoo.rooms()
    for room in (mine["shop"]["id"], mine["direct"]["id"], "krane~nothing"):
        assert refusal(await minsu.get(f"/chat/rooms/{room}/messages")) == (404, "NOT_FOUND")
        assert refusal(await minsu.post(room, said())) == (404, "NOT_FOUND")
    assert await jiwoo.messages(mine["shop"]["id"]) == await jiwoo.messages(mine["direct"]["id"]) == []


async def test_what_is_said_is_heard_by_all_of_the_room_once_and_answered_in_its_thread(graph: Running) -> None:
    jiwoo, minsu = await at(graph, "jiwoo"), await at(graph, "minsu")
    room = (await jiwoo.rooms())["talk"]["id"]
    for _ in range(2):
        response = await jiwoo.post(room, said("server list"))
        assert (response.status_code, response.json()) == (202, {"id": said()["id"]})

    async def answered() -> dict[str, Any] | None:
        return next((entry for entry in await minsu.messages(room) if entry["message"]), None)

    answer = await eventually(answered, "the bot answers")
    assert answer["thread"] == said()["id"]
    assert answer["message"]["source"]["command"] == "server list"
    assert await minsu.texts(room) == ["server list"]
    entry = (await minsu.messages(room))[0]
    assert entry["author"]["name"] == "jiwoo"
    assert "token" not in orjson.dumps(entry).decode()


async def test_the_bot_answers_in_the_language_of_the_page(graph: Running) -> None:
    jiwoo = await at(graph, "jiwoo")
    room = (await jiwoo.rooms())["direct"]["id"]
    await jiwoo.post(room, said("whoami"), **{"accept-language": "ko-KR,ko;q=0.9,en;q=0.8"})

    async def answered() -> str | None:
        return next((orjson.dumps(e["message"]).decode() for e in await jiwoo.messages(room) if e["message"]), None)

    assert "프로젝트" in await eventually(answered, "the bot answers")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ([], 400),
        (said(""), 400),
        (said(" \n "), 400),
        (said("x" * 40_001), 413),
        (said("x" * 600_000), 413),
        (said(said_id="short"), 400),
        (said(said_id="bot-0123456789abcdef"), 400),
        (said(said_id="../../etc/passwd"), 400),
        (said(text=7), 400),
        (said(author="somebody else"), 400),
        (said(thread="no thread"), 400),
        ({"id": said()["id"], "button": "help"}, 400),
        ({"id": said()["id"], "form": "f-1", "values": {"name": "web-1"}}, 400),
    ],
)
async def test_what_is_no_message_is_refused_and_not_kept(graph: Running, body: Any, status: int) -> None:
    jiwoo = await at(graph, "jiwoo")
    room = (await jiwoo.rooms())["talk"]["id"]
    assert refusal(await jiwoo.post(room, body)) == (status, "INVALID")
    assert await jiwoo.messages(room) == []


async def test_a_text_of_the_longest_length_is_taken(graph: Running) -> None:
    jiwoo = await at(graph, "jiwoo")
    room = (await jiwoo.rooms())["talk"]["id"]
    assert (await jiwoo.post(room, said("구" * 40_000))).status_code == 202
    assert [len(text) for text in await jiwoo.texts(room)] == [40_000]


async def test_only_json_is_read(graph: Running) -> None:
    jiwoo = await at(graph, "jiwoo")
    path = f"/chat/rooms/{(await jiwoo.rooms())['talk']['id']}/messages"
    body = orjson.dumps(said())
    for kind, status in (("text/plain", 415), ("application/x-www-form-urlencoded", 415)):
        response = await graph.http.post(path, content=body, headers={**jiwoo.headers, "content-type": kind})
        assert refusal(response) == (status, "INVALID")
    broken = await graph.http.post(path, content=b"{", headers={**jiwoo.headers, "content-type": "application/json"})
    assert refusal(broken) == (400, "INVALID")
    assert await jiwoo.messages((await jiwoo.rooms())["talk"]["id"]) == []


async def test_a_page_of_another_origin_can_not_use_the_session(graph: Running) -> None:
    signed = await graph.http.post("/session", json={"user": "jiwoo", "password": "jiwoo"})
    session = {"cookie": signed.headers["set-cookie"].partition(";")[0]}
    graph.http.cookies.clear()
    room = (await (await at(graph, "jiwoo")).rooms())["talk"]["id"]
    path = f"/chat/rooms/{room}/messages"
    foreign = {**session, "origin": "https://elsewhere.example", "accept": "text/event-stream"}
    assert refusal(await graph.http.post(path, json=said(), headers=foreign)) == (403, "DENIED")
    assert refusal(await graph.http.get("/chat/events", headers=foreign)) == (403, "DENIED")
    assert (await graph.http.get(path, headers=session)).json() == {"messages": []}


async def test_history_comes_in_pages_from_the_newest_back(graph: Running) -> None:
    jiwoo = await at(graph, "jiwoo")
    room = (await jiwoo.rooms())["talk"]
    for number in range(7):
        await platform_of(graph).post(place(room), Message(summary=f"message {number}"))

    def summaries(entries: list[dict[str, Any]]) -> list[str]:
        return [entry["message"]["summary"] for entry in entries]

    newest = await jiwoo.messages(room["id"], limit=3)
    assert summaries(newest) == ["message 4", "message 5", "message 6"]
    before = await jiwoo.messages(room["id"], limit=3, before=newest[0]["at"])
    assert summaries(before) == ["message 1", "message 2", "message 3"]
    wrong = await jiwoo.get(f"/chat/rooms/{room['id']}/messages", before="yesterday")
    assert refusal(wrong) == (400, "INVALID")


async def test_a_whisper_is_seen_by_its_person_alone(graph: Running) -> None:
    jiwoo, minsu = await at(graph, "jiwoo"), await at(graph, "minsu")
    room = (await jiwoo.rooms())["talk"]
    me = (await jiwoo.get("/chat/rooms")).json()["me"]
    person = Person(platform="console", id=me["id"])
    await platform_of(graph).whisper(place(room), person, Message(summary="for you alone"))
    assert [entry["message"]["summary"] for entry in await jiwoo.messages(room["id"])] == ["for you alone"]
    assert await minsu.messages(room["id"]) == []


async def test_a_button_that_is_not_there_does_nothing_and_one_that_is_runs(graph: Running) -> None:
    jiwoo = await at(graph, "jiwoo")
    room = (await jiwoo.rooms())["talk"]
    message = Message(summary="look", blocks=(Buttons((Button(label="Version", command="version"),)),))
    posted = await platform_of(graph).post(place(room), message)
    pressed = {"id": said()["id"], "message": posted}
    stale = await jiwoo.post(room["id"], {**pressed, "button": "server delete web-1"})
    assert refusal(stale) == (409, "CONFLICT")
    assert len(await jiwoo.messages(room["id"])) == 1
    assert (await jiwoo.post(room["id"], {**pressed, "button": "version"})).status_code == 202

    async def answered() -> bool:
        return any(entry["thread"] == posted for entry in await jiwoo.messages(room["id"]))

    await eventually(answered, "the bot answers under the message")


async def test_the_bot_that_is_away_is_told_and_nothing_is_kept(graph: Running) -> None:
    jiwoo = await at(graph, "jiwoo")
    room = (await jiwoo.rooms())["talk"]["id"]
    await platform_of(graph).stop()
    assert refusal(await jiwoo.post(room, said())) == (503, "UNAVAILABLE")
    assert await jiwoo.messages(room) == []


async def test_who_says_too_much_at_once_is_told_to_come_again(graph: Running) -> None:
    jiwoo, minsu = await at(graph, "jiwoo"), await at(graph, "minsu")
    room = (await jiwoo.rooms())["talk"]["id"]
    graph.app.chat.bot.inbox._waiting_per_person = 0
    response = await jiwoo.post(room, said())
    assert refusal(response) == (429, "RATE_LIMITED")
    assert "0 commands of yours are waiting" in response.text
    korean = await jiwoo.post(room, said(), **{"accept-language": "ko-KR"})
    assert "대기 중인 내 명령" in korean.text
    assert int(response.headers["retry-after"]) > 0
    assert await minsu.texts(room) == []  # what is not taken is not heard
    graph.app.chat.bot.inbox._waiting_per_person = 300
    assert (await jiwoo.post(room, said())).status_code == 202


async def test_who_signs_out_is_not_acted_for_by_that_session_later(graph: Running) -> None:
    http, people = graph.http, graph.app.chat.people
    assert (await http.post("/session", json={"user": "jiwoo", "password": "jiwoo"})).status_code == 200
    told = (await http.get("/chat/rooms")).json()
    room, account = told["rooms"][0]["id"], Person(platform="console", id=told["me"]["id"])
    assert (await http.post(f"/chat/rooms/{room}/messages", json=said("server list"))).status_code == 202

    async def kept() -> bool:
        return bool(await people._tokens.of(account.key))

    await eventually(kept, "the session's token is kept")
    assert (await http.delete("/session")).status_code == 204
    assert not await kept()


async def test_a_token_of_one_project_has_a_room_of_its_own(graph: Running) -> None:
    port = graph.app.ports.get("identity", "krane")
    token = await port.sign_in_application_credential(credential_id("jiwoo"), "jiwoo-secret")
    jiwoo, program = await at(graph, "jiwoo"), Asking(graph, "jiwoo", token)
    mine, its = await jiwoo.rooms(), await program.rooms()
    assert list(its) == ["direct", "shop"]
    assert its["shop"]["id"] == mine["shop"]["id"]
    assert refusal(await program.get(f"/chat/rooms/{mine['direct']['id']}/messages")) == (404, "NOT_FOUND")
    await jiwoo.post(mine["direct"]["id"], said("server list --project talk"))
    await program.post(its["direct"]["id"], said("server renme x y", said_id="0d9f2b6e-4b1c-4a52-9d7c-3f1f2f4f0002"))

    async def answered() -> bool:
        return len(await jiwoo.messages(mine["direct"]["id"])) == len(await program.messages(its["direct"]["id"])) == 2

    await eventually(answered, "both are answered, each alone")
    row = (await graph.app.audit.newest(1))[0].row
    assert (row.actor_id, row.actor_name) == ((await graph.data("jiwoo", "{ me { id } }"))["me"]["id"], "jiwoo")


async def test_a_session_for_one_project_acts_in_it_alone_also_in_chat(graph: Running) -> None:
    given = {"user": "jiwoo", "password": "jiwoo", "project": "talk"}
    signed = await graph.http.post("/session", json=given)
    headers = {"cookie": signed.headers["set-cookie"].partition(";")[0]}
    graph.http.cookies.clear()
    jiwoo, bound = await at(graph, "jiwoo"), Asking(graph, "jiwoo", "")
    bound.headers = headers
    mine, its = await jiwoo.rooms(), await bound.rooms()
    assert list(its) == ["direct", "talk"]
    assert refusal(await bound.get(f"/chat/rooms/{mine['direct']['id']}/messages")) == (404, "NOT_FOUND")
    assert refusal(await bound.get(f"/chat/rooms/{mine['shop']['id']}/messages")) == (404, "NOT_FOUND")

    async def reply(said_id: str) -> dict[str, Any] | None:
        found = await bound.messages(its["direct"]["id"])
        return next((each["message"] for each in found if each["thread"] == said_id), None)

    asked = ("server rename shop-web-1 taken", "server rename shop-web-1 taken --project shop", "server list --all")
    for number, text in enumerate(asked):
        said_id = f"bound-in-talk-{number}"
        await bound.post(its["direct"]["id"], said(text, said_id=said_id))
        told = orjson.dumps(await eventually(partial(reply, said_id), f"a reply to `{text}`"))
        assert b"shop-api" not in told, "servers of the other project"
    assert await operations(graph) == []
    query = {"query": "{ servers(first: 100) { nodes { project { name } } } }"}
    seen = (await graph.http.post("/graphql", json=query, headers=headers)).json()
    assert {node["project"]["name"] for node in seen["data"]["servers"]["nodes"]} == {"talk"}
    shop = await graph.data("jiwoo", '{ servers(filter: {name: {eq: "shop-web-1"}}) { nodes { id } } }')
    changed = {
        "query": 'mutation($id: String!) { serverRename(input: {server: $id, name: "taken"}) { id } }',
        "variables": {"id": shop["servers"]["nodes"][0]["id"]},
    }
    refused = (await graph.http.post("/graphql", json=changed, headers=headers)).json()
    assert refused["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_button_that_is_for_somebody_else_is_not_there(graph: Running) -> None:
    jiwoo, minsu = await at(graph, "jiwoo"), await at(graph, "minsu")
    room = (await jiwoo.rooms())["talk"]
    message = Message(summary="For minsu", blocks=(Buttons((Button(label="Help", command="help"),)),))
    me = (await minsu.get("/chat/rooms")).json()["me"]
    await platform_of(graph).whisper(place(room), Person(platform="console", id=me["id"]), message)
    entry = (await minsu.messages(room["id"]))[-1]
    pressed = {"id": said()["id"], "button": "help", "message": entry["id"]}
    assert refusal(await jiwoo.post(room["id"], pressed)) == (409, "CONFLICT")
    assert (await minsu.post(room["id"], pressed)).status_code == 202


async def test_the_help_of_commands_is_told_in_the_language_of_the_request(graph: Running) -> None:
    jiwoo = await at(graph, "jiwoo")
    korean = await graph.http.get("/chat/words", headers={**jiwoo.headers, "accept-language": "ko-KR,en;q=0.5"})
    assert korean.json()["words"]["Make a network."] == "네트워크를 만듭니다."
    assert len(korean.json()["words"]) > 200
    english = await graph.http.get("/chat/words", headers={**jiwoo.headers, "accept-language": "en"})
    assert english.json() == {"words": {}}
    assert (await graph.http.get("/chat/words", headers={"accept-language": "ko"})).status_code == 401
