"""What the cloud offers before anyone uses it: flavors, images, networks, a volume type, one small quota.

Runs once for an initialised state, with every API up. Everything is looked for before it is made.
"""

from typing import Any

from tests.lab.pins import AUTH_URL, PASSWORD, LabError
from tests.lab.rest import Token, call, expect, log_in, project_scope

FLAVORS = {"m1.tiny": (512, 1, 1), "m1.small": (1024, 1, 2), "m1.medium": (2048, 2, 4)}  # MiB, vCPU, GiB
IMAGES = ("ubuntu-24.04", "centos-9")
VOLUME_TYPE = "fake"
SEARCH_INSTANCES = 2  # so that a test can run into a quota


def fill() -> None:
    token = log_in(AUTH_URL, "admin", PASSWORD, project_scope("admin"))
    _flavors(token)
    for name in IMAGES:
        _image(token, name)
    _networks(token)
    _volume_type(token)
    _quota(token)


def _named(items: list[dict[str, Any]], name: str) -> str | None:
    return next((str(item["id"]) for item in items if item["name"] == name), None)


def _flavors(token: Token) -> None:
    url = f"{token.endpoints['compute']}/flavors"
    there = expect("GET", url, token=token.id)["flavors"]
    for name, (ram, vcpus, disk) in FLAVORS.items():
        if _named(there, name) is None:
            body = {"flavor": {"name": name, "ram": ram, "vcpus": vcpus, "disk": disk}}
            expect("POST", url, token=token.id, body=body)


def _image(token: Token, name: str) -> None:
    url = f"{token.endpoints['image']}/v2/images"
    if _named(expect("GET", f"{url}?name={name}", token=token.id)["images"], name) is not None:
        return
    distribution, version = name.split("-")
    body = {
        "name": name,
        "visibility": "public",
        "disk_format": "raw",
        "container_format": "bare",
        "min_disk": 1,
        "os_distro": distribution,
        "os_version": version,
    }
    image = expect("POST", url, token=token.id, body=body)
    content = f"{name} of the lab\n".encode() * 500
    answer = call("PUT", f"{url}/{image['id']}/file", token=token.id, data=content)
    if not answer.ok:
        raise LabError(f"Glance refused the content of {name}: status {answer.status}.")


def _networks(token: Token) -> None:
    public = _network(
        token,
        "public",
        {
            "router:external": True,
            "provider:network_type": "flat",
            "provider:physical_network": "public",
        },
    )
    _subnet(token, public, "public-v4", "198.51.100.0/24", dhcp=False)
    shared = _network(token, "shared-net", {"shared": True})
    _subnet(token, shared, "shared-v4", "10.20.0.0/16", dhcp=True)


def _network(token: Token, name: str, properties: dict[str, object]) -> str:
    url = f"{token.endpoints['network']}/v2.0/networks"
    there = _named(expect("GET", url, token=token.id)["networks"], name)
    if there is not None:
        return there
    made = expect("POST", url, token=token.id, body={"network": {"name": name, **properties}})
    return str(made["network"]["id"])


def _subnet(token: Token, network: str, name: str, cidr: str, *, dhcp: bool) -> None:
    url = f"{token.endpoints['network']}/v2.0/subnets"
    if _named(expect("GET", url, token=token.id)["subnets"], name) is not None:
        return
    subnet = {"name": name, "network_id": network, "ip_version": 4, "cidr": cidr, "enable_dhcp": dhcp}
    expect("POST", url, token=token.id, body={"subnet": subnet})


def _volume_type(token: Token) -> None:
    url = f"{token.endpoints['block-storage']}/types"
    if _named(expect("GET", url, token=token.id)["volume_types"], VOLUME_TYPE) is None:
        body = {"volume_type": {"name": VOLUME_TYPE, "extra_specs": {"volume_backend_name": "fake"}}}
        expect("POST", url, token=token.id, body=body)


def _quota(token: Token) -> None:
    projects = expect("GET", f"{AUTH_URL}/projects?name=search", token=token.id)["projects"]
    url = f"{token.endpoints['compute']}/os-quota-sets/{projects[0]['id']}"
    expect("PUT", url, token=token.id, body={"quota_set": {"instances": SEARCH_INSTANCES}})
