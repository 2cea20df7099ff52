"""The events of the conversation over a real socket: what is heard, what is caught up with, and when the stream ends."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from bot.messages import Form, FormField, Message
from bot.platforms.base import Incoming, Person, Place
from bot.platforms.console import ConsolePlatform
from tests.served import Served, served
from tests.stores import store_in

EVENTS = {"accept": "text/event-stream"}
SECONDS = 20.0


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Rights are asked again all the time, and a caller may have two streams."""
    folder: Path = tmp_path_factory.mktemp("console")
    live = {"recheck_seconds": 0.2, "connections_per_caller": 2}
    with (
        store_in(folder) as store,
        served(store, folder, graphql={"live": live}, identity={"token_cache_seconds": 0}) as it,
    ):
        yield it


class Caller:
    """Somebody who is signed in by a session, as the page is."""

    def __init__(self, gateway: Served, name: str) -> None:
        self.http = httpx.Client(base_url=gateway.url, timeout=SECONDS, trust_env=False)
        assert self.http.post("/session", json={"user": name, "password": name}).status_code == 200
        known = self.http.get("/chat/rooms").json()
        self.person = Person(platform="console", id=known["me"]["id"], name=name)
        self.rooms = {room["name"]: room["id"] for room in known["rooms"]}

    def say(self, room: str, text: str, said_id: str) -> None:
        response = self.http.post(f"/chat/rooms/{self.rooms[room]}/messages", json={"id": said_id, "text": text})
        assert response.status_code == 202, response.text

    @contextlib.contextmanager
    def listening(self, after: float | None = None) -> Iterator["Stream"]:
        parameters = {} if after is None else {"after": f"{after:.6f}"}
        with self.http.stream("GET", "/chat/events", params=parameters, headers=EVENTS) as response:
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/event-stream")
            yield Stream(response)


@contextlib.contextmanager
def caller(gateway: Served, name: str) -> Iterator[Caller]:
    one = Caller(gateway, name)
    with contextlib.closing(one.http):
        yield one


class Stream:
    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()

    def next(self) -> tuple[str, Any]:
        """The next event that is no comment."""
        name = ""
        for line in self._lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return name, orjson.loads(line.removeprefix("data: "))
        raise AssertionError("the stream ended without a further event")

    def entry(self, room: str, text: str | None = None, summary: str | None = None) -> dict[str, Any]:
        """The next entry of the room with this text, or this summary."""
        while True:
            name, entry = self.next()
            assert name == "entry", (name, entry)
            given = (entry["message"] or {}).get("summary")
            if entry["room"] == room and entry["text"] == text and (summary is None or given == summary):
                return dict(entry)

    def ends(self) -> bool:
        return not any(line.strip(":") for line in self._lines)


def console(gateway: Served) -> ConsolePlatform:
    return gateway.inside.app.chat.console


def place(room: str) -> Place:
    return Place(platform="console", channel=room)


def test_what_others_say_and_what_changes_is_heard_whole(gateway: Served) -> None:
    with caller(gateway, "jiwoo") as jiwoo, caller(gateway, "minsu") as minsu, minsu.listening() as stream:
        room = minsu.rooms["talk"]
        assert stream.next() == ("ready", {})
        jiwoo.say("talk", "version", "heard-by-others-1")
        assert stream.entry(room, "version")["author"]["name"] == "jiwoo"
        posted = gateway.run(console(gateway).post(place(room), Message(summary="at work")))
        first = stream.entry(room, summary="at work")
        gateway.run(console(gateway).edit(place(room), posted, Message(summary="done")))
        edited = stream.entry(room, summary="done")
        assert (edited["id"], edited["version"]) == (first["id"], first["version"] + 1)
        assert edited["edited_at"] >= first["at"]


