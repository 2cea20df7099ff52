"""Compute of a real OpenStack: Nova behind `ComputePort`.

Changes are made here, as the person; lists for the read model are `openstack_feeds`. HTTP, tokens, deadlines and the mapping of errors are
`resolvers/clients/openstack`'s.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.clients.openstack import OpenStackClient, parsed
from resolvers.clients.openstack_errors import title
from resolvers.clients.openstack_http import Answer, Link, next_link
from resolvers.clients.openstack_lists import path, read_inside, step
from resolvers.compute import openstack_create as create
from resolvers.compute import openstack_rows as rows
from resolvers.compute.openstack_feeds import SERVICE, ComputeFeeds
from resolvers.compute.port import MARKER, Console, ServerEvent, ServerSpec, ServerVerb
from resolvers.errors import Conflict, GurumError, Invalid, NotFound, Unavailable
from resolvers.image import port as image_port
from resolvers.inventory.feed import Feed
from resolvers.names import Names
from resolvers.quota import Quota

VERBS: Final[Mapping[ServerVerb, Mapping[str, Any]]] = {
    ServerVerb.START: {"os-start": None},
    ServerVerb.STOP: {"os-stop": None},
    ServerVerb.REBOOT_SOFT: {"reboot": {"type": "SOFT"}},
    ServerVerb.REBOOT_HARD: {"reboot": {"type": "HARD"}},
    ServerVerb.PAUSE: {"pause": None},
    ServerVerb.UNPAUSE: {"unpause": None},
    ServerVerb.SUSPEND: {"suspend": None},
    ServerVerb.RESUME: {"resume": None},
    ServerVerb.SHELVE: {"shelve": None},
    ServerVerb.UNSHELVE: {"unshelve": None},
    ServerVerb.LOCK: {"lock": None},
    ServerVerb.UNLOCK: {"unlock": None},
    ServerVerb.CONFIRM_RESIZE: {"confirmResize": None},
    ServerVerb.REVERT_RESIZE: {"revertResize": None},
}
# What 9rum check tries beside servers, and the policy that lets an account read it.
READ_BY_ADMINS: Final[Sequence[tuple[str, str, str, Mapping[str, str | int]]]] = (
    ("hypervisors", "os_compute_api:os-hypervisors:list-detail", "/os-hypervisors/detail", {"limit": 1}),
    ("compute services", "os_compute_api:os-services:list", "/os-services", {}),
)
CONSOLES: Final = {"novnc": "vnc", "spice-html5": "spice", "serial": "serial", "rdp-html5": "rdp", "webmks": "mks"}
# Nova plugs an interface while the caller waits, and asks Neutron and the hypervisor for it.
PLUG_DEADLINE: Final = 60.0  # seconds


class _Id(msgspec.Struct):
    id: str
    metadata: dict[str, str] = {}


class _Page(msgspec.Struct):
    servers: list[_Id]
    servers_links: list[Link] = []


class _Created(msgspec.Struct):
    server: _Id | None = None
    reservation_id: str | None = None


class _Console(msgspec.Struct):
    type: str
    url: str


class _Interface(msgspec.Struct):
    port_id: str


B = TypeVar("B")
_PAGE: Final = msgspec.json.Decoder(_Page)
_CREATED: Final = msgspec.json.Decoder(_Created)
_TEXTS: Final = msgspec.json.Decoder(dict[str, str])
_IDS: Final = msgspec.json.Decoder(dict[str, _Id])
_CONSOLE: Final = msgspec.json.Decoder(dict[str, _Console])
_INTERFACE: Final = msgspec.json.Decoder(dict[str, _Interface])
_INTERFACES: Final = msgspec.json.Decoder(dict[str, list[_Interface]])


class OpenStackCompute:
    def __init__(self, client: OpenStackClient, names: Names) -> None:
        self._client = client
        self._names = names
        self._feeds = ComputeFeeds(client, names)

    def feeds(self) -> Sequence[Feed[Any]]:
        return self._feeds.feeds()

    async def check(self) -> Sequence[CheckResult]:
        reachable = await self._client.checks.service(SERVICE, "/servers/detail", {"all_tenants": 1, "limit": 1})
        if not reachable.ok:
            return (reachable,)
        try:
            version = await self._feeds.version()
        except GurumError as error:
            return (CheckResult(reachable.name, False, error.message, "Use a Nova of Queens (2018) or newer."),)
        found = [reachable]
        for what, policy, where, params in READ_BY_ADMINS:
            found += await self._client.checks.may_read(SERVICE, what, policy, where, params, microversion=version)
        return found

    async def quotas(self, acting: Credential) -> Sequence[Quota]:
        answer = await self._send(acting, "GET", path("/os-quota-sets", acting.project or "", "detail"))
        found = self._inside(answer, rows.QUOTAS, "quota_set")
        return rows.quotas(found)

    # -- servers -------------------------------------------------------------------------------------------------------

    async def create_servers(self, acting: Credential, spec: ServerSpec) -> Sequence[str]:
        answer = await self._send(acting, "POST", "/servers", create.body(spec))
        created = self._client.decode(SERVICE, answer.body, _CREATED)
        if created.server is not None:
            return [created.server.id]
        try:
            return await self._reserved(acting, created.reservation_id)
        except GurumError as error:
            raise Unavailable(
                f"{title(self._client.name, SERVICE)} took the order and did not tell which servers it makes.",
                backend=error.backend,
                request_id=error.request_id,
                lost=True,
            ) from error

    async def _reserved(self, acting: Credential, reservation: str | None) -> list[str]:
        if not reservation:  # without it all servers of the project would be the answer
            raise Unavailable("The answer names neither a server nor a reservation.", backend=self._client.name)
        found = await self._send(acting, "GET", "/servers", params={"reservation_id": reservation})
        servers = self._client.decode(SERVICE, found.body, _PAGE).servers
        return [server.id for server in reversed(servers)]  # Nova lists the newest first

    async def find_servers(self, marker: str, project: str) -> Sequence[str]:
        """Nova can not search by metadata, so the project's servers are read and compared here; this is asked after a crash only."""
        found: list[str] = []
        params: dict[str, str | int] = {"all_tenants": 1, "project_id": project}
        async for page in self._client.pages(
            SERVICE,
            "/servers/detail",
            _PAGE,
            lambda page: next_link(page.servers_links),
            params,
            microversion=await self._feeds.version(),
        ):
            found += [server.id for server in page.servers if server.metadata.get(MARKER) == marker]
        return found

    async def delete_server(self, acting: Credential, server: str) -> None:
        await self._send(acting, "DELETE", path("/servers", server))

    async def change_server(self, acting: Credential, server: str, verb: ServerVerb) -> None:
        await self._act(acting, server, VERBS[verb])

    async def resize_server(self, acting: Credential, server: str, flavor: str) -> None:
        await self._act(acting, server, {"resize": {"flavorRef": flavor}})

    async def rebuild_server(self, acting: Credential, server: str, image: str) -> None:
        await self._act(acting, server, {"rebuild": {"imageRef": image}})

    async def snapshot_server(self, acting: Credential, server: str, name: str, marker: str) -> str:
        # Nova gives the metadata to Glance as properties of the image.
        image = {"name": name, "metadata": {image_port.MARKER: marker}}
        answer = await self._act(acting, server, {"createImage": image})
        return self._inside(answer, _TEXTS, "image_id")

    async def rename_server(self, acting: Credential, server: str, name: str) -> None:
        await self._send(acting, "PUT", path("/servers", server), {"server": {"name": name}})

    async def set_metadata(
        self, acting: Credential, server: str, metadata: Mapping[str, str], remove: Sequence[str]
    ) -> None:
        if metadata:
            await self._send(acting, "POST", path("/servers", server, "metadata"), {"metadata": dict(metadata)})
        for key in remove:
            try:
                await self._send(acting, "DELETE", path("/servers", server, "metadata", key))
            except NotFound as error:
                if "metadata" not in error.message.lower():  # the server itself is gone, not the key
                    raise

    async def set_tags(self, acting: Credential, server: str, tags: Sequence[str]) -> None:
        await self._send(acting, "PUT", path("/servers", server, "tags"), {"tags": list(tags)})

    # -- what is attached ----------------------------------------------------------------------------------------------

    async def attach_volume(self, acting: Credential, server: str, volume: str, device: str | None) -> None:
        attachment = {"volumeId": volume} if device is None else {"volumeId": volume, "device": device}
        where = path("/servers", server, "os-volume_attachments")
        try:
            await self._send(acting, "POST", where, {"volumeAttachment": attachment})
        except Invalid as error:
            # Nova passes on what Cinder says of a volume in the wrong state, attached already for one, as 400.
            if error.message.startswith("Invalid volume:"):
                raise Conflict(error.message, backend=error.backend, request_id=error.request_id) from error
            raise

    async def detach_volume(self, acting: Credential, server: str, volume: str) -> None:
        await self._send(acting, "DELETE", path("/servers", server, "os-volume_attachments", volume))

    async def interfaces(self, acting: Credential, server: str) -> Sequence[str]:
        answer = await self._send(acting, "GET", path("/servers", server, "os-interface"))
        found = self._inside(answer, _INTERFACES, "interfaceAttachments")
        return [interface.port_id for interface in found]

    async def attach_interface(self, acting: Credential, server: str, network: str | None, port: str | None) -> str:
        wanted = {"port_id": port} if port is not None else {"net_id": network}
        where = path("/servers", server, "os-interface")
        answer = await self._send(acting, "POST", where, {"interfaceAttachment": wanted}, deadline=PLUG_DEADLINE)
        return self._inside(answer, _INTERFACE, "interfaceAttachment").port_id

    async def detach_interface(self, acting: Credential, server: str, port: str) -> None:
        await self._send(acting, "DELETE", path("/servers", server, "os-interface", port))

    async def add_security_group(self, acting: Credential, server: str, group: str) -> None:
        await self._act(acting, server, {"addSecurityGroup": {"name": group}})

    async def remove_security_group(self, acting: Credential, server: str, group: str) -> None:
        await self._act(acting, server, {"removeSecurityGroup": {"name": group}})

    # -- what is read live ---------------------------------------------------------------------------------------------

    async def console_log(self, acting: Credential, server: str, lines: int) -> str:
        answer = await self._act(acting, server, {"os-getConsoleOutput": {"length": lines}})
        return self._inside(answer, _TEXTS, "output")

    async def console(self, acting: Credential, server: str, type_: str) -> Console:
        if type_ not in CONSOLES:
            raise Invalid(f"A console is one of {', '.join(CONSOLES)}.", field="type")
        wanted = {"protocol": CONSOLES[type_], "type": type_}
        answer = await self._send(
            acting, "POST", path("/servers", server, "remote-consoles"), {"remote_console": wanted}
        )
        opened = self._inside(answer, _CONSOLE, "remote_console")
        return Console(opened.type, opened.url)

    async def history(self, acting: Credential, server: str) -> Sequence[ServerEvent]:
        answer = await self._send(acting, "GET", path("/servers", server, "os-instance-actions"))
        events = self._inside(answer, rows.EVENTS, "instanceActions")
        return [rows.event(self._names, body) for body in events]

    # -- keypairs, server groups, flavors ------------------------------------------------------------------------------

    async def create_keypair(self, acting: Credential, name: str, public_key: str) -> None:
        keypair = {"name": name, "public_key": public_key, "type": "ssh"}
        await self._send(acting, "POST", "/os-keypairs", {"keypair": keypair})

    async def delete_keypair(self, acting: Credential, name: str) -> None:
        await self._send(acting, "DELETE", f"/os-keypairs/{step(name)}")

    async def create_server_group(self, acting: Credential, name: str, policy: str) -> str:
        version = await self._feeds.version()
        # One policy since 2.64, a list of one before.
        group = {"name": name, **({"policies": [policy]} if parsed(version) < (2, 64) else {"policy": policy})}
        answer = await self._send(acting, "POST", "/os-server-groups", {"server_group": group})
        return self._inside(answer, _IDS, "server_group").id

    async def delete_server_group(self, acting: Credential, group: str) -> None:
        await self._send(acting, "DELETE", path("/os-server-groups", group))

    async def create_flavor(self, acting: Credential, name: str, vcpus: int, ram: int, disk: int, public: bool) -> str:
        flavor = {"name": name, "vcpus": vcpus, "ram": ram, "disk": disk, "os-flavor-access:is_public": public}
        answer = await self._send(acting, "POST", "/flavors", {"flavor": flavor})
        return self._inside(answer, _IDS, "flavor").id

    async def delete_flavor(self, acting: Credential, flavor: str) -> None:
        await self._send(acting, "DELETE", path("/flavors", flavor))

    # -- own -----------------------------------------------------------------------------------------------------------

    def _inside(self, answer: Answer, decoder: msgspec.json.Decoder[dict[str, B]], key: str) -> B:
        return read_inside(self._client, SERVICE, answer.body, decoder, key)

    async def _act(self, acting: Credential, server: str, action: Mapping[str, Any]) -> Answer:
        return await self._send(acting, "POST", path("/servers", server, "action"), action)

    async def _send(
        self,
        acting: Credential,
        method: str,
        where: str,
        json: Any = None,
        *,
        params: Mapping[str, str] | None = None,
        deadline: float | None = None,
    ) -> Answer:
        return await self._client.send(
            acting,
            method,
            SERVICE,
            where,
            json=json,
            params=params,
            microversion=await self._feeds.version(),
            deadline=deadline,
        )
