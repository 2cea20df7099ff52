"""The read commands about what was done: operations and the audit log. Used by `graph/reads.py`."""

from resolvers.actor import ADMIN
from resolvers.audit import AuditResult
from resolvers.reading import Column, Param, Read

_OPERATION = (
    Column("Action", "action"),
    Column("State", "state"),
    Column("On", "resource.name"),
    Column("By", "actorName"),
    Column("Started", "startedAt"),
    Column("ID", "id"),
)
READS = (
    Read(
        name="operation.list",
        summary="List the newest operations.",
        document="query($first: Int, $all: Boolean) { operations(first: $first, all: $all) "
        "{ id action state actorName startedAt resource { id name } } }",
        parameters=(
            Param("first", "How many to answer; 20 unless said.", "Int"),
            Param("all", "Of everybody whom you may see, not only yours.", "Boolean"),
        ),
        rows="operations",
        columns=_OPERATION,
    ),
    Read(
        name="operation.show",
        summary="Show one operation.",
        document="query($id: ID!) { operation(id: $id) { id action state progress actorName origin startedAt finishedAt "
        "correlationId resource { id name } steps { title state detail } error { message } undo { action } } }",
        parameters=(Param("id", "Id of the operation.", "ID", required=True, position=0),),
        rows="operation",
        columns=(
            *_OPERATION,
            Column("Progress", "progress"),
            Column("Steps", "steps.title"),
            Column("Error", "error.message"),
            Column("Undo", "undo.action"),
            Column("From", "origin"),
            Column("Finished", "finishedAt"),
            Column("Correlation id", "correlationId"),
        ),
    ),
    Read(
        name="audit.list",
        summary="List the newest rows of the audit log.",
        document="query($first: Int, $before: ID, $actor: String, $action: String, $resource: String, $channel: String, "
        "$project: String, $result: AuditResult, $since: DateTime, $until: DateTime) { auditEntries(first: $first, "
        "before: $before, actor: $actor, action: $action, resource: $resource, channel: $channel, project: $project, "
        "result: $result, since: $since, until: $until) "
        "{ id at action result actorName origin channel said projectId error message intact } }",
        parameters=(
            Param("action", "Only of this command, such as `server.delete` or `server.*`.", position=0),
            Param("actor", "Only by this person, by name or id."),
            Param("resource", "Only about this, by name or id."),
            Param("channel", "Only from this channel, such as `slack:C024*`, or from a whole platform."),
            Param("project", "Only in this project, by name or id.", choices_from="project"),
            Param(
                "result", "Only with this result.", "AuditResult", choices=tuple(result.name for result in AuditResult)
            ),
            Param("since", "Only from this moment on, such as `2026-10-01T09:00:00Z`.", "DateTime"),
            Param("until", "Only until this moment.", "DateTime"),
            Param("first", "How many to answer; 50 unless said, 20 in chat.", "Int"),
            Param("before", "The id of the row at which the page before ended.", "ID"),
        ),
        rows="auditEntries",
        columns=(
            Column("At", "at"),
            Column("Who", "actorName"),
            Column("Action", "action"),
            Column("Result", "result"),
            Column("From", "origin"),
            Column("Said", "message"),
            Column("ID", "id"),
        ),
        role=ADMIN,
    ),
)
