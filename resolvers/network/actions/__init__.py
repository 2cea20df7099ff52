"""The actions of network, by topic. `ACTIONS` is the hand-written list that the domain offers; a test asserts that no file is missing."""

from resolvers.network.actions import (
    floating_ip_binding,
    floating_ips,
    networks,
    port_create,
    ports,
    router_gateways,
    router_interfaces,
    routers,
    security_group_rules,
    security_groups,
    subnet_pools,
    subnets,
)

ACTIONS = (
    *networks.ACTIONS,
    *subnets.ACTIONS,
    *subnet_pools.ACTIONS,
    *routers.ACTIONS,
    *router_gateways.ACTIONS,
    *router_interfaces.ACTIONS,
    *port_create.ACTIONS,
    *ports.ACTIONS,
    *floating_ips.ACTIONS,
    *floating_ip_binding.ACTIONS,
    *security_groups.ACTIONS,
    *security_group_rules.ACTIONS,
)
