"""`9rum slack-manifest`: what Slack accepts, with no scope too many and none too few."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.messages import File, Form, FormField, Message
from bot.platforms.base import PlatformError
from bot.platforms.slack.manifest import EVENTS, SCOPES, manifest
from gateway.__main__ import main
from tests.slack.conftest import Connected
from tests.slack.standin.world import SCOPES as OF_THE_STANDIN

SCHEMA = json.loads(Path(__file__).with_name("manifest.schema.json").read_text())
SOCKET = "bot: {platforms: [{platform: slack, bot_token: xoxb-1, app_token: xapp-1, command: /nine}]}"
HTTP = (
    "http: {url: https://9rum.example.com}\nbot: {platforms: [{platform: slack, bot_token: xoxb-1, signing_secret: s}]}"
)
FIELDS = (FormField(name="name", label="Name"),)
ADDRESS = "https://9rum.example.com/slack/events"


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(settings: str, *arguments: str) -> Any:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "9rum.yaml").write_text(settings)
        assert main(["slack-manifest", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def valid(made: Any) -> None:
    jsonschema.validate(made, SCHEMA)


@pytest.mark.parametrize("settings", ["", SOCKET])
def test_for_socket_mode(printed: Any, settings: str) -> None:
    made = printed(settings)

    valid(made)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(made)
    assert [one["command"] for one in made["features"]["slash_commands"]] == ["/nine" if settings else "/cloud"]


@pytest.mark.parametrize(("settings", "arguments"), [(HTTP, ()), ("", ("--url", "https://9rum.example.com/"))])
def test_for_http(printed: Any, settings: str, arguments: tuple[str, ...]) -> None:
    made = printed(settings, *arguments)

    valid(made)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == ADDRESS
    assert made["settings"]["interactivity"] == {"is_enabled": True, "request_url": ADDRESS}
    assert made["features"]["slash_commands"][0]["url"] == ADDRESS


async def test_the_scopes_are_those_that_are_used_when_everything_is_done_once(http: Connected) -> None:
    """A scope that nothing here needs is not asked for; without one that is needed, something here would not work."""
    place = http.place()
    await http.ann.type("/cloud help")
    await http.ann.mention("help")
    await http.ann.say("help")
    incoming = http.inbox.received[0]
    ts = await http.platform.post(place, Message(summary="x", file=File(name="a.log", text="b")), incoming)
    await http.platform.edit(place, ts, Message(summary="y"))
    await http.platform.whisper(place, incoming.person, Message(summary="for you"))
    await http.platform.tell(incoming.person, Message(summary="out of the blue"))
    await http.platform.ask(incoming, Form(id="f", title="Make", command="server create", fields=FIELDS, submit="Make"))
    await http.ann.fill({"name": "web-1"})
    await http.ann.sees(lambda shown: bool(shown.files))
    http.slack.channel("board", bot=False)
    await http.ann.type("/cloud help", "board")
    with pytest.raises(PlatformError):
        await http.platform.post(http.place("board"), Message(summary="x"), http.inbox.received[-1])
    assert http.slack.world.used == set(SCOPES)


def test_the_manifest_names_the_scopes_and_events() -> None:
    made = manifest()

    assert set(made["oauth_config"]["scopes"]["bot"]) == set(SCOPES) == OF_THE_STANDIN
    assert tuple(made["settings"]["event_subscriptions"]["bot_events"]) == EVENTS
    page = Path("docs/slack.md").read_text()
    assert all(f"`{scope}`" in page for scope in SCOPES)


@pytest.mark.parametrize("scope", ["chat:write", "users:read"])
async def test_without_a_scope_something_is_missing(http: Connected, scope: str) -> None:
    http.slack.world.scopes.discard(scope)
    if scope == "users:read":
        await http.ann.type("/cloud help")
        assert http.inbox.received[0].person.locale is None
    else:
        await http.knows_ann()
        with pytest.raises(PlatformError) as refused:
            await http.platform.post(http.place(), Message(summary="x", file=File(name="a", text="b")))
        assert refused.value.code == "missing_scope" and "slack-manifest" in str(refused.value)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (("features", "slash_commands", 0), {"command": "cloud"}),
        (("settings",), {"socket_mode": True}),
        (("display_information",), {"name": "x" * 36}),
        (("settings", "interactivity"), {"request_url": "9rum.example.com"}),
    ],
)
def test_the_schema_finds_mistakes(part: tuple[Any, ...], change: dict[str, Any]) -> None:
    made = manifest()
    place: Any = made
    for name in part:
        place = place[name]
    place.update(change)
    with pytest.raises(jsonschema.ValidationError):
        valid(made)
