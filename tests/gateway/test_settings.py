"""Settings: defaults, file, environment, and one clear sentence for each thing that can not be right."""

import contextlib
import os
import re
import stat
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from gateway.clouds import Clouds
from gateway.secret import secret_key
from gateway.settings import Settings, SettingsError, load
from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.sandbox.settings import SandboxSettings
from tests.architecture.project import ROOT


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without 9rum.yaml, and an environment without our variables."""
    for name in [name for name in os.environ if name.startswith("GURUM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    path = Path("9rum.yaml")
    path.write_text(text, encoding="utf-8")
    return path


def problems(text: str = "") -> list[str]:
    written(text)
    with pytest.raises(SettingsError) as raised:
        load()
    return raised.value.problems


def test_without_any_setting_there_is_one_sandbox_cloud_and_an_embedded_store() -> None:
    settings = load()
    assert settings.clouds == [SandboxSettings(backend="sandbox", name="krane")]
    assert settings.identity_cloud == "krane"
    assert settings.store.url is None
    assert settings.http.host == "127.0.0.1"


def test_clouds_of_the_file_are_told_apart_by_their_backend() -> None:
    written(
        """
        http: {port: 9000}
        clouds:
          - {backend: sandbox, name: demo, size: 500, speed: 10}
          - {backend: openstack, name: krane, cloud: production, region: seoul, deadlines: {read: 2}}
        identity: {cloud: krane}
        """
    )
    settings = load()
    demo, krane = settings.clouds
    assert settings.http.port == 9000
    assert isinstance(demo, SandboxSettings)
    assert (demo.size, demo.delay(5.0)) == (500, 0.5)
    assert isinstance(krane, OpenStackSettings)
    assert (krane.clouds_name, krane.deadlines.read, krane.deadlines.write) == ("production", 2.0, 30.0)
    assert settings.identity_cloud == "krane"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    written("http: {port: 9000, host: 127.0.0.2}")
    monkeypatch.setenv("GURUM_HTTP__PORT", "9001")
    settings = load()
    assert (settings.http.host, settings.http.port) == ("127.0.0.2", 9001)


def test_the_file_is_named_by_argument_or_by_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("http: {port: 9002}")
    assert load(other).http.port == 9002
    monkeypatch.setenv("GURUM_CONFIG", str(other))
    assert load().http.port == 9002


def test_secrets_do_not_show() -> None:
    written("secret_key: hunter2\nstore: {url: 'redis://:hunter2@127.0.0.1/0'}")
    assert "hunter2" not in repr(load())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("http: {prot: 1}", "9rum.yaml: http.prot: is not a setting; did you mean `port`?"),
        ("http: {port: abc}", "9rum.yaml: http.port: should be a valid integer"),
        ("http: 5", "9rum.yaml: http: should be a section with settings of its own."),
        ("xyzzy: 1", "9rum.yaml: xyzzy: is not a setting; known here are `bot`, `clouds`, `graphql`, `http`"),
        ("clouds: []", "9rum.yaml: clouds: "),
        ("clouds: [{backend: openstack}]", "9rum.yaml: clouds[0].name: is missing."),
        ("clouds: [{name: a}]", "9rum.yaml: clouds[0].backend: should be one of `openstack`, `sandbox`."),
        ("clouds: [{backend: aws, name: a}]", "9rum.yaml: clouds[0].backend: should be one of `openstack`, `sandbox`."),
        (
            "clouds: [{backend: openstack, name: a, regoin: x}]",
            "9rum.yaml: clouds[0].regoin: is not a setting; did you mean `region`?",
        ),
        ("clouds: [{backend: openstack, name: a/b}]", "9rum.yaml: clouds[0].name: "),
        (
            "clouds: [{backend: sandbox, name: a, size: huge}]",
            "9rum.yaml: clouds[0].size: should be `small` or a number of servers from 1 to 200000.",
        ),
        (
            "clouds: [{backend: sandbox, name: a}, {backend: openstack, name: a}]",
            "9rum.yaml: clouds: two clouds are named `a`; each needs a name of its own.",
        ),
        ("identity: {cloud: moon}", "9rum.yaml: identity.cloud: no cloud is named `moon`; there are `krane`."),
        ("secret_key: a\nsecret_key_file: b", "9rum.yaml: secret_key_file: the key is given in `secret_key` too"),
        ("inventory: {intervals: {server: -1}}", "9rum.yaml: inventory.intervals.server: should be greater than 0."),
        ("graphql: {limits: {depht: 3}}", "9rum.yaml: graphql.limits.depht: is not a setting; did you mean `depth`?"),
        (
            "graphql: {trusted_proxies: [10.0.0.1, 10.0.0.0/99]}",
            "9rum.yaml: graphql.trusted_proxies[1]: should be an address or a network, such as 10.0.0.0/8.",
        ),
        (
            "graphql: {trusted_proxies: [proxy.example.com]}",
            "9rum.yaml: graphql.trusted_proxies[0]: should be an address",
        ),
        (
            "graphql: {allowed_origins: ['https://console.example.com/app']}",
            "9rum.yaml: graphql.allowed_origins[0]: should be an origin without a path, such as https://console.example.com.",
        ),
        (
            "graphql: {allowed_origins: ['*']}",
            "9rum.yaml: graphql.allowed_origins[0]: should be an origin without a path",
        ),
        ("graphql: {path: graphql}", "9rum.yaml: graphql.path: is not a setting"),
        (
            "graphql: {documents: {trusted: /nonexistent}}",
            "9rum.yaml: graphql.documents.trusted: /nonexistent is neither a folder nor a file.",
        ),
        ("telemetry: {endpoint: collector}", "9rum.yaml: telemetry.endpoint: "),
        ("http: [1, 2", "9rum.yaml: line 1, column 12: is not YAML: "),
        ("- 1", "9rum.yaml: should hold sections with names, such as `http:`."),
    ],
)
def test_a_wrong_file_is_one_sentence_with_the_place(text: str, sentence: str) -> None:
    (found,) = problems(text)
    assert found.startswith(sentence)


def test_every_problem_is_told_at_once() -> None:
    assert len(problems("http: {port: abc}\nstore: {fodler: x}\nclouds: [{backend: openstack}]")) == 3


def test_no_value_is_repeated_because_it_may_be_a_secret() -> None:
    found = problems("secret_key: [hunter2]\nstore: {url: [hunter2]}\nidentity: {cloud: [hunter2]}")
    assert "hunter2" not in " ".join(found)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("GURUM_HTTP__PORT", "abc", "GURUM_HTTP__PORT: should be a valid integer"),
        ("GURUM_HTTP__PROT", "1", "GURUM_HTTP__PROT: is not a setting; did you mean `port`?"),
        ("GURUM_STORAGE", "1", "GURUM_STORAGE: is not a setting; did you mean `GURUM_STORE`?"),
        ("GURUM_CLOUDS", "krane", "GURUM_CLOUDS: lists and sections are written as JSON"),
        (
            "GURUM_GRAPHQL__TRUSTED_PROXIES",
            "10.0.0.1",
            "GURUM_GRAPHQL__TRUSTED_PROXIES: lists and sections are written as JSON",
        ),
        ("GURUM_CLOUDS", '[{"backend": "sandbox"}]', "GURUM_CLOUDS[0].name: is missing."),
        ("GURUM_IDENTITY__CLOUD", "moon", "GURUM_IDENTITY__CLOUD: no cloud is named `moon`"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str) -> None:
    monkeypatch.setenv(name, value)
    (found,) = problems()
    assert found.startswith(sentence)


def test_the_variables_of_9rum_chat_are_no_wrong_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {
        name for file in (ROOT / "bot" / "terminal").glob("*.py") for name in re.findall(r"GURUM_\w+", file.read_text())
    }
    assert {"GURUM_URL", "GURUM_PASSWORD"} <= names
    for name in names:
        monkeypatch.setenv(name, "x")
    assert load().http.port == 8080


def test_traces_without_opentelemetry_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "telemetry: {endpoint: 'http://collector:4318/v1/traces'}"
    written(text)
    assert load().telemetry.endpoint is not None
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    assert problems(text) == [
        "9rum.yaml: telemetry.endpoint: traces need OpenTelemetry: install 9rum with its otel extra."
    ]


def test_origins_and_proxies_are_kept_as_they_are_compared() -> None:
    written("graphql: {allowed_origins: ['HTTPS://Console.Example.com/'], trusted_proxies: [10.1.2.3/8, '::1']}")
    settings = load().graphql
    assert settings.allowed_origins == ("https://console.example.com",)
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1/128")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load(tmp_path / "gone.yaml")


def test_a_file_of_other_bytes_is_said(tmp_path: Path) -> None:
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"binary\.yaml: is not a text in UTF-8"):
        load(path)


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    settings = load()
    key = secret_key(settings)
    assert secret_key(settings) == key
    path = tmp_path / ".data" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["secret.key"]


@pytest.mark.parametrize(("folder", "made"), [(".data", True), ("new/below", True), ("file/below", False)])
def test_the_key_is_made_wherever_a_folder_is_or_can_be(tmp_path: Path, folder: str, made: bool) -> None:
    (tmp_path / ".data").mkdir()
    (tmp_path / "file").touch()
    settings = Settings.model_validate({"store": {"folder": tmp_path / folder}})
    if made:
        assert secret_key(settings) == (tmp_path / folder / "secret.key").read_bytes()
        return
    with pytest.raises(SettingsError, match="can not be written"):
        secret_key(settings)


def test_the_key_of_the_settings_or_of_their_file_is_used(tmp_path: Path) -> None:
    key = Fernet.generate_key()
    (tmp_path / "key").write_bytes(key + b"\n")
    assert secret_key(Settings(secret_key=key.decode())) == key
    assert secret_key(Settings(secret_key_file=tmp_path / "key")) == key
    assert not (tmp_path / ".data").exists()


@pytest.mark.parametrize("text", ["secret_key: tooshort", "secret_key_file: gone"])
def test_a_key_that_is_none_is_said(text: str) -> None:
    written(text)
    with pytest.raises(SettingsError, match="secret_key") as raised:
        secret_key(load())
    assert "tooshort" not in str(raised.value)


def test_the_longest_deadline_of_the_clouds_is_what_a_lost_answer_is_waited_for() -> None:
    written(
        "clouds: [{backend: sandbox, name: a}, {backend: openstack, name: b}, "
        "{backend: openstack, name: c, deadlines: {write: 120}}]"
    )
    assert Clouds(load(), {}, contextlib.AsyncExitStack()).write_deadline == 120.0
