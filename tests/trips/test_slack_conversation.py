"""A person types in a team channel, and a real server appears: link, form, progress, table, plan, confirmation, undo, as that person."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, shown
from tests.dump import dump
from tests.lab.cloud import LabCloud
from tests.lab.rest import expect
from tests.running import demo_passwords
from tests.trips.conftest import lab_passwords, lab_settings
from tests.trips.in_slack import Workspace, delegate, in_slack, secret_of
from tests.trips.slack_talk import NETWORK, talk


@pytest.fixture(params=["socket", "http"])
async def sandbox(
    request: pytest.FixtureRequest, redis: RedisClient, valkey: str, tmp_path: Path
) -> AsyncIterator[Workspace]:
    async with in_slack(request.param, valkey, tmp_path, demo_passwords()) as it:
        yield it


@pytest.fixture(params=["socket", "http"])
async def lab(
    request: pytest.FixtureRequest, lab_cloud: LabCloud, redis: RedisClient, valkey: str, tmp_path: Path
) -> AsyncIterator[Workspace]:
    passwords = lab_passwords(lab_cloud)
    async with in_slack(request.param, valkey, tmp_path, passwords, **lab_settings(lab_cloud)) as it:
        yield it


async def test_the_conversation_with_the_sandbox(sandbox: Workspace) -> None:
    await talk(sandbox)


async def test_a_command_among_the_direct_messages_of_two_people(sandbox: Workspace) -> None:
    """The bot is not there: the offer to link, the work and the answers come in her own direct messages with it."""
    ann = sandbox.human("ann")
    among = sandbox.slack.world.direct("ann", "bo")
    await ann.type("/cloud server list", among)
    offered = await ann.sees(lambda shown: bool(secret_of(shown)), None, 30)
    await delegate(sandbox.graph.http, secret_of(offered), ann.person, "jiwoo", sandbox.passwords["jiwoo"], ["shop"])
    await ann.type("/cloud server create among-1 --image ubuntu-24.04 --flavor m1.tiny", among)
    done = await sandbox.ended(ann, "is done", None)
    assert done.edits > 0 and "among-1" in done.text
    assert len([shown for shown in ann.messages(None) if "among-1" in shown.text]) == 1
    assert ann.messages(among) == sandbox.human("bo").messages(None) == []


@pytest.mark.lab
@pytest.mark.timeout(600, func_only=True)
async def test_the_conversation_with_openstack(lab: Workspace, lab_cloud: LabCloud, redis: RedisClient) -> None:
    await talk(lab, NETWORK)
    credential, secret = _application_credential(lab_cloud)
    given = {"application_credential_id": credential, "secret": secret}
    signed_in = await lab.graph.http.post("/session", json=given)
    assert signed_in.status_code == 200, signed_in.text
    chat = Chatting(lab.graph)
    assert "jiwoo" in shown(await chat("jiwoo", "whoami"))
    held = await dump(redis)
    assert b"gurum:" in held
    secrets_of_people = [lab.passwords["jiwoo"], secret, await lab.graph.token("jiwoo")]
    assert not [place for place, text in enumerate(secrets_of_people) if text.encode() in held]


def _application_credential(lab_cloud: LabCloud) -> tuple[str, str]:
    """Id and secret of a new one of jiwoo's on the project shop."""
    token = lab_cloud.token("jiwoo")
    address = f"{lab_cloud.auth_url}/users/{token.user_id}/application_credentials"
    body = {"application_credential": {"name": f"talk-{secrets.token_hex(4)}"}}
    made = expect("POST", address, token=token.id, body=body)["application_credential"]
    return str(made["id"]), str(made["secret"])
