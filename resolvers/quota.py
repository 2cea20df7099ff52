"""Quotas as plain records, answered by the ports of compute, volume and network, shown by `project.quotas` and by plans."""

from dataclasses import dataclass

from resolvers.action import QuotaEffect
from resolvers.errors import QuotaExceeded


@dataclass(frozen=True, slots=True)
class Quota:
    """`limit` None is unlimited. `resource` is the backend's own word (`instances`, `cores`, `ram`, `gigabytes`, `floatingip`)."""

    service: str
    resource: str
    limit: int | None
    used: int
    reserved: int = 0

    def after(self, more: int) -> QuotaEffect:
        """The effect of using so much more. Raises QuotaExceeded, with the numbers, when it does not fit."""
        total = self.used + self.reserved + more
        if self.limit is not None and more > 0 and total > self.limit:
            raise QuotaExceeded(
                f"The project may use {self.limit} {self.resource} and uses {self.used + self.reserved}; {more} more do not fit."
                " Delete something or ask an operator for a larger quota.",
                field=self.resource,
            )
        return QuotaEffect(self.service, self.resource, self.limit, self.used + self.reserved, total)
