"""One suite per port, run against the sandbox and against a real cloud alike, so that the sandbox can not drift from the truth."""
