"""People of another identity provider at a real Keystone: through its WebSSO to a session, to what they see, and to a link.

`mina` gets a role on a project by the mapping; `bora` is put into a group that has one, for as long as the token lasts, which is what
Keystone does when nothing else is set.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from typing import Any

import httpx
import pytest

from bot.platforms.base import Person, Place
from resolvers.clients.openstack_trusts import BY_GROUPS
from tests.federation import FederatedKeystone, federated_keystone
from tests.lab.cloud import LabCloud
from tests.lab.rest import expect
from tests.running import CLOUD, Running, running
from tests.stores import store_in

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300, func_only=True)]
OURS = "https://9rum.test"
ME = "{ me { name operator projects { project { name } roles } } }"
NAME, GROUPS = {"type": "HTTP_OIDC_NAME"}, {"type": "HTTP_OIDC_GROUPS"}
USER: dict[str, Any] = {"user": {"name": "{0}"}}


@pytest.fixture(scope="module")
def keystone(lab_cloud: LabCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FederatedKeystone]:
    folder, people = tmp_path_factory.mktemp("federation"), {"mina": (), "bora": ("ops",)}
    with federated_keystone(lab_cloud.own_folders, folder, f"{OURS}/session/federated", people) as it:
        (domain,) = expect("GET", f"{it.url}/domains?name=Default", token=it.admin.id)["domains"]
        talk = it.make("project", name="talk", domain_id=domain["id"])
        it.make("project", name="shop", domain_id=domain["id"])
        ops = it.make("group", name="ops", domain_id=domain["id"])
        it.put(f"/projects/{talk}/groups/{ops}/roles/{it.role('member')}")
        shop = {"projects": [{"name": "shop", "roles": [{"name": "member"}]}]}
        group = {"group": {"name": "ops", "domain": {"name": "Default"}}}
        rules = [
            {"local": [USER, shop], "remote": [NAME, {**GROUPS, "not_any_of": ["ops"]}]},
            {"local": [USER, group], "remote": [NAME, {**GROUPS, "any_one_of": ["ops"]}]},
        ]
        it.trust_provider(rules, domain_id=domain["id"])
        yield it


@pytest.fixture(scope="module")
async def graph(keystone: FederatedKeystone, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    folder = tmp_path_factory.mktemp("store")
    at = {"cloud": "federated", "clouds_file": str(keystone.clouds), "deadlines": {"read": 30}}
    cloud = {"backend": "openstack", "name": CLOUD, **at}
    identity = {"federated": [{"name": "Company login", "url": keystone.websso}]}
    with store_in(folder) as store:
        async with running(store, folder, clouds=[cloud], identity=identity, http={"url": OURS}) as it:
            yield it


@pytest.fixture
async def browser(graph: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(graph.app.asgi), base_url=OURS, timeout=60) as it:
        yield it


async def signed_in(browser: httpx.AsyncClient, name: str) -> None:
    """Every step that a browser takes; the provider knows the person by the cookie `idp`."""
    begun = await browser.post("/session/federated/begin", json={"name": "Company login"})
    url = begun.json()["url"]
    async with httpx.AsyncClient(cookies={"idp": name}, timeout=60, trust_env=False) as outside:
        page = await outside.get(url)
    assert page.status_code == 200, page.text
    action, token = (unescape(found) for found in re.findall(r'(?:action|value)="([^"]*)"', page.text)[:2])
    assert action == f"{OURS}/session/federated"
    origin = "/".join(url.split("/")[:3])
    answer = await browser.post(action, data={"token": token}, headers={"origin": origin})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def me(browser: httpx.AsyncClient) -> Any:
    return (await browser.post("/graphql", json={"query": ME})).json()["data"]["me"]


async def link(graph: Running, browser: httpx.AsyncClient, person: Person) -> httpx.Response:
    secret = await graph.app.chat.people.offer(person, Place(platform="slack", channel="C1"))
    offer = (await browser.post("/chat/link/look", json={"secret": secret})).json()
    (project,) = offer["projects"]
    chosen = [{"id": project["id"], "roles": ["member"]}]
    return await browser.post("/chat/link", json={"secret": secret, "projects": chosen, "days": 1})


async def test_a_person_with_a_role_by_the_mapping_signs_in_links_and_signs_out(
    graph: Running, browser: httpx.AsyncClient
) -> None:
    await signed_in(browser, "mina")
    assert await me(browser) == {
        "name": "mina",
        "operator": False,
        "projects": [{"project": {"name": "shop"}, "roles": ["member", "reader"]}],
    }
    anna = Person(platform="slack", id="T1/UMINA", name="Mina")
    assert (await link(graph, browser, anna)).status_code == 200
    acting = await graph.app.chat.people.acting(anna, Place(platform="slack", channel="C1"), None, None)
    answer = await graph.http.post("/graphql", json={"query": ME}, headers={"x-auth-token": acting.token})
    assert answer.json()["data"]["me"]["name"] == "mina"
    assert (await browser.delete("/session")).status_code == 204
    assert (await browser.get("/session")).status_code == 401


async def test_a_person_with_a_role_by_a_group_of_the_login_has_it_as_long_as_the_session(
    graph: Running, browser: httpx.AsyncClient
) -> None:
    await signed_in(browser, "bora")
    assert await me(browser) == {
        "name": "bora",
        "operator": False,
        "projects": [{"project": {"name": "talk"}, "roles": ["member", "reader"]}],
    }
    refused = await link(graph, browser, Person(platform="slack", id="T1/UBORA", name="Bora"))
    assert (refused.status_code, refused.json()["errors"][0]["message"]) == (403, BY_GROUPS)


async def test_an_address_that_keystone_does_not_trust_gets_no_token(keystone: FederatedKeystone) -> None:
    async with httpx.AsyncClient(cookies={"idp": "mina"}, timeout=60, trust_env=False) as outside:
        answer = await outside.get(keystone.websso, params={"origin": "https://evil.example/session/federated"})
    assert answer.status_code == 401


async def test_memberships_that_keystone_keeps_can_be_delegated(
    keystone: FederatedKeystone, graph: Running, browser: httpx.AsyncClient
) -> None:
    async def kept_for(minutes: int) -> None:
        provider = {"identity_provider": {"authorization_ttl": minutes}}
        address = f"{keystone.url}/OS-FEDERATION/identity_providers/company"
        await asyncio.to_thread(expect, "PATCH", address, token=keystone.admin.id, body=provider)

    await kept_for(60)
    try:
        await signed_in(browser, "bora")
        assert (await link(graph, browser, Person(platform="slack", id="T1/UTTL", name="Bora"))).status_code == 200
    finally:
        await kept_for(0)
