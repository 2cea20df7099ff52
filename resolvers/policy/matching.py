"""Whether one rule is about one command of one person from one place. Called by `policy`.

Answers are YES, NO or MAYBE: as long as the project is not known, or its name is not, a rule about projects or roles may or may not
be about it.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from resolvers.actor import OPERATOR, Actor, Origin
from resolvers.policy.rules import Rule


class Match(enum.IntEnum):
    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A project, by id and, where it was read already, by name. None of it: in which project is not known."""

    id: str | None
    name: str | None = None


def match(rule: Rule, actor: Actor, command: str, place: Place, anybody: bool = False) -> Match:
    """`anybody`: whoever the rule's people are."""
    if not _any(rule.commands, command):
        return Match.NO
    if rule.channels is not None and not _from(rule.channels, actor.origin):
        return Match.NO
    if anybody:
        return _in(rule.projects, place)
    if rule.people is not None and not _person(rule.people, actor):
        return Match.NO
    return min(_in(rule.projects, place), _with(rule.roles, actor, place))


def holds(actor: Actor, role: str, project_id: str | None) -> bool:
    """Whether the actor has a role of a policy file on a project; `operator` is the operator of the cloud."""
    return actor.operator if role == OPERATOR else role in actor.roles_on(project_id)


def place_of(origin: Origin) -> str:
    """`slack:C024BE91L`, or `http` where there are no channels."""
    return f"{origin.kind}:{origin.channel}" if origin.channel else origin.kind


def _from(patterns: Sequence[str], origin: Origin) -> bool:
    """A pattern without a colon is about a whole platform."""
    return any(fnmatchcase(place_of(origin) if ":" in p else origin.kind, p) for p in patterns)


def _person(patterns: Sequence[str], actor: Actor) -> bool:
    """`jiwoo` by name in whichever domain, `jiwoo@Default` by name and domain, `user:krane/...` by id."""
    full = f"{actor.user_name}@{actor.identity.domain_name}"
    return any(
        fnmatchcase(full if "@" in p else actor.user_id if p.startswith("user:") else actor.user_name, p)
        for p in patterns
    )


def _in(patterns: Sequence[str] | None, place: Place) -> Match:
    if patterns is None or "*" in patterns:
        return Match.YES
    if place.id is None:
        return Match.MAYBE
    if any(_any(patterns, name) for name in (place.id, place.id.split("/", 1)[-1], place.name) if name is not None):
        return Match.YES
    return Match.NO if place.name is not None else Match.MAYBE


def _with(roles: Sequence[str] | None, actor: Actor, place: Place) -> Match:
    if roles is None:
        return Match.YES
    if place.id is not None or actor.operator:
        return Match.YES if any(holds(actor, role, place.id) for role in roles) else Match.NO
    held = [any(role in mine for role in roles) for mine in actor.projects.values()]
    if not any(held):
        return Match.NO
    return Match.YES if all(held) and not actor.all_projects else Match.MAYBE


def _any(patterns: Sequence[str], text: str) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)
