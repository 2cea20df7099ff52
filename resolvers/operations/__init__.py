"""Long work: every mutation starts an Operation, which lives in the store, survives a restart, and can be followed.

`record` is what is stored, `store` keeps it, `run` is what an action sees while it works, `engine` starts, resumes and ends runs,
`graph` shows operations in the schema.
"""
