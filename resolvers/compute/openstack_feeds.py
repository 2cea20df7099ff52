"""What Nova offers to the read model: full lists, changed servers, and single resources, read with 9rum's own account.

Made by `openstack.py`. A listed server names its flavor and its hypervisor and leaves its groups out, so a full list of servers reads
those lists first; the rows of all kinds are made in `openstack_rows` and `openstack_server_rows`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_errors import refused_to_own_account
from resolvers.clients.openstack_http import next_link
from resolvers.clients.openstack_lists import inside, listed, path, step
from resolvers.compute import openstack_rows as rows
from resolvers.compute.openstack_cells import LastSeen
from resolvers.compute.openstack_keypairs import Keypairs
from resolvers.compute.openstack_server_rows import ONE_SERVER, SERVER_PAGE, Server, ServerPage, ServerRows
from resolvers.compute.port import (
    COMPUTE_SERVICE,
    FLAVOR,
    HYPERVISOR,
    KEYPAIR,
    SERVER,
    SERVER_GROUP,
    ZONE,
    ComputeServiceRow,
    FlavorRow,
    HypervisorRow,
    ServerGroupRow,
    ServerRow,
    ZoneRow,
)
from resolvers.errors import GurumError, NotFound, Unavailable
from resolvers.inventory.feed import Changes, Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names

R = TypeVar("R", bound=Row)
B = TypeVar("B")
SERVICE: Final = "compute"
# 2.60 (Queens, 2018) is the least that servers, volumes and actions here need; nothing newer than 2.90 is used.
WANTED, LEAST = "2.90", "2.60"
# From 2.88 on Nova leaves the numbers of hypervisors out, and 2.53 is the first with ids that are the same in all cells.
HYPERVISORS_WANTED, HYPERVISORS_LEAST = "2.87", "2.53"
ACCESS_AT_ONCE: Final = 4  # requests for the projects of private flavors under way at the same time


class ComputeFeeds:
    def __init__(self, client: OpenStackClient, names: Names) -> None:
        self._client = client
        self._names = names
        self._rows = ServerRows(names)
        self._gone_flavors: set[str] = set()
        self._last_seen = LastSeen(self._read_server)
        self.keypairs = Keypairs(client, names)

    def feeds(self) -> Sequence[Feed[Any]]:
        return (
            Feed(SERVER, self._servers, self._server, self._changed_servers),
            Feed(FLAVOR, self._flavors, self._flavor),
            Feed(KEYPAIR, self.keypairs.full, self.keypairs.one),
            Feed(SERVER_GROUP, self._groups, self._group),
            Feed(ZONE, self._zones, _one_of(self._zones)),
            Feed(HYPERVISOR, self._hypervisors, self._hypervisor),
            Feed(COMPUTE_SERVICE, self._services, _one_of(self._services)),
        )

    async def version(self) -> str:
        return await self._client.microversion(SERVICE, WANTED, LEAST)

    # -- servers -------------------------------------------------------------------------------------------------------

    async def _servers(self) -> list[ServerRow]:
        await asyncio.gather(
            self._list_flavors(), _unless_refused(self._list_hypervisors()), _unless_refused(self._list_groups())
        )
        self._gone_flavors.clear()
        found: list[ServerRow] = []
        async for page in self._pages({}):
            found += self._made(page.servers)
        return found + await self._last_seen.left_out(found)

    async def _changed_servers(self, since: datetime) -> Changes[ServerRow]:
        """Nova tells of servers that were deleted since, as long as it has not purged them; the next full list heals the rest.

        `since` is by our clock and Nova compares it with moments of its own, which may be behind.
        """
        since -= max(self._client.behind(SERVICE), timedelta())
        asked = {"changes-since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        changed: list[ServerRow] = []
        deleted: list[str] = []
        async for page in self._pages(asked):
            here = [server for server in page.servers if server.status != "DELETED"]
            deleted += [server.id for server in page.servers if server.status == "DELETED"]
            await self._know_flavors(here)
            changed += self._made(here)
        self._last_seen.saw(changed, deleted)
        return Changes(changed, [self._names.id("server", native) for native in deleted])

    async def _server(self, native: str) -> ServerRow | None:
        row = await self._read_server(native)
        if row is None:
            self._last_seen.saw((), (native,))
            return None
        row = self._last_seen.filled(row)
        self._last_seen.saw((row,))
        return row

    async def _read_server(self, native: str) -> ServerRow | None:
        try:
            answer = await self._client.read(
                SERVICE, path("/servers", native), ONE_SERVER, microversion=await self.version(), shared=False
            )
        except NotFound:
            return None
        await self._know_flavors([answer.server])
        return self._made([answer.server])[0]

    async def _pages(self, params: Mapping[str, str]) -> Any:
        version = await self.version()
        async for page in self._client.pages(
            SERVICE, "/servers/detail", SERVER_PAGE, _next_page, {**params, "all_tenants": 1}, microversion=version
        ):
            yield page

    def _made(self, servers: Sequence[Server]) -> list[ServerRow]:
        self.keypairs.saw({server.user_id for server in servers if server.key_name})
        return [self._rows.row(server) for server in servers]

    async def _know_flavors(self, servers: Iterable[Server]) -> None:
        """A server may be made from a flavor that is newer than the last list of them. One that is gone is asked for once."""
        unknown = {server.flavor.original_name for server in servers} - self._rows.flavors.keys() - self._gone_flavors
        if unknown:
            await self._list_flavors()
            self._gone_flavors |= unknown - self._rows.flavors.keys()

    # -- flavors -------------------------------------------------------------------------------------------------------

    async def _list_flavors(self) -> list[rows.FlavorBody]:
        bodies = await listed(
            self._client,
            SERVICE,
            "/flavors/detail",
            "flavors",
            rows.FLAVORS,
            {"is_public": "None"},  # Nova's word for both public and private ones
            microversion=await self.version(),
        )
        self._rows.flavors = {body.name: self._names.ref("flavor", body.id) or "" for body in bodies}
        return bodies

    async def _flavors(self) -> list[FlavorRow]:
        limit = asyncio.Semaphore(ACCESS_AT_ONCE)

        async def made(body: rows.FlavorBody) -> FlavorRow | None:
            async with limit:
                return await self._made_flavor(body)

        found = await asyncio.gather(*(made(body) for body in await self._list_flavors()))
        return [row for row in found if row is not None]

    async def _flavor(self, native: str) -> FlavorRow | None:
        try:
            answer = await self._client.read(
                SERVICE, path("/flavors", native), rows.FLAVOR, microversion=await self.version(), shared=False
            )
        except NotFound:
            return None
        return await self._made_flavor(inside(self._client, SERVICE, answer, "flavor"))

    async def _made_flavor(self, body: rows.FlavorBody) -> FlavorRow | None:
        """None when a private flavor was deleted between its list and the question who may use it. Where the cloud does not tell that,
        nobody but operators is shown it."""
        shared_with: list[str] = []
        if not body.public:
            try:
                access = await self._client.read(
                    SERVICE,
                    f"/flavors/{step(body.id)}/os-flavor-access",
                    rows.ACCESS,
                    microversion=LEAST,
                    shared=False,
                )
                found = inside(self._client, SERVICE, access, "flavor_access")
                shared_with = [project.tenant_id for project in found]
            except NotFound:
                return None
            except Unavailable as error:
                if not refused_to_own_account(error):
                    raise
        return rows.flavor_row(self._names, body, shared_with)

    # -- server groups -------------------------------------------------------------------------------------------------

    async def _list_groups(self) -> list[rows.GroupBody]:
        """Pages by number: server groups are the one list of Nova without a marker."""
        version, size = await self.version(), self._client.settings.page_size
        bodies: list[rows.GroupBody] = []
        while True:
            asked: dict[str, str | int] = {"all_projects": "True", "limit": size, "offset": len(bodies)}
            page = await self._client.read(
                SERVICE,
                "/os-server-groups",
                rows.GROUPS,
                asked,
                microversion=version,
                deadline=self._client.settings.deadlines.page,
            )
            more = inside(self._client, SERVICE, page, "server_groups")
            if not more:
                break
            bodies += more
        groups: dict[str, tuple[str, ...]] = {}
        for body in bodies:
            for member in body.members:
                groups[member] = (*groups.get(member, ()), self._names.ref("serverGroup", body.id) or "")
        self._rows.groups = groups
        return bodies

    async def _groups(self) -> list[ServerGroupRow]:
        return [rows.group_row(self._names, body) for body in await self._list_groups()]

    async def _group(self, native: str) -> ServerGroupRow | None:
        try:
            answer = await self._client.read(
                SERVICE, path("/os-server-groups", native), rows.GROUP, microversion=await self.version(), shared=False
            )
        except NotFound:
            return None
        return rows.group_row(self._names, inside(self._client, SERVICE, answer, "server_group"))

    # -- the cloud's own -----------------------------------------------------------------------------------------------

    async def _zones(self) -> list[ZoneRow]:
        answer = await self._client.read(SERVICE, "/os-availability-zone", rows.ZONES, microversion=LEAST)
        return [
            rows.zone_row(self._names, body) for body in inside(self._client, SERVICE, answer, "availabilityZoneInfo")
        ]

    async def _list_hypervisors(self) -> list[rows.HypervisorBody]:
        version = await self._client.microversion(SERVICE, HYPERVISORS_WANTED, HYPERVISORS_LEAST)
        bodies = await listed(
            self._client, SERVICE, "/os-hypervisors/detail", "hypervisors", rows.HYPERVISORS, microversion=version
        )
        self._rows.hypervisors = {body.name: self._names.ref("hypervisor", body.id) or "" for body in bodies}
        return bodies

    async def _hypervisors(self) -> list[HypervisorRow]:
        return [rows.hypervisor_row(self._names, body) for body in await self._list_hypervisors()]

    async def _hypervisor(self, native: str) -> HypervisorRow | None:
        version = await self._client.microversion(SERVICE, HYPERVISORS_WANTED, HYPERVISORS_LEAST)
        try:
            answer = await self._client.read(
                SERVICE, path("/os-hypervisors", native), rows.HYPERVISOR, microversion=version, shared=False
            )
        except NotFound:
            return None
        return rows.hypervisor_row(self._names, inside(self._client, SERVICE, answer, "hypervisor"))

    async def _services(self) -> list[ComputeServiceRow]:
        answer = await self._client.read(SERVICE, "/os-services", rows.SERVICES, microversion=LEAST)
        return [rows.service_row(self._names, body) for body in inside(self._client, SERVICE, answer, "services")]


async def _unless_refused(listing: Awaitable[object]) -> None:
    """A list of which servers only take a name: an account that may not read it sees the servers all the same."""
    try:
        await listing
    except GurumError as error:
        if not refused_to_own_account(error):
            raise


def _next_page(page: ServerPage) -> str | None:
    return next_link(page.servers_links)


def _one_of(full: Callable[[], Awaitable[Sequence[R]]]) -> Callable[[str], Awaitable[R | None]]:
    """For short lists of which Nova shows no single entry."""

    async def one(native: str) -> R | None:
        return next((row for row in await full() if row.native_id == native), None)

    return one
