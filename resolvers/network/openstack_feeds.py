"""What the read model knows of a real OpenStack's networks: full lists and single resources of Neutron, as 9rum's own account.

Made by `network/openstack.py`. No feed has `changes`: Neutron can filter by `changed_since`, but never tells what was deleted.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec.structs import fields

from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_lists import inside, listed, pages, path
from resolvers.errors import NotFound
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Kind, Row
from resolvers.names import Names
from resolvers.network import openstack_rows as rows
from resolvers.network.port import (
    FLOATING_IP,
    NETWORK,
    PORT,
    ROUTER,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    SUBNET,
    SUBNET_POOL,
)

SERVICE: Final = "network"
NOBODY: Final = rows.Audience()
B = TypeVar("B", bound=msgspec.Struct)


@dataclass(frozen=True)
class Collection(Generic[B]):
    """`where` is the path with the fields that are asked for, `name` the key of a list, `single` that of one resource."""

    name: str
    single: str
    where: str
    many: msgspec.json.Decoder[list[B]]
    one: msgspec.json.Decoder[dict[str, B]]

    @property
    def path(self) -> str:
        return self.where.split("?")[0]

    @property
    def query(self) -> str:
        return "?" + self.where.split("?")[1]


def _collection(name: str, single: str, body: type[B]) -> Collection[B]:
    query = "&".join(f"fields={field.encode_name}" for field in fields(body))
    return Collection(
        name,
        single,
        f"/{name.replace('_', '-')}?{query}",
        msgspec.json.Decoder(list[body]),  # type: ignore[valid-type]  # a type known at run time only
        msgspec.json.Decoder(dict[str, body]),  # type: ignore[valid-type]  # the same
    )


NETWORKS: Final = _collection("networks", "network", rows.NetworkBody)
NETWORK_FLAGS: Final = _collection("networks", "network", rows.NetworkFlags)
SUBNETS: Final = _collection("subnets", "subnet", rows.SubnetBody)
PORTS: Final = _collection("ports", "port", rows.PortBody)
ROUTERS: Final = _collection("routers", "router", rows.RouterBody)
FLOATING_IPS: Final = _collection("floatingips", "floatingip", rows.FloatingIpBody)
SECURITY_GROUPS: Final = _collection("security_groups", "security_group", rows.SecurityGroupBody)
RULES: Final = _collection("security_group_rules", "security_group_rule", rows.RuleBody)
SUBNET_POOLS: Final = _collection("subnetpools", "subnetpool", rows.SubnetPoolBody)
POLICIES: Final = _collection("rbac_policies", "rbac_policy", rows.PolicyBody)
Policies = Mapping[str, Sequence[rows.PolicyBody]]


class NetworkFeeds:
    def __init__(self, client: OpenStackClient, names: Names) -> None:
        self._client = client
        self._names = names

    def all(self) -> Sequence[Feed[Row]]:
        return (
            self._shared(NETWORK, NETWORKS, rows.network_row, "network"),
            Feed[Any](kind=SUBNET, full=self._subnets, one=self._subnet),
            self._plain(PORT, PORTS, rows.port_row),
            # A cloud without Neutron's router service has neither of these two; that is no failure.
            self._plain(ROUTER, ROUTERS, rows.router_row, optional=True),
            self._plain(FLOATING_IP, FLOATING_IPS, rows.floating_ip_row, optional=True),
            self._shared(SECURITY_GROUP, SECURITY_GROUPS, rows.security_group_row, "security_group"),
            self._plain(SECURITY_GROUP_RULE, RULES, rows.rule_row),
            self._shared(SUBNET_POOL, SUBNET_POOLS, rows.subnet_pool_row, "subnetpool"),
        )

    # -- own -----------------------------------------------------------------------------------------------------------

    def _plain(
        self, kind: Kind[Any], collection: Collection[B], row: Callable[[Names, B], Row], *, optional: bool = False
    ) -> Feed[Row]:
        async def full() -> Sequence[Row]:
            try:
                return [row(self._names, body) async for bodies in self._pages(collection) for body in bodies]
            except NotFound:
                if optional:
                    return ()
                raise

        async def one(native: str) -> Row | None:
            body = await self._one(collection, native)
            return None if body is None else row(self._names, body)

        return Feed[Any](kind=kind, full=full, one=one)

    def _shared(
        self,
        kind: Kind[Any],
        collection: Collection[Any],
        row: Callable[[Names, Any, rows.Audience], Row],
        object_type: str,
    ) -> Feed[Row]:
        async def full() -> Sequence[Row]:
            policies = await self._policies(object_type)
            return [
                row(self._names, body, self._audience(body, policies))
                async for bodies in self._pages(collection)
                for body in bodies
            ]

        async def one(native: str) -> Row | None:
            body = await self._one(collection, native)
            if body is None:
                return None
            return row(self._names, body, self._audience(body, await self._policies(object_type, native)))

        return Feed[Any](kind=kind, full=full, one=one)

    async def _subnets(self) -> Sequence[Row]:
        networks, policies = await asyncio.gather(self._list(NETWORK_FLAGS), self._policies("network"))
        seen_by = {network.id: self._audience(network, policies) for network in networks}
        return [
            rows.subnet_row(self._names, body, seen_by.get(body.network_id, NOBODY))
            async for bodies in self._pages(SUBNETS)
            for body in bodies
        ]

    async def _subnet(self, native: str) -> Row | None:
        body = await self._one(SUBNETS, native)
        if body is None:
            return None
        network, policies = await asyncio.gather(
            self._one(NETWORK_FLAGS, body.network_id), self._policies("network", body.network_id)
        )
        return rows.subnet_row(self._names, body, NOBODY if network is None else self._audience(network, policies))

    def _audience(self, body: Any, policies: Policies) -> rows.Audience:
        external = getattr(body, "external", False)
        return rows.audience(self._names, body.shared, external, policies.get(body.id, ()))

    async def _policies(self, object_type: str, object_id: str | None = None) -> Policies:
        """By the id of what is shared; nothing where Neutron is too old to share this type by policies."""
        query = {"object_type": object_type} | ({} if object_id is None else {"object_id": object_id})
        found: defaultdict[str, list[rows.PolicyBody]] = defaultdict(list)
        try:
            for policy in await self._list(POLICIES, query):
                found[policy.object_id].append(policy)
        except NotFound:
            return {}
        return found

    def _pages(self, collection: Collection[B]) -> AsyncIterator[list[B]]:
        return pages(self._client, SERVICE, collection.where, collection.name, collection.many)

    async def _list(self, collection: Collection[B], params: Mapping[str, str | int] | None = None) -> list[B]:
        return await listed(self._client, SERVICE, collection.where, collection.name, collection.many, params)

    async def _one(self, collection: Collection[B], native: str) -> B | None:
        try:
            where = path(collection.path, native) + collection.query
            answer = await self._client.read(SERVICE, where, collection.one, shared=False)
        except NotFound:
            return None
        return inside(self._client, SERVICE, answer, collection.single)
