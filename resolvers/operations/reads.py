"""The read commands about what was done: operations and the audit log. Used by `graph/reads.py`."""

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
        document="query($first: Int, $before: ID) { auditEntries(first: $first, before: $before) "
        "{ id at action result actorName origin error message intact } }",
        parameters=(
            Param("first", "How many to answer; 50 unless said.", "Int"),
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
        operator=True,
    ),
)
