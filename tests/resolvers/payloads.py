"""Answers of real services, captured as they came, in tests/payloads."""

from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")
FOLDER = Path(__file__).parent.parent / "payloads"


def captured(name: str) -> bytes:
    """`openstack/volume_volumes`: the bytes of the answer."""
    return (FOLDER / f"{name}.json").read_bytes()


def listed(name: str, key: str, decoder: msgspec.json.Decoder[list[T]]) -> list[T]:
    """The list inside a captured answer, decoded as an adapter decodes it."""
    page = msgspec.json.decode(captured(name), type=dict[str, msgspec.Raw])
    return decoder.decode(page[key])
