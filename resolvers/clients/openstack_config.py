"""Reading the clouds.yaml entry of one OpenStack cloud. Called by `openstack.py` at the start; the cloud itself is not asked here."""

import ssl
from pathlib import Path
from typing import Any, Final

import yaml
from keystoneauth1 import exceptions as ka
from openstack import config
from openstack import exceptions as sdk
from openstack.config.cloud_region import CloudRegion
from openstack.config.loader import SECURE_FILES

from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.errors import Invalid

# What openstacksdk makes of an entry of another shape, such as `region_name:` without a value.
_OTHER_SHAPE: Final = (AttributeError, KeyError, TypeError, ValueError)


def configured(settings: OpenStackSettings) -> CloudRegion:
    """Blocks (it reads files). Raises Invalid, naming the entry, when it can not be used."""
    where = settings.clouds_file or "clouds.yaml"
    if settings.clouds_file is not None and not settings.clouds_file.is_file():
        raise Invalid(f"The cloud {settings.name} can not be set up: there is no file {where}.", field="clouds_file")
    options: dict[str, Any] = {"interface": settings.interface, "api_timeout": settings.deadlines.read}
    if settings.region is not None:
        options["region_name"] = settings.region
    files = None if settings.clouds_file is None else [str(settings.clouds_file)]
    # Passwords often stand in a secure.yaml beside the file; openstacksdk looks for it beside its own files only.
    beside = (
        None if settings.clouds_file is None else [str(settings.clouds_file.with_name("secure.yaml")), *SECURE_FILES]
    )
    try:
        found = config.OpenStackConfig(config_files=files, secure_files=beside)
        entry = found.cloud_config.get("clouds", {}).get(settings.clouds_name)
        if settings.region is not None and isinstance(entry, dict) and "regions" not in entry:
            entry["region_name"] = settings.region  # else openstacksdk takes no other one than the entry's
        return found.get_one(cloud=settings.clouds_name, **options)
    except (sdk.SDKException, ka.ClientException, yaml.YAMLError, OSError, *_OTHER_SHAPE) as error:
        raise Invalid(
            f"The cloud {settings.name} can not be set up from the entry `{settings.clouds_name}` of {where}: {error}",
            field="cloud",
        ) from error


def tls(settings: OpenStackSettings, region: CloudRegion) -> ssl.SSLContext | bool:
    """How to check the services' certificates: `verify`, `cacert`, `cert` and `key` of the entry. True: as the machine does it.

    Blocks (it reads files). Raises Invalid, naming the file, when one of them can not be used.
    """
    verify, cert = region.get_requests_verify_args()
    if isinstance(verify, bool) and cert is None:
        return verify
    authority = verify if isinstance(verify, str) else None
    folder = authority is not None and Path(authority).is_dir()
    try:
        context = ssl.create_default_context(cafile=None if folder else authority, capath=authority if folder else None)
    except OSError as error:  # ssl.SSLError is one
        raise _unusable(settings, "cacert", authority or "", error) from error
    if verify is False:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if cert is not None:
        file, key = (cert, None) if isinstance(cert, str) else cert
        try:
            context.load_cert_chain(
                file, key, password=""
            )  # without it OpenSSL asks on the terminal for that of a locked key
        except OSError as error:
            raise _unusable(settings, "cert", ", ".join(filter(None, (file, key))), error) from error
    return context


def _unusable(settings: OpenStackSettings, what: str, file: str, error: OSError) -> Invalid:
    return Invalid(
        f"The cloud {settings.name} can not be set up: `{what}` of the entry `{settings.clouds_name}` ({file}) can not be read:"
        f" {error.strerror or type(error).__name__}.",
        field="cloud",
    )
