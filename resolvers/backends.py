"""The kinds of clouds that 9rum can be set to: the hand-written list of their settings, told apart by `backend`.

`gateway/settings.py` reads `clouds` as a list of these. Nothing here imports an adapter: those are named in each domain's
`BACKENDS` and loaded only for the backends that are set.
"""

from typing import Annotated, get_args

from pydantic import Field

from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.sandbox.settings import SandboxSettings

BackendSettings = OpenStackSettings | SandboxSettings
CloudSettings = Annotated[BackendSettings, Field(discriminator="backend")]
BACKEND_SETTINGS: tuple[type[BackendSettings], ...] = get_args(BackendSettings)
