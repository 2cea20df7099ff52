"""`9rum check` asks Slack whether the tokens are good, and looks at the policy file; a policy that can not be read is no start."""

import io
from pathlib import Path
from typing import Any

import pytest

from gateway.app import build
from gateway.check import check
from gateway.settings import Settings, SettingsError
from tests.running import KEY, policy_file, schema
from tests.slack.standin import Slack, standin

pytestmark = pytest.mark.usefixtures("redis")


def settings(
    valkey: str, folder: Path, slack: Slack | None = None, rules: str | None = "rules: []", **changes: Any
) -> Settings:
    platforms = [] if slack is None else [slack.settings(**changes)]
    return Settings.model_validate(
        {
            "store": {"url": valkey, "folder": str(folder)},
            "secret_key": KEY,
            "bot": {"platforms": platforms},
            "policy": policy_file(folder, rules) if rules is not None else {},
        }
    )


async def said(given: Settings) -> tuple[int, str]:
    out = io.StringIO()
    return await check(given, out), out.getvalue()


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_tokens_that_are_good_are_well(mode: str, valkey: str, tmp_path: Path) -> None:
    async with standin() as slack:
        if mode == "http":
            slack.deliver_to("")
        status, text = await said(settings(valkey, tmp_path, slack))
    assert (status, "slack takes the tokens" in text) == (0, True), text


@pytest.mark.parametrize(("token", "wrong"), [("bot_token", "xoxb-wrong"), ("app_token", "xapp-wrong")])
async def test_a_token_that_is_wrong_is_named(token: str, wrong: str, valkey: str, tmp_path: Path) -> None:
    async with standin() as slack:
        status, text = await said(settings(valkey, tmp_path, slack, **{token: wrong}))
    assert status == 1
    assert "FAIL" in text
    assert "docs/slack.md" in text
    assert wrong not in text


async def test_a_bot_that_may_not_write_is_told_of(valkey: str, tmp_path: Path) -> None:
    async with standin() as slack:
        slack.world.scopes.discard("chat:write")
        status, text = await said(settings(valkey, tmp_path, slack))
    assert status == 1
    assert "lacks the scope chat:write" in text
    assert "9rum slack-manifest" in text


async def test_a_scope_that_only_some_answers_need_is_logged_once(
    valkey: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with standin() as slack:
        slack.world.scopes.discard("files:write")
        status, text = await said(settings(valkey, tmp_path, slack))
    assert (status, "slack takes the tokens" in text) == (0, True), text
    told = [one.getMessage() for one in caplog.records if "lacks scopes" in one.getMessage()]
    assert len(told) == 1
    assert "files:write (long output as a file)" in told[0]


async def test_a_slack_without_a_policy_is_told_that_nothing_is_allowed(valkey: str, tmp_path: Path) -> None:
    async with standin() as slack:
        status, text = await said(settings(valkey, tmp_path, slack, rules=None))
    assert status == 1
    assert "There is no policy file, so nothing is allowed from chat systems." in text


async def test_a_policy_that_can_not_be_read_fails_the_check_and_the_start(valkey: str, tmp_path: Path) -> None:
    wrong = settings(valkey, tmp_path, rules="rules: [{allow: [server.lst]}]")
    status, text = await said(wrong)
    assert status == 1
    assert "server.lst" in text
    app = build(wrong, None, schema())
    with pytest.raises(SettingsError, match=r"server\.lst"):
        await app.open()