def test_what_happened_meanwhile_is_told_to_who_comes_again(gateway: Served) -> None:
    with caller(gateway, "minsu") as minsu:
        room = minsu.rooms["talk"]
        known = gateway.run(console(gateway).post(place(room), Message(summary="seen before")))
        at = minsu.http.get(f"/chat/rooms/{room}/messages", params={"limit": 1}).json()["messages"][0]["at"]
        missed = gateway.run(console(gateway).post(place(room), Message(summary="said meanwhile")))
        gateway.run(console(gateway).edit(place(room), known, Message(summary="changed meanwhile")))
        with minsu.listening(after=at) as stream:
            assert stream.next() == ("ready", {})
            assert stream.entry(room, summary="said meanwhile")["id"] == missed
            assert stream.entry(room, summary="changed meanwhile")["id"] == known


def test_rooms_of_others_and_whispers_to_others_are_not_heard(gateway: Served) -> None:
    with caller(gateway, "jiwoo") as jiwoo, caller(gateway, "minsu") as minsu, minsu.listening() as stream:
        assert stream.next() == ("ready", {})
        talk = place(minsu.rooms["talk"])
        gateway.run(console(gateway).post(place(jiwoo.rooms["shop"]), Message(summary="in the shop")))
        gateway.run(console(gateway).post(place(jiwoo.rooms["direct"]), Message(summary="to jiwoo")))
        gateway.run(console(gateway).whisper(talk, jiwoo.person, Message(summary="whispered")))
        gateway.run(console(gateway).post(talk, Message(summary="the end")))
        heard = [stream.next()]
        while heard[-1][1]["text"] is not None or heard[-1][1]["message"]["summary"] != "the end":
            heard.append(stream.next())  # a late answer to what another test said
        assert {name for name, _ in heard} == {"entry"}
        summaries = {entry["message"]["summary"] for _, entry in heard if entry["message"] is not None}
        assert not summaries & {"in the shop", "to jiwoo", "whispered"}


def test_a_form_comes_to_its_person(gateway: Served) -> None:
    form = Form(id="f1", title="Create", command="server create", fields=(FormField(name="n", label="N"),), submit="Go")
    with caller(gateway, "minsu") as minsu, minsu.listening() as stream:
        assert stream.next() == ("ready", {})
        incoming = Incoming(
            id="i1", person=minsu.person, place=place(minsu.rooms["talk"]), text="server create", trigger="said-1"
        )
        gateway.run(console(gateway).ask(incoming, form))
        name, told = stream.next()
        while name == "entry":  # a late answer to what another test said
            name, told = stream.next()
        assert (name, told["id"], told["said"], told["fields"][0]["kind"]) == ("form", "f1", "said-1", "text")


def test_who_signs_out_hears_nothing_more(strict: Served) -> None:
    with caller(strict, "minsu") as minsu, minsu.listening() as stream:
        assert stream.next() == ("ready", {})
        cookies = dict(minsu.http.cookies)
        with httpx.Client(base_url=strict.url, cookies=cookies, timeout=SECONDS, trust_env=False) as other:
            assert other.delete("/session").status_code == 204
        name, told = stream.next()
        assert name == "ended"
        assert told["reason"].endswith(".")
        assert stream.ends()
        assert minsu.http.get("/chat/events", headers=EVENTS).status_code == 401


def test_a_person_has_so_many_streams_and_no_more(strict: Served) -> None:
    with caller(strict, "jiwoo") as jiwoo, jiwoo.listening() as one, jiwoo.listening() as two:
        assert one.next() == two.next() == ("ready", {})
        refused = jiwoo.http.get("/chat/events", headers=EVENTS)
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
        assert int(refused.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("address", "accept", "status"),
    [("/chat/events", "application/json", 406), ("/chat/events?after=yesterday", "text/event-stream", 400)],
)
def test_what_can_not_be_a_stream_is_refused(gateway: Served, address: str, accept: str, status: int) -> None:
    with caller(gateway, "jiwoo") as jiwoo:
        refused = jiwoo.http.get(address, headers={"accept": accept})
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (status, "INVALID")
