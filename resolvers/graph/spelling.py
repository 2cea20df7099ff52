"""Names between Python (`snake_case`) and the schema (`camelCase`). Used wherever fields are generated."""

from collections.abc import Mapping
from typing import Any


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def camel_keys(plain: Mapping[str, Any]) -> dict[str, Any]:
    """An input as the schema spells it; it is stored as Python spells it."""
    return {camel(name): value for name, value in plain.items()}
