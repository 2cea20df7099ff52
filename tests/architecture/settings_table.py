"""The settings as rows of docs/configuration.md, made from the models: `python -m tests.architecture.settings_table` prints them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway.settings import PLATFORM_SETTINGS, Settings
from gateway.settings_problems import TAGS


def sections(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and every section inside it, those of the backends and platforms included."""
    yield model
    for field in model.model_fields.values():
        if (inner := section_of(field)) is not None:
            yield from sections(inner)
    if model is Settings:
        for named in (*TAGS.values(), *PLATFORM_SETTINGS.values()):
            yield from sections(named)


def rows(model: type[BaseModel] = Settings, place: str = "") -> Iterator[tuple[str, str, str]]:
    """(`path`, default, description) of every setting."""
    for name, field in model.model_fields.items():
        path = f"{place}.{name}" if place else name
        if (inner := section_of(field)) is not None:
            yield from rows(inner, path)
        elif name == "clouds" and model is Settings:
            yield path, "one sandbox named `krane`", field.description or ""
            for tag, backend in TAGS.items():
                yield from rows(backend, f"clouds[{tag}]")
        elif path == "bot.platforms":
            yield path, _default(field), field.description or ""
            for tag, platform in PLATFORM_SETTINGS.items():
                yield from rows(platform, f"bot.platforms[{tag}]")
        elif name not in ("backend", "platform"):
            yield path, _default(field), field.description or ""


def printed(path: str, default: str, description: str) -> str:
    return f"| `{path}` | {default} | {description} |"


def section_of(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if value is None:
        return "none"
    if isinstance(value, Path):
        value = str(value)
    return f"`{json.dumps(value)}`" if not isinstance(value, str) else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.writelines(f"{printed(*row)}\n" for row in rows())
