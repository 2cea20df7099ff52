"""`identity.federated`: what can be set, and one clear sentence for each thing that can not work in a browser."""

import os
from pathlib import Path

import pytest

from gateway.federated_settings import FederatedLogin, returns_to
from gateway.settings import SettingsError, load

URL = "https://keystone.test:5000/v3/auth/OS-FEDERATION/websso/openid"
HTTPS = "http: {url: 'https://9rum.test'}"


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GURUM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def written(*logins: str, http: str = HTTPS) -> None:
    Path("9rum.yaml").write_text(f"{http}\nidentity: {{federated: [{', '.join(logins)}]}}", encoding="utf-8")


def login(name: str = "Company", url: str = URL) -> str:
    return f"{{name: '{name}', url: '{url}'}}"


@pytest.mark.parametrize(
    "url", ["https://9rum.test", "http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"]
)
def test_logins_are_offered_where_browsers_can_use_them(url: str) -> None:
    written(login(), login("학교"), http=f"http: {{url: '{url}'}}")
    assert [one.name for one in load().identity.federated] == ["Company", "학교"]


@pytest.mark.parametrize(
    ("http", "logins", "sentence"),
    [
        (
            "http: {port: 80}",
            [login()],
            "identity.federated: Keystone must know where people come back to; set `http.url`.",
        ),
        (
            "http: {url: 'http://9rum.test'}",
            [login()],
            "identity.federated: browsers sign in this way by https alone; `http.url` should begin with `https://`.",
        ),
        (
            "http: {url: 'https://9rum.test:x'}",
            [login()],
            "identity.federated: Keystone must know where people come back to, and `http.url` is not a web address.",
        ),
        (
            HTTPS,
            [login(), login()],
            "identity.federated: two logins are named `Company`; each needs a name of its own.",
        ),
    ],
)
def test_what_can_not_work_is_one_sentence(http: str, logins: list[str], sentence: str) -> None:
    written(*logins, http=http)
    with pytest.raises(SettingsError) as raised:
        load()
    assert raised.value.problems == [f"9rum.yaml: {sentence}"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("javascript:alert(1)", "should be a web address (https://...), Keystone's WebSSO address of the login."),
        ("keystone.test/v3", "should be a web address (https://...), Keystone's WebSSO address of the login."),
        ("https://key stone.test/", "should be a web address (https://...), Keystone's WebSSO address of the login."),
        ("https://keystone.test:x/", "is not a web address."),
        ("https://a..b/", "is not a web address."),
        ("https://user@keystone.test/", "should be an address without a user and without `#`."),
        (f"{URL}?origin=https://9rum.test", "should be the address without `origin`, which 9rum adds."),
    ],
)
def test_an_address_that_is_none_is_said(url: str, sentence: str) -> None:
    written(login(url=url))
    with pytest.raises(SettingsError) as raised:
        load()
    assert raised.value.problems == [f"9rum.yaml: identity.federated[0].url: {sentence}"]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTPS://Keystone.Test:443/v3", "https://keystone.test"),
        ("http://keystone.test:80/v3", "http://keystone.test"),
        ("https://keystone.test:5000/v3", "https://keystone.test:5000"),
        ("http://[2001:DB8::1]:5000/v3", "http://[2001:db8::1]:5000"),
    ],
)
def test_origins_are_compared_as_browsers_write_them(url: str, origin: str) -> None:
    assert FederatedLogin(name="Company", url=url).origin == origin
    assert returns_to(url) == f"{origin}/session/federated"
