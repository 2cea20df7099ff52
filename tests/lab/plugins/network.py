"""Neutron ML2 mechanism driver without agents: binds every port at once, ACTIVE."""

# OpenStack is installed in the lab's environment only, so its classes are unknown here:
# mypy: disable-error-code="import-not-found, misc"

from typing import Any

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins.ml2 import api


class LabMechanismDriver(api.MechanismDriver):
    def initialize(self) -> None:
        """Nothing to prepare; the base class insists on the method."""

    @property
    def connectivity(self) -> Any:
        return portbindings.CONNECTIVITY_L2

    def bind_port(self, context: Any) -> None:
        for segment in context.segments_to_bind[:1]:
            context.set_binding(
                segment[api.ID],
                portbindings.VIF_TYPE_OVS,
                {portbindings.CAP_PORT_FILTER: True},
                status=constants.PORT_STATUS_ACTIVE,
            )
