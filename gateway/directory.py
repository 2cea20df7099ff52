"""What signing in needs to know of projects: which one is the admin project, and which ones a domain has.

`gateway/auth.py` asks while it makes an Actor; the answers come from the read model's project table.
"""

from collections.abc import Iterable
from typing import Protocol

from resolvers import ids
from resolvers.inventory.store import Inventory


class Directory(Protocol):
    """What is asked of it, by whoever holds projects."""

    @property
    def version(self) -> object:
        """Changes when any answer could change."""

    def admin_project(self) -> str | None:
        """The global id of the project whose admins are operators."""

    def named(self, project_ids: Iterable[str]) -> list[dict[str, str]]:
        """Id and name of each, by name; one that was not read yet has its native id for a name."""

    def called(self, name: str) -> list[dict[str, str]]:
        """Id and name of every project of that name, in whatever domain, or of that native id."""


class ProjectDirectory:
    """`cloud` is the identity cloud. The admin project is found by its name and its domain's, because names repeat over domains."""

    def __init__(self, inventory: Inventory, cloud: str, admin_project: str, admin_domain: str) -> None:
        self._projects = inventory.table("project")
        self._domains = inventory.table("domain")
        self._cloud = cloud
        self._admin_project = admin_project
        self._admin_domain = admin_domain

    @property
    def version(self) -> tuple[int, int]:
        return self._projects.version, self._domains.version

    def admin_project(self) -> str | None:
        """None before the projects were read, too."""
        for project in self._projects.by("name", self._admin_project).values():
            domain = self._domains.get(project.domain_id)
            if project.cloud == self._cloud and domain is not None and domain.name == self._admin_domain:
                return str(project.id)
        return None

    def named(self, project_ids: Iterable[str]) -> list[dict[str, str]]:
        rows = ((project_id, self._projects.get(project_id)) for project_id in project_ids)
        found = [{"id": i, "name": row.name if row is not None else ids.parse(i).native} for i, row in rows]
        return sorted(found, key=lambda project: (project["name"], project["id"]))

    def called(self, name: str) -> list[dict[str, str]]:
        one = self._projects.get(ids.make("project", self._cloud, name))
        rows = [one] if one is not None else self._projects.by("name", name).values()
        found = [{"id": str(row.id), "name": str(row.name)} for row in rows if row.cloud == self._cloud]
        return sorted(found, key=lambda project: project["id"])
