"""The limits of the transport: what one request and one caller may ask for. One class per limit, each in its own file.

`LIMITS` is the whole list, in the order in which a request meets them. Each refusal is one sentence naming the limit and the
number. `Limits` holds one of each for the process; the views and the executor call them where they apply.
"""

from collections.abc import Callable
from typing import Final

from gateway.limits.aliases import AliasLimit
from gateway.limits.body import BodyLimit
from gateway.limits.concurrency import ConcurrencyLimit
from gateway.limits.cost import CostLimit
from gateway.limits.deadline import DeadlineLimit
from gateway.limits.depth import DepthLimit
from gateway.limits.rate import RateLimit
from gateway.limits.roots import RootFieldLimit
from gateway.limits.settings import LimitSettings
from gateway.limits.subscriptions import SubscriptionLimit
from gateway.limits.tokens import TokenLimit

__all__ = ["LIMITS", "LimitSettings", "Limits"]

LIMITS: Final = (
    BodyLimit,
    TokenLimit,
    DepthLimit,
    AliasLimit,
    RootFieldLimit,
    CostLimit,
    RateLimit,
    ConcurrencyLimit,
    SubscriptionLimit,
    DeadlineLimit,
)


class Limits:
    """One of each, built from the settings. `now` is a monotonic clock in seconds."""

    def __init__(self, settings: LimitSettings, now: Callable[[], float]) -> None:
        self.body = BodyLimit(settings)
        self.tokens = TokenLimit(settings)
        # These three see a document once, before validation: a document that is too big is never validated.
        self.shape = (DepthLimit(settings), AliasLimit(settings), RootFieldLimit(settings))
        self.cost = CostLimit(settings)
        self.rate = RateLimit(settings, now)
        self.concurrency = ConcurrencyLimit(settings)
        self.subscriptions = SubscriptionLimit(settings)
        self.deadline = DeadlineLimit(settings)
