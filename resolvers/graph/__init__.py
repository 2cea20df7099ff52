"""How rows and actions become GraphQL: generic parts that every domain shares, so that a domain declares and does not repeat.

`nodes` the Node interface, `scalars`, `filters` the generated filter inputs, `connection` pages, `edges` relations between rows,
`lists` the root fields of a kind, `roots` node and search, `reads` the commands that read, `commands` every command that a caller
may run, `actions` mutations and plans, `audit` the audit log, `events` what changes, `schema` puts it together.
"""
