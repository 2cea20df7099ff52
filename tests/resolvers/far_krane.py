"""The far cloud with Glance, Cinder and Neutron in its catalogue, for the tests of their adapters."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from resolvers.actor import Credential
from tests.resolvers.clients.conftest import client, connect
from tests.resolvers.clients.far_cloud import SHOP, FarCloud, Token, serving

__all__ = ["FarKrane", "client", "connect", "far", "jiwoo", "refusal"]


class FarKrane(FarCloud):
    """`newest_cinder` is the newest microversion that its Cinder speaks."""

    newest_cinder = "3.71"

    def routes(self) -> list[web.RouteDef]:
        return [
            *super().routes(),
            web.get("/image/v2{slash:/?}", self._image_version),
            web.get("/volume/v3{slash:/?}", self._volume_version),
            web.get("/network{slash:/?}", self._network_version),
            web.route("*", "/image/v2{path:/.*}", self._service("image")),
            web.route("*", "/volume/v3{path:/.*}", self._service("block-storage")),
            web.route("*", "/network/v2.0{path:/.*}", self._service("network")),
        ]

    def _body(self, token: Token) -> dict[str, Any]:
        body = super()._body(token)
        if token.project is not None:
            paths = {"image": "/image/v2", "block-storage": "/volume/v3", "network": "/network"}
            body["token"]["catalog"] += [self._entry(service, path) for service, path in paths.items()]
        return body

    async def _image_version(self, request: web.Request) -> web.Response:
        return self._versions("v2.17", "/image/v2/")

    async def _volume_version(self, request: web.Request) -> web.Response:
        return self._versions("v3.0", "/volume/v3/", version=self.newest_cinder, min_version="3.0")

    async def _network_version(self, request: web.Request) -> web.Response:
        return self._versions("v2.0", "/network/v2.0/")

    def _versions(self, name: str, path: str, **more: str) -> web.Response:
        return web.json_response({"versions": [{**self._version(name, path), "status": "CURRENT", **more}]})


def refusal(status: int, message: str, kind: str = "badRequest") -> web.Response:
    """The way Cinder and, with another kind, Neutron say no."""
    return web.json_response({kind: {"code": status, "message": message}}, status=status)


@pytest.fixture
async def far() -> AsyncIterator[FarKrane]:
    cloud = FarKrane()
    async with serving(cloud):
        yield cloud


@pytest.fixture
def jiwoo(far: FarKrane) -> Credential:
    return Credential(far.issue(Token("jiwoo")), SHOP)
