"""The lab itself: everybody gets a token, every API answers, a server lives and dies."""

from functools import partial

import pytest

from tests.lab import lab
from tests.lab.catalogue import SERVICES
from tests.lab.cloud import LabCloud
from tests.lab.people import PEOPLE
from tests.lab.pins import LabError
from tests.lab.rest import Token, call, expect, wait_until
from tests.lab.seed import FLAVORS, IMAGES, SEARCH_INSTANCES

pytestmark = pytest.mark.lab

SECONDS = 90.0


@pytest.mark.parametrize("person", ["admin", *(person.name for person in PEOPLE if person.name != "gurum")])
def test_a_person_gets_a_token_at_the_usual_scope(lab_cloud: LabCloud, person: str) -> None:
    assert lab_cloud.token(person).id


def test_a_wrong_password_gets_no_token(lab_cloud: LabCloud) -> None:
    auth = lab_cloud.auth("jiwoo")
    who = {"name": auth["username"], "domain": {"name": "Default"}, "password": "wrong"}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": who}}}}
    assert call("POST", f"{lab_cloud.auth_url}/auth/tokens", body=body).status == 401


def test_the_service_user_sees_every_project(lab_cloud: LabCloud) -> None:
    projects = expect("GET", f"{lab_cloud.auth_url}/projects", token=lab_cloud.token().id)["projects"]
    assert {"shop", "talk", "search", "lab2"} <= {project["name"] for project in projects}


def test_a_person_has_the_roles_of_the_project_only(lab_cloud: LabCloud) -> None:
    assert lab_cloud.token("jiwoo", project="talk").project_id
    with pytest.raises(LabError, match="no token"):
        lab_cloud.token("minsu", project="shop")


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("placement", "/"),
        ("image", "/v2/images"),
        ("compute", "/servers"),
        ("network", "/v2.0/networks"),
        ("block-storage", "/volumes"),
    ],
)
def test_every_api_answers_a_person(lab_cloud: LabCloud, kind: str, path: str) -> None:
    assert kind in {service[1] for service in SERVICES.values()}
    token = lab_cloud.token("jiwoo")
    expect("GET", token.endpoints[kind] + path, token=token.id)


def test_the_cloud_offers_what_the_seed_promises(lab_cloud: LabCloud) -> None:
    token = lab_cloud.token("sora")
    flavors = expect("GET", f"{token.endpoints['compute']}/flavors", token=token.id)["flavors"]
    assert {flavor["name"] for flavor in flavors} >= set(FLAVORS)
    images = expect("GET", f"{token.endpoints['image']}/v2/images", token=token.id)["images"]
    assert {image["name"] for image in images if image["status"] == "active"} >= set(IMAGES)
    limits = expect("GET", f"{token.endpoints['compute']}/limits", token=token.id)["limits"]
    assert limits["absolute"]["maxTotalInstances"] == SEARCH_INSTANCES


def test_a_server_becomes_active_and_is_deleted(lab_cloud: LabCloud) -> None:
    token = lab_cloud.token("jiwoo")
    servers = f"{token.endpoints['compute']}/servers"
    body = {
        "name": "lab-test",
        "flavorRef": _id(token, "compute", "/flavors", "flavors", "m1.tiny"),
        "imageRef": _id(token, "image", "/v2/images", "images", "ubuntu-24.04"),
        "networks": [{"uuid": _id(token, "network", "/v2.0/networks", "networks", "shared-net")}],
    }
    server = expect("POST", servers, token=token.id, body={"server": body})["server"]["id"]
    try:
        wait_until("a server of jiwoo ACTIVE", lambda: _not_active(token, f"{servers}/{server}"), SECONDS)
        found = expect("GET", f"{servers}/{server}", token=token.id)["server"]
        assert found["user_id"] == token.user_id
        assert found["addresses"]["shared-net"][0]["addr"].startswith("10.20.")
    finally:
        call("DELETE", f"{servers}/{server}", token=token.id)
    wait_until("the server gone", lambda: _not_gone(token, f"{servers}/{server}"), SECONDS)


def test_a_backup_of_a_volume_becomes_available(lab_cloud: LabCloud) -> None:
    token = lab_cloud.token("jiwoo")
    base = token.endpoints["block-storage"]
    volume = expect("POST", f"{base}/volumes", token=token.id, body={"volume": {"name": "lab-test", "size": 1}})
    volume_url = f"{base}/volumes/{volume['volume']['id']}"
    wait_until("the volume", lambda: _not_available(token, volume_url, "volume"), SECONDS)
    body = {"backup": {"name": "lab-test", "volume_id": volume["volume"]["id"]}}
    backup = expect("POST", f"{base}/backups", token=token.id, body=body)
    backup_url = f"{base}/backups/{backup['backup']['id']}"
    wait_until("the backup", lambda: _not_available(token, backup_url, "backup"), SECONDS)
    for url in (backup_url, volume_url):
        assert call("DELETE", url, token=token.id).ok
        wait_until(f"{url} gone", partial(_not_gone, token, url), SECONDS)


@pytest.mark.alone
def test_a_service_is_stopped_and_comes_back(lab_cloud: LabCloud) -> None:
    if lab_cloud.folders is None:
        with pytest.raises(LabError, match="not the project's own lab"):
            lab_cloud.stop_service("glance")
        return
    token = lab_cloud.token("jiwoo")
    images = f"{token.endpoints['image']}/v2/images"
    lab_cloud.stop_service("glance")
    try:
        with pytest.raises(OSError, match=r"refused|reset"):
            call("GET", images, token=token.id)
        assert lab.status(lab_cloud.folders)["glance"] == "glance is not running."
    finally:
        lab_cloud.start_service("glance")
    expect("GET", images, token=token.id)


def _id(token: Token, kind: str, path: str, key: str, name: str) -> str:
    items = expect("GET", token.endpoints[kind] + path, token=token.id)[key]
    return next(str(item["id"]) for item in items if item["name"] == name)


def _not_active(token: Token, url: str) -> str | None:
    server = expect("GET", url, token=token.id)["server"]
    assert server["status"] != "ERROR", server.get("fault")
    return None if server["status"] == "ACTIVE" else f"it is {server['status']}"


def _not_available(token: Token, url: str, key: str) -> str | None:
    status = expect("GET", url, token=token.id)[key]["status"]
    assert not status.startswith("error"), status
    return None if status == "available" else f"it is {status}"


def _not_gone(token: Token, url: str) -> str | None:
    status = call("GET", url, token=token.id).status
    return None if status == 404 else f"it answers {status}"
