"""What a sandbox's world is before anyone uses it: the same for the same settings. `World.open` calls `fill`; people see `demo_people`.

`size: small` is a hand-made demo (`seed_small.py`); a number makes so many servers (`seed_large.py`). Both have the same people, the
same catalogue, and the networks `public` and `shared-net`. Rows are made by the same functions that serve callers, so a seed can
not be in a state that the sandbox would not reach by itself; only the thousands of a large one are written directly.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resolvers.network.port import SubnetSpec
from resolvers.sandbox import networks, seed_catalogue, seed_large, seed_people, seed_small
from resolvers.sandbox.people import Directory
from resolvers.sandbox.seed_projects import BASE

if TYPE_CHECKING:
    from resolvers.sandbox.world import World


@dataclass(frozen=True)
class DemoPerson:
    """Someone to sign in as. The password of a demo is the name."""

    name: str
    password: str
    projects: tuple[str, ...]
    note: str


def demo_people() -> list[DemoPerson]:
    return [
        DemoPerson(person.name, person.name, tuple(person.roles), person.note)
        for person in seed_people.PEOPLE
        if person.note
    ]


def fill(world: "World", directory: Directory) -> None:
    world.unlimited = True
    world.seed_at(BASE)
    seed_people.fill(world, directory)
    operator = seed_people.as_person(world, "operator", "admin")
    size = world.settings.size
    seed_catalogue.fill(
        world, operator, many=size != "small", hosts=8 if size == "small" else max(8, size * 36 // 1000)
    )
    _outside(world)
    if size == "small":
        seed_small.fill(world)
    else:
        seed_large.fill(world, directory, size)
    world.settle(math.inf)
    world.limits.setdefault(seed_people.project_id("search"), {})["instances"] = 2
    world.unlimited = False


def _outside(world: "World") -> None:
    """The networks that everyone sees: the way out, and one to share."""
    operator = seed_people.as_person(world, "operator", "admin")
    public = networks.create_network(world, operator, "public", "The way out", 1500, "", external=True)
    networks.create_subnet(world, operator, SubnetSpec("public-v4", public, "198.51.96.0/21", dhcp=False), "")
    shared = networks.create_network(
        world, operator, "shared-net", "For everyone's small things", None, "", shared=True
    )
    networks.create_subnet(world, operator, SubnetSpec("shared-v4", shared, "10.20.0.0/16"), "")
    networks.create_pool(world, operator, "company-pool", ["10.32.0.0/13"], 24, True, "")
