"""Servers as Nova would list them: raw JSON of 2.90 with everything in it that Nova sends, from a seed, in pages.

The read model is built from them (`read_model.py`), and a stand-in for Nova serves them (`listing.py`).
"""

import json
import random
from typing import Any

PAGE = 1_000
PROJECTS, IMAGES, HOSTS, SERVICES, USERS = 650, 60, 900, 1_200, 200
STATUSES = ["ACTIVE"] * 87 + ["SHUTOFF"] * 9 + ["ERROR"] * 3 + ["PAUSED"]
FLAVORS = [(f"m1.x{n}", 2 ** (n % 6), 2048 * 2 ** (n % 6)) for n in range(30)]


def pages(count: int) -> list[bytes]:
    """The answers of `GET /servers/detail`, a thousand servers each."""
    rng = random.Random(7)
    projects, users, images = ([_hex(rng, 128) for _ in range(most)] for most in (PROJECTS, USERS, IMAGES))
    weights = [1 / (n + 1) ** 0.7 for n in range(PROJECTS)]
    found = []
    for start in range(0, count, PAGE):
        numbers = range(start, min(start + PAGE, count))
        owners = rng.choices(projects, weights, k=len(numbers))
        servers = [_server(rng, n, owner, users, images) for n, owner in zip(numbers, owners, strict=True)]
        found.append(json.dumps({"servers": servers}).encode())
    return found


def _server(rng: random.Random, number: int, project: str, users: list[str], images: list[str]) -> dict[str, Any]:
    native, image, host = _uuid(rng), rng.choice(images), f"cmp{rng.randrange(HOSTS):04d}.cloud.example"
    flavor, vcpus, ram = rng.choice(FLAVORS)
    status, name = rng.choice(STATUSES), f"vm-{number:05d}"
    created = f"2026-0{1 + number % 9}-1{number % 10}T0{number % 10}:11:{10 + number % 50}Z"
    low = f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    mac = f"{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
    return {
        "id": native,
        "name": name,
        "status": status,
        "tenant_id": project,
        "user_id": rng.choice(users),
        "metadata": {"service": f"svc-{number % SERVICES:04d}", "owner": f"team-{number % 77}", "env": "prod"},
        "hostId": _hex(rng, 224),
        "image": {"id": image, "links": [{"rel": "bookmark", "href": f"http://nova.example/images/{image}"}]},
        "flavor": {
            "vcpus": vcpus,
            "ram": ram,
            "disk": 40,
            "ephemeral": 0,
            "swap": 0,
            "original_name": flavor,
            "extra_specs": {"hw:cpu_policy": "shared", "hw:mem_page_size": "any"},
        },
        "created": created,
        "updated": created,
        "addresses": {
            "private": [_address(f"10.{low}", f"fa:16:3e:{mac}", "fixed")],
            "floating": [_address(f"172.{low}", f"fa:16:3f:{mac}", "floating")],
        },
        "accessIPv4": "",
        "accessIPv6": "",
        "links": [
            {"rel": "self", "href": f"http://nova.example/v2.1/servers/{native}"},
            {"rel": "bookmark", "href": f"http://nova.example/servers/{native}"},
        ],
        "OS-DCF:diskConfig": "AUTO",
        "progress": 0,
        "OS-EXT-AZ:availability_zone": f"az{number % 3}",
        "config_drive": "True",
        "key_name": None if number % 7 == 0 else f"key-{number % 90}",
        "OS-SRV-USG:launched_at": created[:-1] + ".000000",
        "OS-SRV-USG:terminated_at": None,
        "security_groups": [{"name": "default"}, {"name": "web"}, {"name": f"sg-{project[:6]}"}],
        "OS-EXT-SRV-ATTR:host": host,
        "OS-EXT-SRV-ATTR:instance_name": f"instance-{number:08x}",
        "OS-EXT-SRV-ATTR:hypervisor_hostname": host,
        "OS-EXT-SRV-ATTR:reservation_id": f"r-{number:08x}",
        "OS-EXT-SRV-ATTR:launch_index": 0,
        "OS-EXT-SRV-ATTR:hostname": name,
        "OS-EXT-SRV-ATTR:kernel_id": "",
        "OS-EXT-SRV-ATTR:ramdisk_id": "",
        "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
        "OS-EXT-SRV-ATTR:user_data": None,
        "OS-EXT-STS:task_state": None,
        "OS-EXT-STS:vm_state": status.lower(),
        "OS-EXT-STS:power_state": 1 if status == "ACTIVE" else 4,
        "os-extended-volumes:volumes_attached": (
            [{"id": _uuid(rng), "delete_on_termination": False}] if number % 5 == 0 else []
        ),
        "host_status": "UP",
        "locked": False,
        "locked_reason": None,
        "description": None,
        "tags": [],
        "trusted_image_certificates": None,
    }


def _address(ip: str, mac: str, type_: str) -> dict[str, Any]:
    return {"version": 4, "addr": ip, "OS-EXT-IPS:type": type_, "OS-EXT-IPS-MAC:mac_addr": mac}


def _hex(rng: random.Random, bits: int) -> str:
    return f"{rng.getrandbits(bits):0{bits // 4}x}"


def _uuid(rng: random.Random) -> str:
    text = _hex(rng, 128)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
