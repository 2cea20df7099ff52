"""A real Keystone of a test's own, over SQLite, from the lab's environment, in which people sign in by an identity provider.

In front of Keystone stands what mod_auth_openidc is in front of it elsewhere, and the identity provider behind that: whoever the cookie
`idp` names is signed in there, and Keystone is told so by the environment of the request.
"""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from tests.lab.pins import Paths
from tests.lab.rest import Token, call, expect, log_in, project_scope, wait_until
from tests.ports import free_port

PASSWORD = "federation-pw"
ISSUER = "https://idp.test"
FRONT = """
import http.cookies
from keystone.wsgi.api import application as keystone

PEOPLE = {people!r}

def application(environ, start_response):
    if "/websso" in environ["PATH_INFO"]:
        cookie = http.cookies.SimpleCookie(environ.get("HTTP_COOKIE", "")).get("idp")
        if cookie is None or cookie.value not in PEOPLE:
            start_response("401 Unauthorized", [("content-type", "text/plain")])
            return [b"Nobody is signed in at the identity provider."]
        environ.update({{"HTTP_OIDC_ISS": "https://idp.test", "HTTP_OIDC_NAME": cookie.value}})
        environ["HTTP_OIDC_GROUPS"] = ";".join(PEOPLE[cookie.value])
    return keystone(environ, start_response)
"""
CONFIG = """
[database]
connection = sqlite:///{folder}/keystone.db
[token]
provider = fernet
[fernet_tokens]
key_repository = {folder}/fernet
[credential]
key_repository = {folder}/credential
[identity]
password_hash_rounds = 4
[cache]
enabled = true
backend = oslo_cache.dict
[role]
# What a membership by a login gives would be kept, though the rule about such memberships changes.
caching = false
[auth]
methods = password,token,application_credential,openid
[federation]
remote_id_attribute = HTTP_OIDC_ISS
assertion_prefix = HTTP_OIDC
trusted_dashboard = {dashboard}
sso_callback_template = {template}
"""


class FederatedKeystone:
    """`url` ends in /v3; `websso` is what the settings of 9rum name. The admin of the project `admin` is `admin`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v3"
        self.websso = f"{self.url}/auth/OS-FEDERATION/websso/openid"
        self.clouds = folder / "clouds.yaml"
        self._token: Token | None = None

    @property
    def admin(self) -> Token:
        if self._token is None:
            self._token = log_in(self.url, "admin", PASSWORD, project_scope("admin"))
        return self._token

    def make(self, kind: str, **properties: object) -> str:
        made = expect("POST", f"{self.url}/{kind}s", token=self.admin.id, body={kind: properties})
        return str(made[kind]["id"])

    def role(self, name: str) -> str:
        found = expect("GET", f"{self.url}/roles?name={name}", token=self.admin.id)["roles"]
        return str(found[0]["id"])

    def put(self, path: str, body: object = None) -> None:
        expect("PUT", f"{self.url}{path}", token=self.admin.id, body=body)

    def trust_provider(self, rules: Sequence[Mapping[str, Any]], **provider: object) -> None:
        """People of the provider become people of Keystone by `rules`, as docs/identity.md tells operators."""
        self.put(
            "/OS-FEDERATION/identity_providers/company",
            {"identity_provider": {"remote_ids": [ISSUER], "enabled": True, **provider}},
        )
        self.put("/OS-FEDERATION/mappings/company", {"mapping": {"rules": list(rules)}})
        self.put("/OS-FEDERATION/identity_providers/company/protocols/openid", {"protocol": {"mapping_id": "company"}})


@contextlib.contextmanager
def federated_keystone(
    paths: Paths, folder: Path, dashboard: str, people: Mapping[str, Sequence[str]]
) -> Iterator[FederatedKeystone]:
    """`people`: who is signed in at the provider, with the groups that it tells."""
    port = free_port()
    folder = folder / "keystone"  # every *.conf in it would be read
    folder.mkdir()
    keystone = FederatedKeystone(folder, port)
    template = paths.share / "keystone" / "sso_callback_template.html"
    (folder / "keystone.conf").write_text(CONFIG.format(folder=folder, dashboard=dashboard, template=template))
    front = folder / "front.py"
    front.write_text(FRONT.format(people={name: list(groups) for name, groups in people.items()}))
    environment = {"PATH": f"{paths.bin}:/usr/bin:/bin", "LANG": "C.UTF-8", "OS_KEYSTONE_CONFIG_DIR": str(folder)}
    for keys in ("fernet", "credential"):
        (folder / keys).mkdir(mode=0o700)
        for number in range(2):  # the next one, and the one in use
            (folder / keys / str(number)).write_bytes(Fernet.generate_key())
    addresses = [f"--bootstrap-{interface}-url={keystone.url}" for interface in ("public", "internal", "admin")]
    with (folder / "keystone.log").open("ab") as log:
        for arguments in (
            ("db_sync",),
            ("bootstrap", f"--bootstrap-password={PASSWORD}", "--bootstrap-region-id=RegionOne", *addresses),
        ):
            command = (str(paths.bin / "keystone-manage"), "--config-dir", str(folder), *arguments)
            subprocess.run(command, env=environment, check=True, stdout=log, stderr=log, timeout=120)
        server = subprocess.Popen(
            (
                str(paths.bin / "uwsgi"),
                *("--http-socket", f"127.0.0.1:{port}", "--wsgi-file", str(front)),
                *("--threads", "4", "--enable-threads", "--die-on-term", "--need-app", "--buffer-size", "65535"),
                *("--add-header", "Connection: close"),
            ),
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until("Keystone answers", lambda: None if call("GET", keystone.url).ok else "not yet", 60)
        keystone.clouds.write_text(CLOUDS.format(url=keystone.url, password=PASSWORD))
        yield keystone
    finally:
        server.terminate()
        server.wait(20)


CLOUDS = """
clouds:
  federated:
    region_name: RegionOne
    auth:
      auth_url: {url}
      username: admin
      password: {password}
      project_name: admin
      user_domain_name: Default
      project_domain_name: Default
"""
