"""What chat and tables show of networks and what is on them: the columns of lists, and what `show` adds. Used by `DOMAIN`."""

from resolvers.network.port import (
    FLOATING_IP,
    NETWORK,
    PORT,
    ROUTER,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    SUBNET,
    SUBNET_POOL,
)
from resolvers.reading import Column

NAME, STATUS, ID = Column("Name", "name"), Column("Status", "status"), Column("ID", "id")
PROJECT, ON = Column("Project", "project.name"), Column("Network", "network.name")
UP, TAGS = Column("Up", "adminStateUp"), Column("Tags", "tags")
ABOUT, CREATED = Column("Description", "description"), Column("Created", "createdAt")
PUBLIC, VERSION = Column("Public", "public"), Column("IP version", "ipVersion")
COLUMNS: dict[str, tuple[Column, ...]] = {
    NETWORK.name: (
        NAME,
        STATUS,
        Column("Subnets", "subnets.cidr"),
        Column("Shared", "shared"),
        Column("External", "external"),
        PROJECT,
    ),
    SUBNET.name: (NAME, Column("Range", "cidr"), ON, Column("Gateway", "gatewayIp"), Column("DHCP", "dhcp"), PROJECT),
    PORT.name: (NAME, STATUS, Column("Addresses", "fixedIps.ip"), ON, Column("Server", "server.name"), ID),
    ROUTER.name: (
        NAME,
        STATUS,
        Column("Leads to", "externalNetwork.name"),
        Column("Addresses", "externalIps"),
        Column("Networks", "networks.name"),
        PROJECT,
    ),
    FLOATING_IP.name: (
        Column("Address", "ip"),
        STATUS,
        Column("Leads to", "fixedIp"),
        Column("Server", "server.name"),
        PROJECT,
    ),
    SECURITY_GROUP.name: (NAME, ABOUT, Column("Rules", "rules.name"), PROJECT),
    SECURITY_GROUP_RULE.name: (
        Column("Rule", "name"),
        Column("Security group", "securityGroup.name"),
        ABOUT,
        ID,
    ),
    SUBNET_POOL.name: (NAME, Column("Ranges", "prefixes"), Column("Prefix", "defaultPrefix"), PUBLIC),
}
DETAILS: dict[str, tuple[Column, ...]] = {
    NETWORK.name: (
        UP,
        Column("MTU", "mtu"),
        Column("Zones", "az"),
        Column("Routers", "routers.name"),
        TAGS,
        ABOUT,
        CREATED,
    ),
    SUBNET.name: (
        VERSION,
        Column("Name servers", "dnsNameservers"),
        Column("Address pool", "subnetPool.name"),
        Column("Routers", "routers.name"),
        TAGS,
        ABOUT,
        CREATED,
    ),
    PORT.name: (
        PROJECT,
        UP,
        Column("MAC", "mac"),
        Column("Router", "router.name"),
        Column("Used as", "deviceOwner"),
        Column("Security groups", "securityGroups.name"),
        Column("Port security", "portSecurity"),
        Column("Floating IPs", "floatingIps.ip"),
        TAGS,
        ABOUT,
        CREATED,
    ),
    ROUTER.name: (
        UP,
        Column("Subnets", "subnets.name"),
        Column("Floating IPs", "floatingIps.ip"),
        TAGS,
        ABOUT,
        CREATED,
    ),
    FLOATING_IP.name: (ON, Column("Router", "router.name"), Column("Port", "port.id"), TAGS, ABOUT, CREATED),
    SECURITY_GROUP.name: (
        Column("Stateful", "stateful"),
        PUBLIC,
        Column("Servers", "servers.name"),
        TAGS,
        CREATED,
    ),
    SECURITY_GROUP_RULE.name: (
        PROJECT,
        Column("Direction", "direction"),
        Column("IP", "ethertype"),
        Column("Protocol", "protocol"),
        Column("Ports from", "portMin"),
        Column("to", "portMax"),
        Column("Other side", "remoteCidr"),
        Column("Other group", "remoteGroup.name"),
    ),
    SUBNET_POOL.name: (PROJECT, VERSION, ABOUT, CREATED),
}
