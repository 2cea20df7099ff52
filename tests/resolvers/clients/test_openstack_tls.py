"""Clouds with a certificate of their own authority: `cacert` and `verify` of clouds.yaml hold for login and for all that follows."""

import ipaddress
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.clock import Clock
from resolvers.errors import Unavailable
from tests.resolvers.clients.far_cloud import FarCloud, serving, told

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
