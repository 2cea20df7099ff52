"""Catalogues as clouds have them: aliases of service types, regions, interfaces, projects in addresses, slashes, and wrong links."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from aiohttp import web

from resolvers.actor import Credential
from resolvers.clients.openstack import OpenStackClient
from resolvers.errors import Unavailable
from tests.resolvers.clients.conftest import Connecting, client, connect
from tests.resolvers.clients.far_cloud import OWN_PROJECT, SHOP, Token, serving, told
from tests.resolvers.far_krane import FarKrane

__all__ = ["client", "connect"]
pytestmark = pytest.mark.anyio
Places = Mapping[str, Sequence[tuple[str, str, str]]]  # service type -> interface, region, path


class OwnCatalogue(FarKrane):
    """`places` is its catalogue, where `{project}` is that of the token; `links` the address that its version documents name."""

    places: Places | None = None
    links: str | None = None

    def routes(self) -> list[web.RouteDef]:
        with_project = web.route("*", "/volume/v3/{project:[0ab]{32}}{path:/.*}", self._service("block-storage"))
        return [with_project, *super().routes()]

    def _body(self, token: Token) -> dict[str, Any]:
        body = super()._body(token)
        if token.project is not None and self.places:
            body["token"]["catalog"] = [self._entry("identity", "/identity/v3")] + [
                {
                    "id": type_,
                    "type": type_,
                    "name": type_,
                    "endpoints": [
                        {
                            "id": f"{interface}-{region}",
                            "interface": interface,
                            "region": region,
                            "region_id": region,
                            "url": self.url + path.replace("{project}", token.project),
                        }
                        for interface, region, path in places
                    ],
                }
                for type_, places in self.places.items()
            ]
        return body

    def _version(self, name: str, path: str) -> dict[str, Any]:
        document = super()._version(name, path)
        if self.links is not None:
            document["links"][0]["href"] = self.links + path
        return document


@pytest.fixture
async def far() -> Any:
    async with serving(OwnCatalogue()) as cloud:
        yield cloud


def public(path: str) -> list[tuple[str, str, str]]:
    return [("public", "RegionOne", path)]


@pytest.mark.parametrize("type_", ["block-storage", "volumev3", "volume", "block-store", "volumev3 among older ones"])
@pytest.mark.parametrize("path", ["/volume/v3", "/volume/v3/", "/volume/v3/{project}"])
async def test_cinder_by_all_its_names(client: OpenStackClient, far: OwnCatalogue, type_: str, path: str) -> None:
    far.places = {type_: public(path)}
    if type_ == "volumev3 among older ones":
        far.places = {"volume": public("/volume/v1"), "volumev2": public("/volume/v2"), "volumev3": public(path)}
    far.answer("block-storage /volumes", told({}))
    assert await client.get("block-storage", "/volumes") == b"{}"
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    await client.send(acting, "POST", "block-storage", "/volumes", json={})
    own, hers = (asked.token and asked.token.project for asked in far.calls("block-storage /volumes"))
    assert (own, hers) == (OWN_PROJECT, SHOP)


@pytest.mark.parametrize(
    ("service", "path", "asked"),
    [
        ("network", "/network", "/networks"),
        ("network", "/network/", "/networks"),
        ("network", "/network/v2.0", "/networks"),
        ("network", "/network/v2.0/", "/networks"),
        ("image", "/image/v2", "/images"),
        ("image", "/image/v2/", "/images"),
        ("compute", "/compute/v2.1", "/servers"),
        ("compute", "/compute/v2.1/", "/servers"),
    ],
)
@pytest.mark.parametrize("links", [None, "http://inner.example:9999"], ids=["own links", "links of an inner server"])
async def test_addresses_with_and_without_version_and_slash(
    client: OpenStackClient, far: OwnCatalogue, service: str, path: str, asked: str, links: str | None
) -> None:
    """Behind a TLS proxy version documents name the inner server; a token is sent to the catalogue's address all the same."""
    far.places, far.links = {service: public(path)}, links
    far.answer(f"{service} {asked}", told({}))
    assert await client.get(service, asked) == b"{}"


REGIONS = [("public", "busan", "/compute/v2.1"), ("public", "seoul", "/elsewhere/v2.1")]


async def test_several_regions_are_not_mixed(connect: Connecting, far: OwnCatalogue) -> None:
    far.places = {"compute": REGIONS}
    unnamed = await connect(auth={"entry": {"region_name": None}})
    with pytest.raises(Unavailable) as error:
        await unnamed.get("compute", "/servers")
    assert error.value.message == (
        "The catalogue of krane has Nova (compute) in several regions (busan, seoul); name one as `region`."
    )
    far.answer("compute /servers", told({}))
    for entry in ({"region_name": "seoul"}, {"region_name": None, "regions": ["seoul", "busan"]}):
        named = await connect(region="busan", auth={"entry": entry})  # the setting wins
        assert await named.get("compute", "/servers") == b"{}"


async def test_one_address_for_all_regions_is_no_choice(connect: Connecting, far: OwnCatalogue) -> None:
    far.places = {"compute": [("public", region, "/compute/v2.1") for region in ("busan", "seoul")]}
    far.answer("compute /servers", told({}))
    client = await connect(auth={"entry": {"region_name": None}})
    assert await client.get("compute", "/servers") == b"{}"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"region": "suwon"}, "The catalogue of krane has no public address of Nova (compute) in the region suwon."),
        (
            {"region": "busan", "interface": "admin"},
            "The catalogue of krane has no admin address of Nova (compute) in the region busan.",
        ),
    ],
)
async def test_what_the_catalogue_lacks_is_named(
    connect: Connecting, far: OwnCatalogue, changes: dict[str, str], sentence: str
) -> None:
    far.places = {"compute": REGIONS, "identity": [("admin", "busan", "/identity/v3")]}
    client = await connect(**changes)
    with pytest.raises(Unavailable) as error:
        await client.get("compute", "/servers")
    assert error.value.message == sentence
