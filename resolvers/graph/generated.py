"""The namespace of input classes that `filters` and `lists` generate from kinds, so that they can refer to each other by name.

Filled while the schema is built; building it again replaces the classes with equal ones.
"""

from typing import Any


def publish(cls: type[Any]) -> type[Any]:
    cls.__module__ = __name__
    globals()[cls.__name__] = cls
    return cls
