"""Commands as the graph tells them, for tests of the words: a reading list, a reading one, a change with every type, and small ones."""

from bot.catalogue import Catalogue, CommandSpec, ParameterSpec

SERVER_LIST = CommandSpec(
    name="server.list",
    summary="List servers.",
    change=False,
    role="reader",
    parameters=(
        ParameterSpec("name", help="Part of the name."),
        ParameterSpec("status", "ServerStatus", choices=("ACTIVE", "ERROR", "SHUTOFF", "BUILD"), help="Their status."),
        ParameterSpec("locked", "Boolean", help="Only locked ones, or only others."),
        ParameterSpec("project", choices_from="project"),
        ParameterSpec("first", "Int", default="20", help="How many."),
        ParameterSpec("after", help="The end of the page before."),
    ),
    document="query($name: String, $first: Int, $after: String) { servers(first: $first) { nodes { id name } } }",
    columns=(
        ("Name", "name"),
        ("Status", "status"),
        ("Image", "image.name"),
        ("Tags", "tags"),
        ("Created", "createdAt"),
    ),
    rows="servers.nodes",
    total="servers.totalCount",
    next="servers.pageInfo",
)
SERVER_SHOW = CommandSpec(
    name="server.show",
    summary="Show one server.",
    change=False,
    role="reader",
    parameters=(ParameterSpec("id", "ID", required=True, position=0, choices_from="server", help="Its id or name."),),
    document="query($id: ID!) { server(id: $id) { id name status locked } }",
    columns=(
        ("Name", "name"),
        ("Status", "status"),
        ("Locked", "locked"),
        ("Image", "image.name"),
        ("Created", "createdAt"),
    ),
    rows="server",
)
SERVER_LOG = CommandSpec(
    name="server.log",
    summary="Show the console log of a server.",
    change=False,
    role="reader",
    parameters=(ParameterSpec("id", "ID", required=True, position=0, choices_from="server"),),
    document="query($id: ID!) { server(id: $id) { consoleLog } }",
    text="server.consoleLog",
)
SERVER_CREATE = CommandSpec(
    name="server.create",
    summary="Make one or more servers.",
    role="member",
    parameters=(
        ParameterSpec("name", required=True, position=0, help="Its name."),
        ParameterSpec("flavor", required=True, choices_from="flavor", help="Its size, by name or id."),
        ParameterSpec("image", choices_from="image", help="What to boot, by name or id."),
        ParameterSpec("bootVolumeSize", "Int", help="GiB: copy the image to a new volume of this size."),
        ParameterSpec("networks", many=True, choices_from="network", help="Networks to join."),
        ParameterSpec("userData", help="Script for the first boot."),
        ParameterSpec("count", "Int", default="1", help="How many, 1 to 50."),
        ParameterSpec("tags", many=True, help="Tags."),
        ParameterSpec("metadata", "JSON", help="Labels."),
        ParameterSpec("weight", "Float", help="A fraction."),
        ParameterSpec("wait", "Boolean", default="True", help="Wait for it."),
        ParameterSpec("policy", "Policy", choices=("AFFINITY", "ANTI_AFFINITY"), help="How to spread them."),
        ParameterSpec("ports", "PortInput", many=True, help="Ports to make."),
        ParameterSpec("maxAge", "Duration", help="How old an answer may be."),
        ParameterSpec("project", choices_from="project", help="Project, by name or id."),
        ParameterSpec("cloud", help="Cloud."),
    ),
    document=(
        "mutation($input: ServerCreateInput!, $idempotencyKey: String) "
        "{ serverCreate(input: $input, idempotencyKey: $idempotencyKey) { id state } }"
    ),
)
SERVER_DELETE = CommandSpec(
    name="server.delete",
    summary="Delete a server.",
    danger="DESTRUCTIVE",
    role="member",
    parameters=(ParameterSpec("server", required=True, position=0, choices_from="server", help="Id or name."),),
    document="mutation($input: ServerDeleteInput!) { serverDelete(input: $input) { id state } }",
)
SERVER_REBOOT = CommandSpec(
    name="server.rebootSoft",
    summary="Reboot a server, letting its system end cleanly.",
    danger="HIGH",
    role="member",
    parameters=(ParameterSpec("server", required=True, position=0, choices_from="server", help="Id or name."),),
)
SERVER_FLOAT = CommandSpec(
    name="server.addFloatingIp",
    summary="Give a server an address that is reached from outside.",
    role="member",
    parameters=(
        ParameterSpec("server", required=True, position=0),
        ParameterSpec("floatingIp", position=1, choices_from="floatingIp"),
    ),
)
RULE_ADD = CommandSpec(
    name="securityGroup.ruleAdd",
    summary="Let something through a security group.",
    danger="HIGH",
    role="member",
    parameters=(
        ParameterSpec("securityGroup", required=True, position=0, choices_from="securityGroup"),
        ParameterSpec("protocol", position=1),
        ParameterSpec("portMin", "Int", position=2),
        ParameterSpec("portMax", "Int", position=3),
        ParameterSpec("remoteCidr"),
    ),
)
POLICY_LIST = CommandSpec(
    name="ipPolicy.list", summary="List policies.", change=False, role="reader", rows="ipPolicies.nodes"
)
TAGS_SET = CommandSpec(
    name="server.setTags",
    summary="Set the tags of a server.",
    role="member",
    parameters=(ParameterSpec("server", required=True, position=0), ParameterSpec("tags", many=True, position=1)),
)
ALL = (
    SERVER_LIST, SERVER_SHOW, SERVER_LOG, SERVER_CREATE, SERVER_DELETE, SERVER_REBOOT, SERVER_FLOAT, RULE_ADD, POLICY_LIST, TAGS_SET,
)  # fmt: skip


def catalogue() -> Catalogue:
    return Catalogue(ALL)
