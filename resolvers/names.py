"""Global ids of one cloud's resources, made by adapters. Equal ids are shared, because a project's id stands in thousands of rows.

Projects, users and domains belong to the identity cloud: several regions of one Keystone name the same project by the same id.
"""

from typing import Final

from resolvers import ids

IDENTITY_KINDS = frozenset({"project", "user", "domain", "role"})
MOST_SHARED: Final = 200_000  # a cloud of 25,000 servers has less than half as many references


class Names:
    def __init__(self, cloud: str, identity_cloud: str) -> None:
        self.cloud = cloud
        self.identity_cloud = identity_cloud
        self._shared: dict[tuple[str, str], str] = {}

    def id(self, kind: str, native: str) -> str:
        """A global id that is not worth sharing: the row's own."""
        return ids.make(kind, self.identity_cloud if kind in IDENTITY_KINDS else self.cloud, native)

    def ref(self, kind: str, native: str | None) -> str | None:
        """A shared reference to another row; None and the empty text stay None."""
        if not native:
            return None
        known = self._shared.get((kind, native))
        if known is None:
            if (
                len(self._shared) >= MOST_SHARED
            ):  # of what is gone nobody tells; what is still there is soon shared again
                self._shared.clear()
            known = self._shared[kind, native] = self.id(kind, native)
        return known
