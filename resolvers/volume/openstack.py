"""Block storage of a real OpenStack: Cinder API v3 behind `VolumePort`.

Reads as 9rum's own account for the collector, changes as the person. HTTP, tokens, deadlines and the mapping of errors are
`resolvers/clients/openstack`'s; the shape of Cinder's answers is `openstack_rows`'. No feed has `changes`: Cinder can filter by
`updated_at`, but never tells what was deleted.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_check import Breadth
from resolvers.clients.openstack_errors import refused_to_own_account
from resolvers.clients.openstack_http import Answer
from resolvers.clients.openstack_lists import inside, listed, pages, path, read_inside
from resolvers.errors import Conflict, GurumError, Invalid, NotFound, Unavailable
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Kind, Row
from resolvers.names import Names
from resolvers.quota import Quota
from resolvers.volume import openstack_rows as rows
from resolvers.volume.port import (
    MARKER,
    VOLUME,
    VOLUME_BACKUP,
    VOLUME_SNAPSHOT,
    VOLUME_TRANSFER,
    VOLUME_TYPE,
    TransferOffer,
    VolumeSpec,
    VolumeTypeRow,
)

SERVICE: Final = "block-storage"
# 3.59 (Stein, 2019): projects of transfers, and pages of them. 3.71 is the newest that this was written for.
WANTED, LEAST = "3.71", "3.59"
ACCESS_AT_ONCE: Final = 8  # requests for the projects of private types under way at the same time
# Cinder answers 400 for a resource in the wrong state, too; only these beginnings of its sentence tell it apart.
WRONG_STATE: Final = ("Invalid volume:", "Invalid snapshot:", "Invalid backup:")
NO_IMAGE: Final = "Invalid image identifier"
ALL_VOLUMES: Final = Breadth(
    SERVICE, "volumes", "/volumes/detail", {"all_tenants": 1}, "volumes", "os-vol-tenant-attr:tenant_id"
)
B = TypeVar("B")


class OpenStackVolume:
    def __init__(self, client: OpenStackClient, names: Names) -> None:
        self._client = client
        self._names = names

    def feeds(self) -> Sequence[Feed[Row]]:
        return (
            self._feed(VOLUME, "/volumes", rows.VOLUMES, rows.ONE_VOLUME, rows.volume_row),
            self._feed(VOLUME_SNAPSHOT, "/snapshots", rows.SNAPSHOTS, rows.ONE_SNAPSHOT, rows.snapshot_row),
            # A cloud may have no backups at all; that is no failure.
            self._feed(VOLUME_BACKUP, "/backups", rows.BACKUPS, rows.ONE_BACKUP, rows.backup_row, optional=True),
            self._feed(VOLUME_TRANSFER, "/volume-transfers", rows.TRANSFERS, rows.ONE_TRANSFER, rows.transfer_row),
            Feed[Any](kind=VOLUME_TYPE, full=self._types, one=self._type),
        )

    async def check(self) -> Sequence[CheckResult]:
        reachable = await self._client.checks.service(SERVICE, "/volumes", {"all_tenants": 1, "limit": 1})
        if not reachable.ok or not reachable.offered:
            return (reachable,)
        try:
            await self._version()
        except GurumError as error:
            return (CheckResult(reachable.name, False, error.message, "Use a Cinder of Stein (2019) or newer."),)
        narrow = await self._client.checks.sees_all(ALL_VOLUMES)
        return (reachable, *narrow, await self._check_backup())

    async def quotas(self, acting: Credential) -> Sequence[Quota]:
        answer = await self._send(acting, "GET", path("/os-quota-sets", acting.project or ""), params={"usage": "true"})
        return rows.quotas(self._inside(answer, rows.QUOTAS, "quota_set"))

    # -- volumes -------------------------------------------------------------------------------------------------------

    async def create_volume(self, acting: Credential, spec: VolumeSpec) -> str:
        wanted = {
            "name": spec.name,
            "size": spec.size,
            "description": spec.description,
            "volume_type": spec.type,
            "availability_zone": spec.az,
            "imageRef": spec.image,
            "snapshot_id": spec.snapshot,
            "source_volid": spec.source_volume,
        }
        body: dict[str, Any] = {key: value for key, value in wanted.items() if value is not None}
        body["metadata"] = {**spec.metadata, MARKER: spec.marker}
        try:
            return await self._created(acting, "/volumes", "volume", body)
        except Invalid as error:
            if error.message.startswith(NO_IMAGE):
                raise NotFound("There is no such image, or you may not use it.", backend=self._client.name) from error
            raise

    async def find_volumes(self, marker: str, project: str) -> Sequence[str]:
        return [body.id for body in await self._marked("/volumes", "volumes", rows.VOLUMES, marker, project)]

    async def delete_volume(self, acting: Credential, volume: str) -> None:
        await self._send(acting, "DELETE", path("/volumes", volume))

    async def extend_volume(self, acting: Credential, volume: str, size: int) -> None:
        await self._send(acting, "POST", path("/volumes", volume, "action"), {"os-extend": {"new_size": size}})

    async def update_volume(self, acting: Credential, volume: str, name: str | None, description: str | None) -> None:
        wanted = {"name": name, "description": description}
        if body := {key: value for key, value in wanted.items() if value is not None}:
            await self._send(acting, "PUT", path("/volumes", volume), {"volume": body})

    # -- snapshots and backups -----------------------------------------------------------------------------------------

    async def create_snapshot(
        self, acting: Credential, volume: str, name: str, description: str | None, marker: str
    ) -> str:
        body = {
            "volume_id": volume,
            "name": name,
            "description": description,
            "metadata": {MARKER: marker},
            "force": True,  # of a volume in use; ignored where Cinder needs no leave for it (3.66)
        }
        return await self._created(acting, "/snapshots", "snapshot", body)

    async def find_snapshots(self, marker: str, project: str) -> Sequence[str]:
        return [body.id for body in await self._marked("/snapshots", "snapshots", rows.SNAPSHOTS, marker, project)]

    async def delete_snapshot(self, acting: Credential, snapshot: str) -> None:
        await self._send(acting, "DELETE", path("/snapshots", snapshot))

    async def create_backup(
        self, acting: Credential, volume: str, name: str, description: str | None, incremental: bool
    ) -> str:
        body = {
            "volume_id": volume,
            "name": name,
            "description": description,
            "incremental": incremental,
            "force": True,  # of a volume in use
        }
        return await self._created(acting, "/backups", "backup", body)

    async def restore_backup(self, acting: Credential, backup: str, volume: str | None) -> str:
        body = {"restore": {} if volume is None else {"volume_id": volume}}
        answer = await self._send(acting, "POST", path("/backups", backup, "restore"), body)
        return self._inside(answer, rows.VOLUME_OF, "restore").volume_id

    async def delete_backup(self, acting: Credential, backup: str) -> None:
        await self._send(acting, "DELETE", path("/backups", backup))

    # -- transfers -----------------------------------------------------------------------------------------------------

    async def create_transfer(self, acting: Credential, volume: str, name: str) -> TransferOffer:
        answer = await self._send(
            acting, "POST", "/volume-transfers", {"transfer": {"volume_id": volume, "name": name}}
        )
        offer = self._inside(answer, rows.ONE_TRANSFER, "transfer")
        return TransferOffer(offer.id, offer.auth_key or "")

    async def accept_transfer(self, acting: Credential, transfer: str, key: str) -> str:
        body = {"accept": {"auth_key": key}}
        answer = await self._send(acting, "POST", path("/volume-transfers", transfer, "accept"), body)
        return self._inside(answer, rows.VOLUME_OF, "transfer").volume_id

    async def delete_transfer(self, acting: Credential, transfer: str) -> None:
        await self._send(acting, "DELETE", path("/volume-transfers", transfer))

    # -- own: reading --------------------------------------------------------------------------------------------------

    def _feed(
        self,
        kind: Kind[Any],
        collection: str,
        many: msgspec.json.Decoder[list[B]],
        single: msgspec.json.Decoder[dict[str, B]],
        row: Callable[[Names, B], Row],
        *,
        optional: bool = False,
    ) -> Feed[Row]:
        key = "transfers" if collection == "/volume-transfers" else collection.removeprefix("/")

        async def full() -> Sequence[Row]:
            try:
                # Oldest first, so that what is made while the pages are read comes on the last of them.
                found = self._pages(f"{collection}/detail", key, many, {"all_tenants": 1, "sort": "created_at:asc"})
                return [row(self._names, body) async for bodies in found for body in bodies]
            except NotFound:
                if optional:
                    return ()
                raise

        async def one(native: str) -> Row | None:
            try:
                answer = await self._client.read(
                    SERVICE, path(collection, native), single, microversion=await self._version(), shared=False
                )
            except NotFound:
                return None
            return row(self._names, inside(self._client, SERVICE, answer, key.removesuffix("s")))

        return Feed[Row](kind=kind, full=full, one=one)

    async def _pages(
        self, where: str, key: str, decoder: msgspec.json.Decoder[list[B]], params: dict[str, str | int]
    ) -> AsyncIterator[list[B]]:
        version = await self._version()
        async for bodies in pages(self._client, SERVICE, where, key, decoder, params, microversion=version):
            yield bodies

    async def _marked(
        self, collection: str, key: str, decoder: msgspec.json.Decoder[list[B]], marker: str, project: str
    ) -> list[B]:
        """What carries the marker, looked for by Cinder and once more here, because a cloud's filters are configured."""
        await self._client.checks.require_all(ALL_VOLUMES, project)
        query: dict[str, str | int] = {"all_tenants": 1, "project_id": project, "metadata": str({MARKER: marker})}
        found: AsyncIterator[list[Any]] = self._pages(f"{collection}/detail", key, decoder, query)
        return [
            body
            async for bodies in found
            for body in bodies
            if body.project_id == project and body.metadata.get(MARKER) == marker
        ]

    async def _types(self) -> Sequence[VolumeTypeRow]:
        found = await listed(
            self._client,
            SERVICE,
            "/types",
            "volume_types",
            rows.TYPES,
            {"is_public": "None"},
            links="volume_type_links",  # not as Cinder's other lists name theirs
            microversion=await self._version(),
        )
        slots = asyncio.Semaphore(ACCESS_AT_ONCE)

        async def row(body: rows.TypeBody) -> VolumeTypeRow:
            async with slots:
                return rows.type_row(self._names, body, await self._access(body))

        return await asyncio.gather(*(row(body) for body in found))

    async def _type(self, native: str) -> VolumeTypeRow | None:
        try:
            answer = await self._client.read(
                SERVICE, path("/types", native), rows.ONE_TYPE, microversion=await self._version(), shared=False
            )
        except NotFound:
            return None
        body = inside(self._client, SERVICE, answer, "volume_type")
        return rows.type_row(self._names, body, await self._access(body))

    async def _access(self, body: rows.TypeBody) -> Sequence[rows.TypeAccess]:
        """The projects that may use a private type; none when it was deleted after it was listed, or the cloud does not tell."""
        if body.is_public:
            return ()
        try:
            answer = await self._client.read(
                SERVICE, path("/types", body.id, "os-volume-type-access"), rows.TYPE_ACCESS, shared=False
            )
        except NotFound:
            return ()
        except Unavailable as error:
            if refused_to_own_account(error):
                return ()
            raise
        return inside(self._client, SERVICE, answer, "volume_type_access")

    async def _check_backup(self) -> CheckResult:
        name = f"{self._client.name} backups"
        try:
            answer = await self._client.read(SERVICE, "/os-services", rows.SERVICES, {"binary": "cinder-backup"})
        except GurumError as error:
            return CheckResult(name, True, f"Whether cinder-backup runs is not known: {error.message}")
        if any(service.state == "up" for service in answer.get("services", ())):
            return CheckResult(name, True, "cinder-backup runs, so volumes can be backed up.")
        return CheckResult(
            name,
            True,
            "No cinder-backup runs: the list of backups is what was made before, and a new backup is refused.",
            "Start cinder-backup if people shall make backups.",
        )

    # -- own: changing -------------------------------------------------------------------------------------------------

    async def _version(self) -> str:
        return await self._client.microversion(SERVICE, WANTED, LEAST)

    async def _send(
        self, acting: Credential, method: str, where: str, body: Any = None, params: dict[str, str] | None = None
    ) -> Answer:
        """Conflict where Cinder calls a wrong state bad input."""
        try:
            return await self._client.send(
                acting, method, SERVICE, where, json=body, params=params, microversion=await self._version()
            )
        except Invalid as error:
            if error.message.startswith(WRONG_STATE):
                raise Conflict(error.message, backend=error.backend, request_id=error.request_id) from error
            raise

    async def _created(self, acting: Credential, collection: str, key: str, body: dict[str, Any]) -> str:
        answer = await self._send(acting, "POST", collection, {key: body})
        return self._inside(answer, rows.CREATED, key).id

    def _inside(self, answer: Answer, decoder: msgspec.json.Decoder[dict[str, B]], key: str) -> B:
        return read_inside(self._client, SERVICE, answer.body, decoder, key)
