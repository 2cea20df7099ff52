"""Which rows of the audit log somebody asks for, and which of them that person may see. Used by `graph/audit.py` and `approvals`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from resolvers.actor import ADMIN, Actor
from resolvers.audit import AuditResult, AuditRow
from resolvers.context import Context
from resolvers.errors import Invalid

SLACK = timedelta(hours=1)  # between a row's moment and its place in the log, by which a search is cut short
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
MAX_TEXT = 255
PLACE = re.compile(r"[0-9]{1,19}-[0-9]{1,19}\Z")  # the id of a row: one of a Redis stream


@dataclass(frozen=True)
class Wanted:
    """What is None is not asked for. `action` is a glob; `actor`, `project` and `resource` are an id or a name."""

    actor: str | None = None
    action: str | None = None
    resource: str | None = None
    channel: str | None = None
    project: str | None = None
    result: AuditResult | None = None
    since: datetime | None = None
    until: datetime | None = None

    def check(self) -> None:
        """Raises Invalid."""
        for name in ("actor", "action", "resource", "channel", "project"):
            if len(getattr(self, name) or "") > MAX_TEXT:
                raise Invalid(f"`{name}` has at most {MAX_TEXT} characters.", field=name)
        for name in ("since", "until"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise Invalid(
                    "A moment needs its distance from UTC, such as `2026-10-01T12:00:00Z` or `...+09:00`.", field=name
                )
            if moment is not None and not EARLIEST <= moment <= LATEST:
                raise Invalid(f"`{name}` is a moment between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}.", field=name)

    @property
    def since_id(self) -> str | None:
        """A place in the log before which nothing of it can be."""
        return None if self.since is None else _place(self.since - SLACK)

    @property
    def until_id(self) -> str | None:
        """A place behind which nothing of it can be."""
        return None if self.until is None else _place(self.until + SLACK)


def _place(moment: datetime) -> str:
    return f"{max(0, int(moment.timestamp() * 1000))}-0"


def may_read(actor: Actor) -> bool:
    """Operators read everything, admins of a project what was attempted in it."""
    return actor.operator or actor.holds(ADMIN)


def sees(actor: Actor, row: AuditRow) -> bool:
    return actor.operator or (row.project_id is not None and ADMIN in actor.projects.get(row.project_id, ()))


def test_of(context: Context, wanted: Wanted) -> Callable[[AuditRow], bool]:
    """The whole test of a row: asked for, and seen by the caller."""
    actor = context.actor
    resources = None if wanted.resource is None else _known(context, wanted.resource)
    projects = None if wanted.project is None else _named(context, "project", wanted.project)

    def test(row: AuditRow) -> bool:
        return (
            sees(actor, row)
            and (wanted.result is None or row.result is wanted.result)
            and (wanted.since is None or row.at >= wanted.since)
            and (wanted.until is None or row.at <= wanted.until)
            and (wanted.actor is None or wanted.actor in (row.actor_id, row.actor_name, _native(row.actor_id)))
            and (wanted.action is None or fnmatchcase(row.action, wanted.action))
            and (wanted.channel is None or _from(row, wanted.channel))
            and (projects is None or row.project_id in projects or _native(row.project_id) in projects)
            and (resources is None or _about(row, resources))
        )

    return test


def _native(row_id: str | None) -> str | None:
    return None if row_id is None else row_id.split("/", 1)[-1]


def _from(row: AuditRow, channel: str) -> bool:
    """`slack:C024*`, or the channel alone, or the platform alone."""
    place = f"{row.origin}:{row.channel}" if row.channel else row.origin
    return any(fnmatchcase(text, channel) for text in (place, row.channel or "", row.origin) if text)


def _about(row: AuditRow, resources: frozenset[str]) -> bool:
    """By id, or by what was typed: what is gone or never was has no other name left."""
    if not resources.isdisjoint(row.resource_ids) or any(_native(held) in resources for held in row.resource_ids):
        return True
    return any(_mentions(value, resources) for value in row.input.values())


def _mentions(value: Any, resources: frozenset[str]) -> bool:
    if isinstance(value, list):
        return any(_mentions(member, resources) for member in value)
    return isinstance(value, str) and value in resources


def _known(context: Context, text: str) -> frozenset[str]:
    """The text, and the ids of everything that is named so now and that the caller sees."""
    return frozenset((text,)).union(*(_named(context, kind, text) for kind in context.inventory.kinds))


def _named(context: Context, kind: str, text: str) -> frozenset[str]:
    inventory = context.inventory
    if "name" not in inventory.kinds[kind].indexes:
        return frozenset((text,))
    return frozenset((text, *(row.id for row in inventory.related(context.actor, kind, "name", text))))
