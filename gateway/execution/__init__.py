"""What makes graphql-core quick on rows of the read model; `gateway/executor.py` runs operations with the class that `fast` gives.

Whatever is unusual is left to graphql-core, which is always right: `values` reads what fields are, `subtrees` what is selected of rows.
"""

from gateway.execution.fast import Plans, fast

__all__ = ["Plans", "fast"]
