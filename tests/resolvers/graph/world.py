"""Random rows of every kind, and the callers who look at them. Used by the tests of this folder that hold over all worlds.

Rows are made from the types of their attributes, so a new kind or attribute comes in by itself. Every free text of a row names its
row (`<description of server:c/s1>`), so that a test sees in any answer whose texts are in it.
"""

import datetime
import enum
import functools
import random
import re
import types
import typing
from typing import Any

import msgspec

from resolvers import DOMAINS
from resolvers.actor import Identity
from resolvers.graph.schema import kinds_of
from resolvers.graph.spelling import camel
from resolvers.inventory.kinds import Kind, Row

CLOUD = "c"
KINDS = kinds_of(DOMAINS)
NAMES = ("amber", "birch", "cedar")
PROJECTS = tuple(f"project-{n}" for n in range(4))
USERS = tuple(f"user-{n}" for n in range(3))
REALMS = {"domain-0": "Default", "domain-1": "partner"}  # native id -> name
GONE = "project-gone"  # owns rows, and has no row itself
ROLES = ("reader", "member", "admin", "auditor")
NOON = datetime.datetime(2026, 9, 1, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


def world(rng: random.Random, most: int = 3) -> list[Row]:
    """Rows of every kind, at most so many of each but projects, users and domains."""
    counts = {name: rng.randint(0, most) for name in KINDS}
    counts |= {"project": len(PROJECTS), "user": len(USERS), "domain": len(REALMS)}
    known = {kind: [row_id(kind, native) for native in natives(kind, count)] for kind, count in counts.items()}
    return [_row(KINDS[kind], native, known, rng) for kind, count in counts.items() for native in natives(kind, count)]


def made(kind: str, native: str, **values: Any) -> Any:
    """One row with these values; the rest is anything that fits."""
    known: dict[str, list[str]] = {name: [] for name in KINDS}
    return msgspec.structs.replace(_row(KINDS[kind], native, known, random.Random(native)), **values)


def natives(kind: str, count: int) -> list[str]:
    fixed = {"project": list(PROJECTS), "user": list(USERS), "domain": list(REALMS)}
    return fixed.get(kind) or [f"{kind}-{n}" for n in range(count)]


def row_id(kind: str, native: str) -> str:
    return f"{kind}:{CLOUD}/{native}"


OPERATOR = Identity(USERS[0], "operator", "domain-0", "Default", {}, system_roles=frozenset({"admin"}))


def member(*projects: str) -> Identity:
    return Identity(USERS[0], "member", "domain-0", "Default", {p: frozenset({"member"}) for p in projects})


def text(attribute: str, owner: str) -> str:
    """A text that says whose it is."""
    return f"<{attribute} of {owner}>"


def identity(rng: random.Random) -> Identity:
    """What a Keystone may say of a caller: roles on projects, domains and the system, bound to one project or not."""
    restricted = rng.random() < 0.25
    projects = [p for p in PROJECTS if rng.random() < 0.4]
    if restricted:
        projects = projects[:1]
    domain_roles = {d: _some(rng, ROLES) for d in REALMS if rng.random() < 0.3}
    system = _some(rng, ROLES) if rng.random() < 0.3 else frozenset[str]()
    return Identity(
        user_id=rng.choice(USERS),
        user_name="someone",
        domain_id="domain-0",
        domain_name="Default",
        roles={project: _some(rng, ROLES) for project in projects},
        domain_roles=domain_roles,
        system_roles=system,
        project_id=projects[0] if projects and (restricted or rng.random() < 0.5) else None,
        restricted=restricted,
    )


@functools.cache
def hints_of(made: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(made)


def _some(rng: random.Random, choices: tuple[str, ...]) -> frozenset[str]:
    """At least one of them."""
    return frozenset(choices[place] for place in range(len(choices)) if rng.getrandbits(1)) or frozenset(choices[:1])


def _row(kind: Kind[Any], native: str, known: dict[str, list[str]], rng: random.Random) -> Row:
    own = row_id(kind.name, native)
    hints = hints_of(kind.row)  # type: ignore[arg-type] # mypy takes no class for hashable
    values = {
        attribute: _value(kind, attribute, hint, own, known, rng)
        for attribute, hint in hints.items()
        if not attribute.startswith("__")
    }
    values |= {"id": own, "native_id": native, "cloud": CLOUD, "name": rng.choice(NAMES)}
    realm = rng.choice(list(REALMS)) if kind.name in ("project", "user") else "domain-0"
    project = rng.choice((*PROJECTS, GONE))
    shared = rng.getrandbits(len(PROJECTS)) if rng.random() < 0.3 else 0
    decided = {
        "project_id": row_id("project", project),
        "user_id": row_id("user", rng.choice(USERS)),
        "public": rng.random() < 0.2,
        "shared_with": tuple(row_id("project", p) for place, p in enumerate(PROJECTS) if shared >> place & 1),
        "domain_id": row_id("domain", realm),
    }
    values |= {attribute: value for attribute, value in decided.items() if attribute in values}
    if kind.name == "domain":
        values["name"] = REALMS[native]
    if kind.name == "project" and native == PROJECTS[0] and rng.random() < 0.5:
        values["name"] = "admin"  # the admin project, when its domain is Default
    return kind.row(**values)  # type: ignore[no-any-return] # the kind's own class of rows


def _value(
    kind: Kind[Any], attribute: str, hint: Any, own: str, known: dict[str, list[str]], rng: random.Random
) -> Any:
    """Any value that fits the type."""
    if isinstance(hint, types.UnionType):
        if rng.random() < 0.15:
            return None
        hint = next(arm for arm in typing.get_args(hint) if arm is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        inner, singular = typing.get_args(hint)[0], re.sub("s$", "", attribute)
        found = [_value(kind, singular, inner, own, known, rng) for _ in range(rng.randint(0, 3))]
        return tuple(dict.fromkeys(found))
    if typing.get_origin(hint) is dict:
        return {"label": text(attribute, own)}
    if hint is str:
        return _text(kind, attribute, own, known, rng)
    if issubclass(hint, enum.Enum):
        return rng.choice(list(hint))
    if issubclass(hint, msgspec.Struct):
        parts = hints_of(hint)
        return hint(**{name: _value(kind, name, part, own, known, rng) for name, part in parts.items()})
    plain = {bool: rng.random() < 0.5, int: rng.randint(0, 9), datetime.datetime: NOON + rng.randint(0, 99) * HOUR}
    return plain[hint]


def _text(kind: Kind[Any], attribute: str, own: str, known: dict[str, list[str]], rng: random.Random) -> str:
    """A reference to another row, one of a few names that several rows share, or a text of the row's own."""
    others = [row for other in referred(kind, attribute) for row in known[other]]
    if others:
        return rng.choice(others)
    return rng.choice(NAMES) if attribute.endswith("_name") else text(attribute, own)


def referred(kind: Kind[Any], attribute: str) -> list[str]:
    """The kinds that an attribute may refer to, by what the kind says of its edges or by the attribute's name."""
    declared = dict(kind.edges.values())
    for held in (attribute, f"{attribute}s"):
        if held in declared:
            return [declared[held]]
    if not attribute.endswith("_id"):
        return []
    words = attribute.removesuffix("_id")
    if camel(words) in KINDS:
        return [camel(words)]
    last = words.split("_")[-1]
    return [name for name in KINDS if name == last or name.endswith(last.title())]
