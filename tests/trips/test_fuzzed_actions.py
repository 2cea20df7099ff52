"""Every action with nonsense for input: refused with a code of the tree and a sentence, never by a fault of ours, and nothing changed.

The actions and their parameters are read from `commands`, so a new action is asked too.
"""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers.errors import ERRORS
from tests.stores import emptied
from tests.watched import Watched, slow_polls, watched

CODES = {error.code for error in ERRORS}
COMMANDS = "{ commands { name kind parameters { name type required many choices choicesFrom } } }"
TEXTS = {"control characters": "a\u0000b\u001b[31m", "10,000 characters": "x" * 10_000, "nothing": ""}
ODD_TEXTS = (
    *TEXTS.values(),
    "  ",
    "no-such-thing",
    "구름 ☁",
    "a\u202eb",
    "../../etc",
    "server:krane/x",
    "10.0.0.0/8",
    "::1",
    "%s{0}",
)
ODD_NUMBERS = (-1, 0, 1, 65_536, 2_147_483_647, -2_147_483_648)
ODD_JSON: tuple[Any, ...] = (
    {},
    {"a": 1},
    {"a": None},
    [],
    "text",
    7,
    {"": "x"},
    {"a\u0000": "b"},
    {"a": "x" * 300},
    None,
)
PLANS_EACH = 12


@pytest.fixture(scope="module")
async def krane(valkey: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    folder = tmp_path_factory.mktemp("krane")
    limits = {"budget": 10**9, "cost": 10**6}
    async with watched(await emptied(valkey), folder, inventory=slow_polls(), graphql={"limits": limits}) as it:
        yield it


async def commands(krane: Watched) -> list[dict[str, Any]]:
    """The changes; commands that only read have no input object."""
    found: list[dict[str, Any]] = (await krane.graph.data("operator", COMMANDS))["commands"]
    changes = [command for command in found if command["kind"] == "CHANGE"]
    assert len(changes) > 60
    return changes


def spelled(command: dict[str, Any]) -> tuple[str, str]:
    """The field, and the type of its input."""
    noun, verb = command["name"].split(".")
    name = noun + verb[0].upper() + verb[1:]
    return name, f"{name[0].upper()}{name[1:]}Input"


def filled(parameter: dict[str, Any], text: str) -> Any:
    plain: dict[str, Any] = {"Int": -1, "Boolean": True, "JSON": {text: text}, "Float": -1.0}
    value = parameter["choices"][0] if parameter["choices"] else plain.get(parameter["type"], text)
    return [value] if parameter["many"] else value


def told(answer: dict[str, Any], what: str) -> str:
    """The code of the only error, which has a sentence."""
    assert len(answer.get("errors", ())) == 1, (what, answer)
    error = answer["errors"][0]
    assert error["extensions"]["code"] in CODES, (what, error)
    assert 10 < len(error["message"]) < 2_000, (what, error)
    assert error["message"].isprintable(), (what, error)
    return str(error["extensions"]["code"])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_no_action_takes_nonsense(krane: Watched, text: str) -> None:
    before = await krane.everything()
    for command in await commands(krane):
        name, given = spelled(command)
        query = f"mutation($input: {given}!) {{ {name}(input: $input) {{ id }} }}"
        for every in (False, True):
            values = {p["name"]: filled(p, text) for p in command["parameters"] if every or p["required"]}
            if not values:
                continue  # a floating IP needs nothing to be said
            answer = await krane.graph("operator", query, {"input": values})
            assert told(answer, f"{name}({values})"[:300]) in ("INVALID", "NOT_FOUND", "CONFLICT")
    assert await krane.everything() == before


async def test_no_plan_breaks_on_nonsense_about_real_things(krane: Watched) -> None:
    """Half of the references are real here, so that checks behind the first one are met too. A plan changes nothing, good or bad."""
    rng = random.Random(1)
    before = await krane.everything()
    planned = 0
    for command in await commands(krane):
        name, given = spelled(command)
        query = f"query($input: {given}!) {{ plan {{ {name}(input: $input) {{ hash }} }} }}"
        for _ in range(PLANS_EACH):
            values = {
                p["name"]: odd(krane, p, rng) for p in command["parameters"] if p["required"] or rng.random() < 0.4
            }
            answer = await krane.graph("operator", query, {"input": values})
            if "errors" in answer:
                told(answer, f"plan {name}({values})"[:500])
            planned += "errors" not in answer
    assert planned > 50, "some of it should be plausible, or the checks behind the first are never met"
    assert await krane.everything() == before


def odd(krane: Watched, parameter: dict[str, Any], rng: random.Random) -> Any:
    if parameter["many"]:
        one = {**parameter, "many": False}
        return [odd(krane, one, rng) for _ in range(rng.choice((0, 1, 2, 3)))]
    if parameter["choices"]:
        return rng.choice(parameter["choices"])
    if parameter["choicesFrom"] and rng.random() < 0.8:
        rows = list(krane.graph.app.inventory.table(parameter["choicesFrom"]).all())
        return rng.choice(rows).id if rows else "none"
    if parameter["type"] == "Int":
        return rng.choice(ODD_NUMBERS)
    if parameter["type"] == "Boolean":
        return rng.random() < 0.5
    if parameter["type"] == "JSON":
        return rng.choice(ODD_JSON)
    return rng.choice((*ODD_TEXTS, "plain-name"))
