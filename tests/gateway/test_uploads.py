"""The content of an image over HTTP: who may send it, what is recorded of it, how much at once, and how it ends when it breaks off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway import uploads
from notifications.redis import RedisClient
from tests.polling import eventually
from tests.resolvers.graph.chatting import enforce, newest_row, project
from tests.watched import Watched, slow_polls, watched

CREATE = "imageCreate"
STREAM = {"content-type": "application/octet-stream"}
UPLOADS = {"most_bytes": 5_000, "at_once": 3, "at_once_per_caller": 2}


@pytest.fixture
async def krane(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched(valkey, tmp_path, inventory=slow_polls(), uploads=UPLOADS) as it:
        yield it


async def empty(krane: Watched, name: str = "debian-13", person: str = "jiwoo", where: str = "shop") -> str:
    """The id of an image that waits for its content."""
    made = await krane.graph.done(person, CREATE, {"name": name, "project": where})
    return str(made["resourceId"])


async def put(
    krane: Watched, image: str, content: Any = b"an image", person: str | None = "jiwoo", **headers: str
) -> httpx.Response:
    token = {} if person is None else {"x-auth-token": await krane.graph.token(person)}
    path = f"/images/{image}/content"
    return await krane.graph.http.put(path, content=content, headers={**STREAM, **token, **headers})


def error_of(response: httpx.Response) -> dict[str, Any]:
    error = response.json()["errors"][0]
    return {"status": response.status_code, "message": error["message"], **error["extensions"]}


async def rows(krane: Watched) -> list[Any]:
    """What the log has of uploads, the oldest first."""
    found = [stored.row for stored in await krane.graph.app.audit.newest(50)]
    return [row for row in reversed(found) if row.action == "image.upload"]


class Stalled:
    """Content of which something has come and the rest is still to come."""

    def __init__(self) -> None:
        self.started, self.go = asyncio.Event(), asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"first"
        self.started.set()
        await self.go.wait()
        yield b"last"


async def test_an_upload_makes_the_image_and_two_rows(krane: Watched) -> None:
    image = await empty(krane)
    done = await put(krane, image, **{"x-correlation-id": "upload-of-a-test"})
    assert (done.status_code, done.json()) == (200, {"id": image})
    assert done.headers.get_list("x-correlation-id") == ["upload-of-a-test"]

    async def active() -> bool:
        found = await krane.graph.data("jiwoo", "query($i: ID!) { image(id: $i, maxAge: 0) { status } }", {"i": image})
        return bool(found["image"]["status"] == "ACTIVE")

    await eventually(active, "the image is active")
    started, ended = await rows(krane)
    assert (started.result, ended.result) == ("STARTED", "SUCCEEDED")
    for row in (started, ended):
        assert (row.actor_name, row.origin, row.project_id) == ("jiwoo", "http", project(krane, "shop"))
        assert (row.resource_ids, row.input, row.correlation_id) == ([image], {"image": image}, "upload-of-a-test")
    assert started.duration is None and ended.duration is not None
    asked = 'query { auditEntries(first: 5, action: "image.upload") { result intact } }'
    found = (await krane.graph.data("operator", asked))["auditEntries"]
    assert found == [{"result": "SUCCEEDED", "intact": True}, {"result": "STARTED", "intact": True}]


async def test_policy_decides_on_uploads_as_on_every_change(krane: Watched, tmp_path: Path) -> None:
    image, other = await empty(krane), await empty(krane, where="talk")
    enforce(krane, tmp_path, 'rules: [{allow: ["image.create", "*.list"]}]')
    denied = error_of(await put(krane, image))
    assert (denied["status"], denied["code"]) == (403, "DENIED")
    assert denied["message"] == "The policy does not allow `image.upload` from `http`."
    row = await newest_row(krane)
    assert (row.action, row.result, row.actor_name) == ("image.upload", "DENIED", "jiwoo")
    assert (row.input, row.message) == ({"image": image}, denied["message"])
    enforce(krane, tmp_path, 'rules: [{allow: ["image.upload"], projects: [talk]}]')
    assert "on the project `shop`" in error_of(await put(krane, image))["message"]
    assert "image.upload" not in krane.world.calls
    assert (await put(krane, other)).status_code == 200
    enforce(krane, tmp_path, 'rules: [{allow: ["image.*"], approval: {role: admin}}]')
    assert "has no plan to approve" in error_of(await put(krane, image))["message"]


async def test_only_who_may_see_and_change_the_image_fills_it_and_only_once(krane: Watched) -> None:
    image = await empty(krane)
    assert error_of(await put(krane, image, person=None))["status"] == 401
    unseen = error_of(await put(krane, image, person="minsu"))
    assert (unseen["status"], unseen["code"]) == (404, "NOT_FOUND")
    assert (await newest_row(krane)).result == "REFUSED"
    reader = error_of(await put(krane, image, person="haneul"))
    assert (reader["status"], reader["code"]) == (403, "DENIED")
    assert reader["message"] == "An upload needs the role `member` on the image's project, which you do not have."
    assert (await newest_row(krane)).result == "DENIED"
    assert "image.upload" not in krane.world.calls
    assert (await put(krane, image)).status_code == 200
    again = error_of(await put(krane, image))
    assert (again["status"], again["code"]) == (409, "CONFLICT")
    assert [row.result for row in await rows(krane)] == ["REFUSED", "DENIED", "STARTED", "SUCCEEDED", "REFUSED"]


async def test_content_that_is_too_long_is_refused_for_that_and_not_as_a_fault_of_the_cloud(krane: Watched) -> None:
    image = await empty(krane)

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(6):
            yield b"x" * 1_000

    announced = error_of(await put(krane, image, b"x" * 5_001))
    streamed = error_of(await put(krane, image, parts()))
    for told in (announced, streamed):
        assert (told["status"], told["message"]) == (413, "An image may have 5000 bytes at most.")
    assert error_of(await put(krane, image, **{"content-type": "text/plain"}))["status"] == 415
    assert [(row.result, row.message) for row in await rows(krane)] == [
        ("STARTED", None),
        ("FAILED", "An image may have 5000 bytes at most."),
    ]
    assert (await put(krane, image)).status_code == 200  # it waits for its content as before


async def test_a_caller_who_goes_away_is_no_fault_of_ours_or_of_the_cloud(krane: Watched) -> None:
    image = await empty(krane)
    coming = [{"type": "http.request", "body": b"first", "more_body": True}, {"type": "http.disconnect"}]
    told: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        told.append(message)

    headers = {**STREAM, "x-auth-token": await krane.graph.token("jiwoo")}
    path = f"/images/{image}/content"
    await krane.graph.app.asgi(
        {
            "type": "http",
            "method": "PUT",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        },
        receive,
        send,
    )
    assert told[0]["status"] == 400
    row = await newest_row(krane)
    assert (row.result, row.message) == ("FAILED", "The upload ended in the middle: the caller went away.")
    assert (await put(krane, image)).status_code == 200


async def test_uploads_at_the_same_time_are_few_for_a_caller_and_for_the_process(krane: Watched) -> None:
    images = [await empty(krane, f"i-{n}") for n in range(3)]
    theirs = [await empty(krane, f"t-{n}", "minsu", "talk") for n in range(2)]
    contents = [Stalled() for _ in range(3)]
    running = [asyncio.create_task(put(krane, images[n], contents[n])) for n in range(2)]
    for content in contents[:2]:
        await content.started.wait()
    third = await put(krane, images[2])
    told = error_of(third)
    assert (told["status"], told["code"], third.headers["retry-after"]) == (429, "RATE_LIMITED", "5")
    assert told["message"] == "2 of your uploads are running, the limit of one caller; wait for one to end."
    running.append(asyncio.create_task(put(krane, theirs[0], contents[2], "minsu")))
    await contents[2].started.wait()
    assert "limit of this gateway" in error_of(await put(krane, theirs[1], person="minsu"))["message"]
    for content in contents:
        content.go.set()
    assert [(await upload).status_code for upload in running] == [200, 200, 200]
    assert (await put(krane, images[2])).status_code == 200


async def test_a_caller_who_fell_silent_holds_no_place(krane: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    image = await empty(krane)
    monkeypatch.setattr(uploads, "PART_SECONDS", 0.05)
    told = error_of(await put(krane, image, Stalled()))
    assert (told["status"], told["code"]) == (504, "TIMED_OUT")
    assert told["message"] == "Nothing of the image came for 0.05 s."
    assert (await newest_row(krane)).message == told["message"]
    assert (await put(krane, image)).status_code == 200


async def test_what_fails_behind_the_upload_is_no_failed_upload(krane: Watched) -> None:
    image, content = await empty(krane), Stalled()
    running = asyncio.create_task(put(krane, image, content))
    await content.started.wait()
    krane.world.fail("image.list")
    content.go.set()
    assert (await running).status_code == 200
    assert (await newest_row(krane)).result == "SUCCEEDED"


async def test_a_refused_upload_is_told_of_in_the_images_project(krane: Watched, tmp_path: Path) -> None:
    image, shop = await empty(krane), project(krane, "shop")
    enforce(krane, tmp_path, 'rules: [{allow: ["image.upload"], projects: [talk]}]')
    assert error_of(await put(krane, image))["status"] == 403
    row = await newest_row(krane)
    assert (row.result, row.project_id) == ("DENIED", shop)
    enforce(krane, tmp_path, 'rules: [{allow: ["image.upload"]}]')
    assert (await put(krane, image)).status_code == 200
    assert error_of(await put(krane, image))["status"] == 409
    row = await newest_row(krane)
    assert (row.result, row.project_id) == ("REFUSED", shop)
