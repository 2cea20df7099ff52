"""Two gateways, each a process of its own with a bot of its own, over one Redis, one Slack and one OpenStack.

What is begun on one goes on at the other: forms, plans, confirmations, approvals; and everything is done once.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from notifications.redis import RedisClient
from tests.lab.cloud import LabCloud
from tests.lab.rest import expect
from tests.running import policy_file
from tests.slack.standin import Human, Shown, Slack, standin
from tests.trips.conftest import lab_passwords, lab_settings
from tests.trips.in_slack import OPEN, http_platform
from tests.trips.killable import Gateway
from tests.trips.slack_process import deliver, linked
from tests.trips.slack_talk import FLAVOR, IMAGE, NETWORK

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600, func_only=True)]
SECONDS = 120.0
GUARDED: list[dict[str, Any]] = [
    {"allow": ["server.stop"], "channels": ["slack:*"], "approval": {"role": "member"}},
    *OPEN,
]
ROWS = """{
  operations(first: 50, all: true) { action state actorName }
  auditEntries(first: 100) { action result actorName error }
}"""


@dataclass(frozen=True)
class Pair:
    """`one` and `two` are the processes; Slack delivers to the one that was named last."""

    slack: Slack
    one: Gateway
    two: Gateway
    lab: LabCloud

    def at(self, gateway: Gateway) -> None:
        deliver(self.slack, gateway)

    async def linked(self, name: str, gateway: Gateway) -> Human:
        self.at(gateway)
        return await linked(self.slack, gateway, name, "talk", lab_passwords(self.lab)[name])

    async def type(self, human: Human, gateway: Gateway, text: str) -> None:
        self.at(gateway)
        assert (await human.type(f"/cloud {text}")).ok

    async def press(self, human: Human, gateway: Gateway, label: str, shown: Shown) -> None:
        self.at(gateway)  # nothing of the delivery waits before it has taken its address
        assert (await human.press(label, message=shown)).ok

    async def told(self, gateway: Gateway) -> dict[str, Any]:
        """Operations and audit rows, as the operator reads them there."""
        password = lab_passwords(self.lab)["operator"]
        async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as http:
            signed_in = await http.post("/session", json={"user": "operator", "password": password})
            assert signed_in.status_code == 200, signed_in.text
            answer = (await http.post("/graphql", json={"query": ROWS})).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data


@pytest.fixture
async def pair(lab_cloud: LabCloud, redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Pair]:
    async with standin() as slack:
        slack.deliver_to("")  # until there is a gateway
        settings = {
            "bot": {"platforms": [http_platform(slack)]},
            "policy": policy_file(tmp_path, GUARDED),
            **lab_settings(lab_cloud),
        }
        async with (
            Gateway(tmp_path / "one", valkey, settings) as one,
            Gateway(tmp_path / "two", valkey, settings) as two,
        ):
            yield Pair(slack, one, two, lab_cloud)


def _has(label: str, name: str) -> Any:
    return lambda shown: name in shown.text and label in [button.label for button in shown.buttons]


async def test_asked_on_one_approved_on_both_at_once_and_done_once(pair: Pair) -> None:
    one, two = pair.one, pair.two
    jiwoo, minsu = await pair.linked("jiwoo", one), await pair.linked("minsu", two)
    name = f"pair-{secrets.token_hex(3)}"

    def done(action: str) -> Any:
        return lambda shown: f"server {action}" in shown.text and name in shown.text and "is done in" in shown.text

    await pair.type(jiwoo, one, f"server create {name} --image {IMAGE} --networks {NETWORK}")
    await jiwoo.sees_form()
    pair.at(two)
    assert (await jiwoo.fill({"flavor": FLAVOR})).ok
    made = await jiwoo.sees(done("create"), seconds=SECONDS)
    assert made.edits > 0, "one message, edited by the process that got the form"

    await pair.type(jiwoo, one, f"server stop {name}")
    plan = await jiwoo.sees(_has("Confirm", name), seconds=SECONDS)
    await pair.press(jiwoo, two, "Confirm", plan)
    waiting = await minsu.sees(_has("Approve", name), seconds=SECONDS)
    await pair.press(jiwoo, two, "Approve", waiting)
    await jiwoo.sees(lambda shown: shown.private and "somebody else" in shown.text, seconds=SECONDS)
    assert await asyncio.to_thread(_asked_of_nova, pair.lab, name) == (["create"], "ACTIVE")

    await asyncio.gather(*(pair.press(minsu, gateway, "Approve", waiting) for gateway in (one, two, one, two)))
    stopped = await jiwoo.sees(lambda shown: done("stop")(shown) and _has("Undo", name)(shown), seconds=SECONDS)
    assert await asyncio.to_thread(_asked_of_nova, pair.lab, name) == (["create", "stop"], "SHUTOFF")

    await asyncio.gather(*(pair.press(jiwoo, gateway, "Undo", stopped) for gateway in (one, two)))
    await jiwoo.sees(done("start"), seconds=SECONDS)
    assert await asyncio.to_thread(_asked_of_nova, pair.lab, name) == (["create", "stop", "start"], "ACTIVE")

    await pair.type(jiwoo, two, f"server delete {name}")
    await pair.press(jiwoo, one, "Confirm", await jiwoo.sees(_has("Confirm", name), seconds=SECONDS))
    await jiwoo.sees(done("delete"), seconds=SECONDS)

    found = await pair.told(one)
    assert found == await pair.told(two)
    actions = ["server.create", "server.stop", "server.start", "server.delete"]
    assert [each["action"] for each in reversed(found["operations"])] == actions
    assert {(each["state"], each["actorName"]) for each in found["operations"]} == {("SUCCEEDED", "jiwoo")}
    stops = [each for each in reversed(found["auditEntries"]) if each["action"] == "server.stop"]
    assert [each["result"] for each in stops if each["result"] in ("STARTED", "SUCCEEDED")] == ["STARTED", "SUCCEEDED"]
    assert [each["actorName"] for each in stops if each["result"] == "DENIED"] == ["jiwoo"], "she asked for it herself"


def _asked_of_nova(lab: LabCloud, name: str) -> tuple[list[str], str]:
    """All that Nova was asked to do with the server, the oldest first, and the state it is in."""
    token = lab.token("jiwoo", "talk")
    compute = token.endpoints["compute"]
    (server,) = expect("GET", f"{compute}/servers/detail?name=^{name}$", token=token.id)["servers"]
    asked = expect("GET", f"{compute}/servers/{server['id']}/os-instance-actions", token=token.id)["instanceActions"]
    return [each["action"] for each in reversed(asked)], str(server["status"])
