"""Reading the clouds.yaml entry of one OpenStack cloud. Called by `openstack.py` at the start; the cloud itself is not asked here."""

import ssl
from typing import Any

import yaml
from keystoneauth1 import exceptions as ka
from openstack import config
from openstack import exceptions as sdk
from openstack.config.cloud_region import CloudRegion

from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.errors import Invalid


def configured(settings: OpenStackSettings) -> CloudRegion:
    """Blocks (it reads files). Raises Invalid, naming the entry, when it can not be used."""
    where = settings.clouds_file or "clouds.yaml"
    if settings.clouds_file is not None and not settings.clouds_file.is_file():
        raise Invalid(f"The cloud {settings.name} can not be set up: there is no file {where}.", field="clouds_file")
    options: dict[str, Any] = {"interface": settings.interface, "api_timeout": settings.deadlines.read}
    if settings.region is not None:
        options["region_name"] = settings.region
    files = None if settings.clouds_file is None else [str(settings.clouds_file)]
    try:
        return config.OpenStackConfig(config_files=files).get_one(cloud=settings.clouds_name, **options)
    except (sdk.SDKException, ka.ClientException, yaml.YAMLError, OSError) as error:
        raise Invalid(
            f"The cloud {settings.name} can not be set up from the entry `{settings.clouds_name}` of {where}: {error}",
            field="cloud",
        ) from error


def tls(region: CloudRegion) -> ssl.SSLContext | bool:
    """How to check the services' certificates: `verify`, `cacert`, `cert` and `key` of the entry. True: as the machine does it."""
    verify, cert = region.get_requests_verify_args()
    if isinstance(verify, bool) and cert is None:
        return verify
    context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
    if verify is False:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if cert is not None:
        context.load_cert_chain(*([cert] if isinstance(cert, str) else cert))
    return context
