"""Clouds with a certificate of their own authority: `cacert` and `verify` of clouds.yaml hold for login and for all that follows."""

import ipaddress
import json
import ssl
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.clock import Clock
from resolvers.errors import Invalid, Unavailable
from tests.resolvers.clients.far_cloud import PASSWORD, FarCloud, serving, told

pytestmark = pytest.mark.anyio


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody but itself vouches for, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "far")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "far.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


@pytest.fixture
async def secure(certificate: Path) -> AsyncIterator[FarCloud]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    async with serving(FarCloud(), tls) as cloud:
        cloud.answer("compute /servers", told({}))
        yield cloud


async def read(far: FarCloud, folder: Path, **entry: Any) -> bytes:
    given = {"backend": "openstack", "name": "krane", "cloud": "far", "clouds_file": far.clouds_file(folder, entry)}
    client = await OpenStackClient.open(OpenStackSettings.model_validate(given), Clock())
    try:
        return await client.get("compute", "/servers")
    finally:
        await client.close()


async def test_an_authority_of_the_clouds_own(secure: FarCloud, tmp_path: Path, certificate: Path) -> None:
    assert await read(secure, tmp_path, cacert=str(certificate)) == b"{}"


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
async def test_certificates_that_shall_not_be_checked(secure: FarCloud, tmp_path: Path) -> None:
    assert await read(secure, tmp_path, verify=False) == b"{}"


async def test_a_certificate_that_nobody_vouches_for(secure: FarCloud, tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as error:
        await read(secure, tmp_path)
    assert error.value.message.startswith(
        "Keystone (identity) of krane shows a certificate that this machine does not trust;"
    )
    assert secure.asked == []


@pytest.fixture
def authorities(certificate: Path, tmp_path: Path) -> Path:
    """A folder of them, named as OpenSSL wants it."""
    folder = tmp_path / "authorities"
    folder.mkdir()
    digest = subprocess.run(
        ["openssl", "x509", "-noout", "-subject_hash", "-in", certificate], capture_output=True, text=True, check=True
    )
    (folder / f"{digest.stdout.strip()}.0").write_bytes(certificate.read_bytes())
    return folder


async def test_a_folder_of_authorities(secure: FarCloud, tmp_path: Path, authorities: Path) -> None:
    assert await read(secure, tmp_path, cacert=str(authorities)) == b"{}"


class Wary(FarCloud):
    """Asks for the certificate of whoever calls."""

    async def _log_in(self, request: web.Request) -> web.Response:
        return await super()._log_in(request) if certified(request) else web.Response(status=403)


def certified(request: web.Request) -> bool:
    return request.transport is not None and bool(request.transport.get_extra_info("peercert"))


async def test_a_certificate_of_our_own(tmp_path: Path, certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    tls.load_verify_locations(certificate)
    tls.verify_mode = ssl.CERT_OPTIONAL

    async def servers(request: web.Request) -> web.Response:
        return web.json_response({} if certified(request) else {"who": "are you?"})

    async with serving(Wary(), tls) as wary:
        wary.answer("compute /servers", servers)
        own = {"cacert": str(certificate), "cert": str(certificate), "key": str(certificate)}
        assert await read(wary, tmp_path, **own) == b"{}"


@pytest.mark.parametrize("what", ["cacert", "cert"])
@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_certificate_that_can_not_be_read_is_said_at_the_start(
    secure: FarCloud, tmp_path: Path, what: str, content: str | None
) -> None:
    file = tmp_path / "wrong.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Invalid, match=rf"The cloud krane can not be set up: `{what}` of the entry `far`") as error:
        await read(secure, tmp_path, **{what: str(file)})
    assert str(file) in error.value.message


async def test_a_secure_yaml_beside_the_named_clouds_yaml(far: FarCloud, tmp_path: Path) -> None:
    far.answer("compute /servers", told({}))
    given = {
        "backend": "openstack",
        "name": "krane",
        "cloud": "far",
        "clouds_file": far.clouds_file(tmp_path, password=None),
    }
    (tmp_path / "secure.yaml").write_text(json.dumps({"clouds": {"far": {"auth": {"password": PASSWORD}}}}))
    client = await OpenStackClient.open(OpenStackSettings.model_validate(given), Clock())
    try:
        assert await client.get("compute", "/servers") == b"{}"
    finally:
        await client.close()
