"""What every sandbox offers: flavors, images, volume types, zones, hypervisors, services. `many` adds variants for a large world."""

from typing import TYPE_CHECKING, Final

from resolvers.compute.port import ComputeServiceRow, FlavorRow, HypervisorRow, ZoneRow
from resolvers.image.port import ImageRow, ImageSpec
from resolvers.sandbox import catalogue, images
from resolvers.sandbox.people import Caller
from resolvers.sandbox.seed_people import project_id
from resolvers.volume.port import VolumeTypeRow

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

ZONES: Final = ("az-a", "az-b", "az-c")
FLAVORS: Final = {  # name -> (vCPU, MiB, GiB)
    "m1.tiny": (1, 512, 1),
    "m1.small": (1, 2048, 20),
    "m1.medium": (2, 4096, 40),
    "m1.large": (4, 8192, 80),
    "m1.xlarge": (8, 16384, 160),
}
FAMILIES: Final = {"c2": 2048, "g2": 4096, "r2": 8192, "x2": 16384}  # MiB for each vCPU
SIZES: Final = {"small": 1, "medium": 2, "large": 4, "xlarge": 8, "2xlarge": 16, "4xlarge": 32}
IMAGES: Final = {  # name -> (system, bytes, GiB at least, deprecated)
    "ubuntu-24.04": ("ubuntu", 612_368_384, 1, False),
    "ubuntu-22.04": ("ubuntu", 641_728_512, 1, False),
    "centos-9": ("centos", 987_758_592, 1, False),
    "rocky-9": ("rocky", 1_096_810_496, 10, False),
    "centos-7": ("centos", 902_889_472, 10, True),
}
MANY_IMAGES: Final = 60


def fill(world: "World", operator: Caller, *, many: bool, hosts: int) -> None:
    _flavors(world, operator, many)
    _images(world, operator, many)
    for name, description in (("standard", "Disks on shared storage"), ("fast", "NVMe, three copies")):
        native = world.uid()
        world.put(
            VolumeTypeRow(
                id=world.names.id("volumeType", native),
                native_id=native,
                cloud=world.cloud,
                name=name,
                project_id=None,
                public=True,
                shared_with=(),
                description=description,
                extra_specs={"volume_backend_name": name},
            )
        )
    for name in ZONES:
        world.put(
            ZoneRow(
                id=world.names.id("availabilityZone", name),
                native_id=name,
                cloud=world.cloud,
                name=name,
                available=True,
            )
        )
    for number in range(1, hosts + 1):
        _host(world, f"cmp{number:04d}", ZONES[number % len(ZONES)], roomy=many)
    for name, host in (("nova-scheduler", "ctl0001"), ("nova-conductor", "ctl0001"), ("nova-conductor", "ctl0002")):
        _service(world, name, host, "internal")


def _flavors(world: "World", operator: Caller, many: bool) -> None:
    for name, (vcpus, ram, disk) in FLAVORS.items():
        catalogue.create_flavor(world, operator, name, vcpus, ram, disk, True)
    gpu = world.get(FlavorRow, catalogue.create_flavor(world, operator, "gpu.large", 16, 65536, 200, False))
    if gpu is not None:
        shared = tuple(world.ref("project", project_id(project)) for project in ("admin", "search"))
        world.edit(gpu, shared_with=shared, extra_specs={"pci_passthrough:alias": "a100:1"})
    if many:
        for family, ram in FAMILIES.items():
            for size, vcpus in SIZES.items():
                catalogue.create_flavor(world, operator, f"{family}.{size}", vcpus, vcpus * ram, 40, True)


def _images(world: "World", operator: Caller, many: bool) -> None:
    for name, (system, size, disk, deprecated) in IMAGES.items():
        _image(world, operator, name, system, size, disk, deprecated)
    for number in range(MANY_IMAGES - len(IMAGES) if many else 0):
        name, (system, size, disk, _) = list(IMAGES.items())[number % len(IMAGES)]
        version = f"{name}-2025{1 + number // len(IMAGES):02d}"
        _image(world, operator, version, system, size - number * 4096, disk, number % 10 == 0)


def _image(world: "World", operator: Caller, name: str, system: str, size: int, disk: int, deprecated: bool) -> None:
    spec = ImageSpec(name, "", "qcow2", visibility="public", min_disk=disk, os=system, tags=(system,))
    native = images.create(world, operator, spec)
    images.activate(world, native, {"size": size})
    image = world.get(ImageRow, native)
    if image is not None:
        world.edit(image, deprecated=deprecated, protected=not deprecated)


def _host(world: "World", host: str, zone: str, *, roomy: bool) -> None:
    native = world.uid()
    world.put(
        HypervisorRow(
            id=world.ref("hypervisor", native),
            native_id=native,
            cloud=world.cloud,
            name=f"{host}.cloud.example",
            host=host,
            type="QEMU",
            state="up",
            status="enabled",
            ip=f"192.0.2.{int(host[-4:]) % 254 + 1}",
            vcpus=128 if roomy else 64,
            vcpus_used=0,
            ram=(2048 if roomy else 256) * 1024,
            ram_used=0,
            disk=20_000 if roomy else 8_000,
            disk_used=0,
            server_count=0,
        )
    )
    _service(world, "nova-compute", host, zone)


def _service(world: "World", binary: str, host: str, zone: str) -> None:
    native = world.uid()
    world.put(
        ComputeServiceRow(
            id=world.names.id("computeService", native),
            native_id=native,
            cloud=world.cloud,
            name=f"{binary}@{host}",
            binary=binary,
            host=host,
            az=zone,
            state="up",
            status="enabled",
            disabled_reason=None,
            updated_at=world.now(),
        )
    )
