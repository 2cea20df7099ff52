"""What chat and tables show of projects and people: the columns of lists, and what `show` adds. Used by `DOMAIN`."""

from resolvers.identity.port import DOMAIN_KIND, PROJECT, ROLE, USER
from resolvers.reading import Column, Param, Read

NAME, ABOUT = Column("Name", "name"), Column("Description", "description")
IN, ENABLED = Column("Domain", "domain.name"), Column("Enabled", "enabled")
COLUMNS: dict[str, tuple[Column, ...]] = {
    PROJECT.name: (NAME, IN, ENABLED, ABOUT),
    USER.name: (NAME, IN, Column("E-mail", "email"), ENABLED),
    ROLE.name: (NAME, ABOUT),
    DOMAIN_KIND.name: (NAME, ENABLED, ABOUT),
}
DETAILS: dict[str, tuple[Column, ...]] = {
    PROJECT.name: (
        Column("Tags", "tags"),
        Column("Servers", "servers.totalCount"),
        Column("Volumes", "volumes.totalCount"),
        Column("Networks", "networks.totalCount"),
    ),
    USER.name: (Column("Servers", "servers.totalCount"),),
}
READS = (
    Read(
        name="quota.list",
        summary="Show what a project may use, and uses, of each service.",
        document="query($project: ID) { quotas(project: $project) "
        "{ usage { cloud service resource used reserved limit } errors { cloud service message } } }",
        parameters=(
            Param(
                "project",
                "Name or id of the project; where you have only one, or work in one, that one unless said.",
                "ID",
                position=0,
                choices_from=PROJECT.name,
            ),
        ),
        rows="quotas.usage",
        columns=(
            Column("Service", "service"),
            Column("Resource", "resource"),
            Column("Used", "used"),
            Column("Reserved", "reserved"),
            Column("Limit", "limit"),
            Column("Cloud", "cloud"),
        ),
    ),
)
