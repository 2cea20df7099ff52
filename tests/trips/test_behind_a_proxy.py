"""9rum behind a reverse proxy that asks it by another name than people do: its own pages work by `http.url`, those of others do not."""

from pathlib import Path

import httpx

from tests.running import running

OURS = "https://9rum.example.com"
QUERY = {"query": "{ me { name } }"}


async def test_our_own_pages_work_though_the_proxy_tells_another_host(valkey: str, tmp_path: Path) -> None:
    async with running(valkey, tmp_path, http={"url": f"{OURS}/"}) as graph:

        async def asked(method: str, path: str, origin: str, cookie: str = "", **given: object) -> httpx.Response:
            headers = {"host": "upstream:8080", "origin": origin, "cookie": cookie}
            return await graph.http.request(method, path, headers=headers, json=given or None)

        person = {"user": "jiwoo", "password": "jiwoo"}
        assert (await asked("POST", "/session", "https://evil.example", **person)).status_code == 403
        opened = await asked("POST", "/session", OURS, **person)
        assert opened.status_code == 200
        session = opened.headers["set-cookie"].partition(";")[0]
        answer = await asked("POST", "/graphql", OURS, session, **QUERY)
        assert answer.json()["data"] == {"me": {"name": "jiwoo"}}
        assert (await asked("POST", "/graphql", "https://evil.example", session, **QUERY)).status_code == 403
        assert (await asked("GET", "/chat/rooms", OURS, session)).status_code == 200
        assert (await asked("GET", "/chat/rooms", "https://evil.example", session)).status_code == 403
        assert (await asked("DELETE", "/session", "https://evil.example", session)).status_code == 403
        assert (await asked("DELETE", "/session", OURS, session)).status_code == 204
