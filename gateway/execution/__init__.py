"""What makes graphql-core quick on rows of the read model; `gateway/executor.py` runs operations with the class that `fast` gives.

Each layer may leave anything to the one below it, which is always right: `subtrees` to `leaves`, and that to graphql-core.
"""

from gateway.execution.fast import Plans, fast

__all__ = ["Plans", "fast"]
