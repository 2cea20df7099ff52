"""Texts that people give with what they make: as long as the cloud takes them, and refused in the plan when they are longer."""

from typing import Any

import orjson
import pytest

from tests.watched import Watched

SERVER = {"name": "x", "flavor": "m1.small", "image": "ubuntu-24.04", "project": "shop"}
VOLUME = {"name": "x", "size": 1, "project": "shop"}
OF_SCRATCH = {"name": "x", "volume": "scratch"}


async def ask(krane: Watched, action: str, given: dict[str, Any]) -> dict[str, Any]:
    name = action[0].upper() + action[1:] + "Input"
    query = f"query($i: {name}!) {{ plan {{ {action}(input: $i) {{ hash }} }} }}"
    return await krane.graph("jiwoo", query, {"i": given}, "shop")


@pytest.mark.parametrize(
    ("action", "given", "most"),
    [
        ("serverCreate", SERVER, 255),
        ("volumeCreate", VOLUME, 255),
        ("volumeSnapshotCreate", OF_SCRATCH, 255),
        ("volumeBackupCreate", OF_SCRATCH, 231),  # the marker of the operation stands in it
        ("networkCreate", {"name": "x"}, 230),
        ("securityGroupCreate", {"name": "x"}, 230),
        ("floatingIpCreate", {}, 230),
    ],
)
async def test_a_description_has_its_length(krane: Watched, action: str, given: dict[str, Any], most: int) -> None:
    assert "errors" not in await ask(krane, action, {**given, "description": "d" * most})
    before = await krane.everything()
    for text in ("d" * (most + 1), "one\ntwo"):
        (error,) = (await ask(krane, action, {**given, "description": text}))["errors"]
        assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID", "description")
        assert len(error["message"]) < 200
    assert await krane.everything() == before


@pytest.mark.parametrize(("action", "given"), [("serverCreate", SERVER), ("volumeCreate", VOLUME)])
async def test_labels_are_counted(krane: Watched, action: str, given: dict[str, Any]) -> None:
    labels = {f"label-{number}": "x" for number in range(127)}
    assert "errors" not in await ask(krane, action, {**given, "metadata": labels})
    (error,) = (await ask(krane, action, {**given, "metadata": {**labels, "one": "more"}}))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID", "metadata")


@pytest.mark.parametrize("name", [".", ".."])
@pytest.mark.parametrize(
    ("action", "given", "field"),
    [
        ("serverCreate", {**SERVER, "metadata": {"NAME": "x"}}, "metadata"),
        ("volumeCreate", {**VOLUME, "metadata": {"NAME": "x"}}, "metadata"),
        ("serverSetMetadata", {"server": "shop-web-1", "metadata": {"NAME": "x"}}, "metadata"),
        ("serverSetMetadata", {"server": "shop-web-1", "remove": ["NAME"]}, "remove"),
        ("keypairCreate", {"name": "NAME", "publicKey": "ssh-ed25519 " + "A" * 68}, "name"),
    ],
)
async def test_a_name_that_is_another_address_in_the_cloud_is_refused(
    krane: Watched, action: str, given: dict[str, Any], field: str, name: str
) -> None:
    """A label is removed at `/servers/{id}/metadata/{label}`; of the label `..` that would be the server itself."""
    (error,) = (await ask(krane, action, orjson.loads(orjson.dumps(given).replace(b"NAME", name.encode()))))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID", field)
    assert f"`{name}` can not be a name here" in error["message"]


@pytest.mark.parametrize("name", ["owner", "visibility", "protected", "locations"])
async def test_an_attribute_of_an_image_is_no_property(krane: Watched, name: str) -> None:
    """Glance takes both in one object: with `owner` the image would be made in another project than the plan says."""
    (error,) = (await ask(krane, "imageCreate", {"name": "x", "properties": {name: "x"}}))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID", "properties")
