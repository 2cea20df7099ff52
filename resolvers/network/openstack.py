"""Networks of a real OpenStack: Neutron API v2.0 behind `NetworkPort`.

Changes are made as the person; reading for the collector is `openstack_feeds`'. HTTP, tokens, deadlines and the mapping of errors are
`resolvers/clients/openstack`'; the shape of Neutron's answers is `openstack_rows`'.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_check import Breadth
from resolvers.clients.openstack_lists import listed, path, read_inside
from resolvers.errors import Conflict, Denied, Invalid, NotFound
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names
from resolvers.network.openstack_feeds import SERVICE, NetworkFeeds
from resolvers.network.openstack_marker import carries, marked
from resolvers.network.port import (
    FLOATING_IP,
    NETWORK,
    PORT,
    ROUTER,
    SECURITY_GROUP,
    SUBNET,
    SUBNET_POOL,
    RuleSpec,
    SubnetSpec,
)
from resolvers.quota import Quota

# What `find` looks through: kind -> the name of Neutron's list.
MARKED: Final = {
    NETWORK.name: "networks",
    SUBNET.name: "subnets",
    PORT.name: "ports",
    ROUTER.name: "routers",
    FLOATING_IP.name: "floatingips",
    SECURITY_GROUP.name: "security_groups",
    SUBNET_POOL.name: "subnetpools",
}
# Extensions without which a part of 9rum has nothing to work with -> what that part is.
EXTENSIONS: Final = {
    "router": "routers and floating IPs",
    "security-group": "security groups",
    "quota_details": "quotas with their use",
}
# Every project has a security group, and nobody but who may see all sees those of others.
ALL_GROUPS: Final = Breadth(
    SERVICE, "security groups", "/security-groups?fields=project_id", {}, "security_groups", "project_id"
)
# Neutron says 400 or 404 for these wrong states; only its sentence tells them apart.
WRONG_INTERFACE: Final = "Bad router request"
POOL_IN_USE: Final = "Unable to delete subnet pool"
NOT_REACHABLE: Final = "is not reachable from subnet"


class Created(msgspec.Struct):
    id: str


class Described(msgspec.Struct):
    id: str
    description: str | None = None


class QuotaUsage(msgspec.Struct):
    limit: int
    used: int
    reserved: int = 0


class Extension(msgspec.Struct):
    alias: str


_CREATED: Final = msgspec.json.Decoder(dict[str, Created])
_DESCRIBED: Final = msgspec.json.Decoder(list[Described])
_QUOTAS: Final = msgspec.json.Decoder(dict[str, dict[str, QuotaUsage]])
_EXTENSIONS: Final = msgspec.json.Decoder(dict[str, list[Extension]])


class OpenStackNetwork:
    def __init__(self, client: OpenStackClient, names: Names) -> None:
        self._client = client
        self._feeds = NetworkFeeds(client, names)

    def feeds(self) -> Sequence[Feed[Row]]:
        return self._feeds.all()

    async def check(self) -> Sequence[CheckResult]:
        reachable = await self._client.checks.service(SERVICE, "/networks", {"limit": 1})
        if not reachable.ok:
            return (reachable,)
        narrow = await self._client.checks.sees_all(ALL_GROUPS)
        return (reachable, *narrow, await self._check_extensions())

    async def quotas(self, acting: Credential) -> Sequence[Quota]:
        where = path("/quotas", acting.project or "", "details.json")
        try:
            answer = await self._send(acting, "GET", where)
        except NotFound:  # Neutron without the extension `quota_details`: it refuses what is too much all the same
            return ()
        found = read_inside(self._client, SERVICE, answer, _QUOTAS, "quota")
        return [
            Quota("network", resource, None if usage.limit < 0 else usage.limit, usage.used, usage.reserved)
            for resource, usage in found.items()
        ]

    async def find(self, kind: str, marker: str, project: str) -> Sequence[str]:
        await self._client.checks.require_all(ALL_GROUPS, project)
        name = MARKED[kind]
        where = f"/{name.replace('_', '-')}?fields=id&fields=description"
        found = await listed(self._client, SERVICE, where, name, _DESCRIBED, {"project_id": project})
        return [body.id for body in found if carries(body.description, marker)]

    # -- networks and subnets ------------------------------------------------------------------------------------------

    async def create_network(
        self, acting: Credential, name: str, description: str | None, mtu: int | None, marker: str
    ) -> str:
        body = {"name": name, "description": marked(description, marker), "mtu": mtu}
        return await self._create(acting, "/networks", "network", _given(body))

    async def update_network(
        self, acting: Credential, network: str, name: str | None, admin_state_up: bool | None
    ) -> None:
        body = _given({"name": name, "admin_state_up": admin_state_up})
        await self._update(acting, path("/networks", network), "network", body)

    async def delete_network(self, acting: Credential, network: str) -> None:
        await self._send(acting, "DELETE", path("/networks", network))

    async def create_subnet(self, acting: Credential, spec: SubnetSpec, marker: str) -> str:
        body = _given(
            {
                "name": spec.name,
                "network_id": spec.network,
                "cidr": spec.cidr,
                "subnetpool_id": spec.subnet_pool,
                "prefixlen": spec.prefix,
                "ip_version": spec.ip_version,
                "gateway_ip": spec.gateway_ip,
                "enable_dhcp": spec.dhcp,
                "dns_nameservers": list(spec.dns_nameservers),
                "description": marked(None, marker),
            }
        )
        if spec.no_gateway:
            body["gateway_ip"] = None  # left out it would mean: the first address
        return await self._create(acting, "/subnets", "subnet", body, within=path("/networks", spec.network))

    async def delete_subnet(self, acting: Credential, subnet: str) -> None:
        await self._send(acting, "DELETE", path("/subnets", subnet))

    async def create_subnet_pool(
        self, acting: Credential, name: str, prefixes: Sequence[str], default_prefix: int, shared: bool, marker: str
    ) -> str:
        body = {
            "name": name,
            "prefixes": list(prefixes),
            "default_prefixlen": default_prefix,
            "shared": shared or None,  # only operators may even mention it
            "description": marked(None, marker),
        }
        return await self._create(acting, "/subnetpools", "subnetpool", _given(body))

    async def delete_subnet_pool(self, acting: Credential, pool: str) -> None:
        with _wrong_state(POOL_IN_USE):
            await self._send(acting, "DELETE", path("/subnetpools", pool))

    # -- routers -------------------------------------------------------------------------------------------------------

    async def create_router(self, acting: Credential, name: str, external_network: str | None, marker: str) -> str:
        gateway = None if external_network is None else {"network_id": external_network}
        body = {"name": name, "description": marked(None, marker), "external_gateway_info": gateway}
        return await self._create(acting, "/routers", "router", _given(body))

    async def update_router(self, acting: Credential, router: str, name: str | None) -> None:
        await self._update(acting, path("/routers", router), "router", _given({"name": name}))

    async def set_gateway(self, acting: Credential, router: str, external_network: str | None) -> None:
        gateway = {} if external_network is None else {"network_id": external_network}
        await self._update(acting, path("/routers", router), "router", {"external_gateway_info": gateway})

    async def add_router_interface(self, acting: Credential, router: str, subnet: str) -> None:
        with _wrong_state(WRONG_INTERFACE):
            await self._send(acting, "PUT", path("/routers", router, "add_router_interface"), {"subnet_id": subnet})

    async def remove_router_interface(self, acting: Credential, router: str, subnet: str) -> None:
        await self._send(acting, "PUT", path("/routers", router, "remove_router_interface"), {"subnet_id": subnet})

    async def delete_router(self, acting: Credential, router: str) -> None:
        await self._send(acting, "DELETE", path("/routers", router))

    # -- ports and floating IPs ----------------------------------------------------------------------------------------

    async def create_port(
        self,
        acting: Credential,
        network: str,
        name: str,
        subnet: str | None,
        ip: str | None,
        security_groups: Sequence[str],
        marker: str,
    ) -> str:
        fixed = _given({"subnet_id": subnet, "ip_address": ip})
        body = {
            "network_id": network,
            "name": name,
            "description": marked(None, marker),
            "fixed_ips": [fixed] if fixed else None,
            "security_groups": list(security_groups) or None,  # left out it means: the project's default group
        }
        return await self._create(acting, "/ports", "port", _given(body), within=path("/networks", network))

    async def update_port(
        self,
        acting: Credential,
        port: str,
        name: str | None,
        security_groups: Sequence[str] | None,
        admin_state_up: bool | None,
    ) -> None:
        groups = None if security_groups is None else list(security_groups)
        body = _given({"name": name, "security_groups": groups, "admin_state_up": admin_state_up})
        await self._update(acting, path("/ports", port), "port", body)

    async def delete_port(self, acting: Credential, port: str) -> None:
        await self._send(acting, "DELETE", path("/ports", port))

    async def create_floating_ip(self, acting: Credential, network: str, description: str | None, marker: str) -> str:
        body = {"floating_network_id": network, "description": marked(description, marker)}
        return await self._create(acting, "/floatingips", "floatingip", body)

    async def associate_floating_ip(
        self, acting: Credential, floating_ip: str, port: str | None, fixed_ip: str | None = None
    ) -> None:
        body: dict[str, Any] = {"port_id": port, **_given({"fixed_ip_address": fixed_ip})}
        with _wrong_state(NOT_REACHABLE):
            await self._update(acting, path("/floatingips", floating_ip), "floatingip", body)

    async def delete_floating_ip(self, acting: Credential, floating_ip: str) -> None:
        await self._send(acting, "DELETE", path("/floatingips", floating_ip))

    # -- security groups -----------------------------------------------------------------------------------------------

    async def create_security_group(self, acting: Credential, name: str, description: str | None, marker: str) -> str:
        body = {"name": name, "description": marked(description, marker)}
        return await self._create(acting, "/security-groups", "security_group", body)

    async def update_security_group(
        self, acting: Credential, group: str, name: str | None, description: str | None
    ) -> None:
        body = _given({"name": name, "description": description})
        await self._update(acting, path("/security-groups", group), "security_group", body)

    async def delete_security_group(self, acting: Credential, group: str) -> None:
        await self._send(acting, "DELETE", path("/security-groups", group))

    async def create_rule(self, acting: Credential, group: str, spec: RuleSpec) -> str:
        body = {
            "security_group_id": group,
            "direction": spec.direction,
            "ethertype": spec.ethertype,
            "protocol": spec.protocol,
            "port_range_min": spec.port_min,
            "port_range_max": spec.port_max,
            "remote_ip_prefix": spec.remote_cidr,
            "remote_group_id": spec.remote_group,
            "description": spec.description,
        }
        within = path("/security-groups", group)
        return await self._create(acting, "/security-group-rules", "security_group_rule", _given(body), within=within)

    async def delete_rule(self, acting: Credential, rule: str) -> None:
        await self._send(acting, "DELETE", path("/security-group-rules", rule))

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _send(self, acting: Credential, method: str, where: str, body: Any = None) -> bytes:
        return (await self._client.send(acting, method, SERVICE, where, json=body)).body

    async def _create(
        self, acting: Credential, where: str, key: str, body: Mapping[str, Any], *, within: str | None = None
    ) -> str:
        """`within` is the path of what it becomes a part of."""
        try:
            answer = await self._send(acting, "POST", where, {key: body})
        except Denied:
            # Neutron says Denied for another project's network, too, and so tells that it exists. NotFound comes from this look.
            if within is not None:
                await self._send(acting, "GET", within)
            raise
        return read_inside(self._client, SERVICE, answer, _CREATED, key).id

    async def _update(self, acting: Credential, where: str, key: str, body: Mapping[str, Any]) -> None:
        if body:
            await self._send(acting, "PUT", where, {key: body})

    async def _check_extensions(self) -> CheckResult:
        answer = await self._client.read(SERVICE, "/extensions", _EXTENSIONS)
        offered = {extension.alias for extension in answer.get("extensions", ())}
        name = f"{self._client.name} network extensions"
        if missing := [what for alias, what in EXTENSIONS.items() if alias not in offered]:
            return CheckResult(
                name,
                False,
                f"Neutron offers no {', no '.join(missing)}.",
                "Enable the service plugins in neutron.conf, or do without these parts.",
            )
        return CheckResult(name, True, "Neutron offers routers, floating IPs, security groups and quotas.")


@contextlib.contextmanager
def _wrong_state(sentence: str) -> Iterator[None]:
    """Conflict where Neutron says with this sentence that the input was bad or the resource unknown."""
    try:
        yield
    except (Invalid, NotFound) as error:
        if sentence not in error.message:
            raise
        raise Conflict(error.message, backend=error.backend, request_id=error.request_id) from error


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was not given, so that Neutron's own defaults hold."""
    return {key: value for key, value in values.items() if value is not None}
