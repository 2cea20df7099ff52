"""Whole lists and single resources of the services that answer `{"volumes": [...], "volumes_links": [...]}`: Cinder and Neutron.

Used by their adapters on top of `openstack.OpenStackClient`. Also the one place that makes a path from an id that a caller gave.
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec

from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_errors import title
from resolvers.clients.openstack_http import Link, next_link
from resolvers.errors import NotFound, Unavailable

B = TypeVar("B")
# UUIDs with and without hyphens, ids of flavors (`m1.small`), and of users of an older LDAP, who go by their name there
# (`jiwoo.kim@example.com`). Anything else could be another path or another query.
_ID: Final = re.compile(r"[A-Za-z0-9_.@+-]{1,128}")
ELSEWHERE: Final = (".", "..")
NO_SUCH: Final = "There is no resource with such an id."
_RAW_PAGE: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LINKS: Final = msgspec.json.Decoder(list[Link])


def path(collection: str, native: str, *rest: str) -> str:
    """`/volumes/5f0c.../action`. NotFound for a text that can not be an id."""
    if not _ID.fullmatch(native):
        raise NotFound(NO_SUCH)
    return "/".join((collection, *map(step, (native, *rest))))


def step(text: str) -> str:
    """A text that people chose, as one step of a path. NotFound for those that lead elsewhere, which no encoding helps against: with
    `..` for a label, the call that removes it would delete the server."""
    if text in ELSEWHERE:
        raise NotFound(NO_SUCH)
    return quote(text, safe="")


def inside(client: OpenStackClient, service: str, answer: dict[str, B], key: str) -> B:
    """The resource that an answer promises under its name."""
    if key not in answer:
        raise Unavailable(
            f"{title(client.name, service)} answered without the `{key}` that was asked for.",
            backend=client.name,
            lost=True,
        )
    return answer[key]


def read_inside(
    client: OpenStackClient, service: str, body: bytes, decoder: msgspec.json.Decoder[dict[str, B]], key: str
) -> B:
    """As `inside`, of an answer as it came."""
    return inside(client, service, client.decode(service, body, decoder), key)


async def pages(
    client: OpenStackClient,
    service: str,
    path: str,
    key: str,
    decoder: msgspec.json.Decoder[list[B]],
    params: Mapping[str, str | int] | None = None,
    *,
    links: str | None = None,
    microversion: str | None = None,
) -> AsyncIterator[list[B]]:
    """A list, page by page, so that 25,000 rows are never made in one go while everyone else waits.

    `key` names the list in the answer, `links` its links: by default `<key>_links`.
    """
    links_key = links or f"{key}_links"

    def next_of(page: dict[str, msgspec.Raw]) -> str | None:
        raw = page.get(links_key)
        found: list[Link] = [] if raw is None else client.decode(service, bytes(raw), _LINKS)
        return next_link(found)

    async for page in client.pages(service, path, _RAW_PAGE, next_of, params, microversion=microversion):
        bodies: list[B] = client.decode(service, bytes(page.get(key, b"null")), decoder)
        yield bodies


async def listed(
    client: OpenStackClient,
    service: str,
    path: str,
    key: str,
    decoder: msgspec.json.Decoder[list[B]],
    params: Mapping[str, str | int] | None = None,
    *,
    links: str | None = None,
    microversion: str | None = None,
) -> list[B]:
    """As `pages`, all of it."""
    found = pages(client, service, path, key, decoder, params, links=links, microversion=microversion)
    return [body async for bodies in found for body in bodies]
