"""What the bot counts, as plain numbers that the gateway exposes at /metrics. Every part of the bot adds to the one object it was given."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """`refused` are attempts that ended before the graph, `denied` what the graph denied, by policy or by role."""

    received: int = 0
    duplicate: int = 0
    taken_over: int = 0
    poisoned: int = 0
    executed: int = 0
    refused: int = 0
    denied: int = 0
    errors: int = 0  # faults inside the bot
    sent: int = 0
    edits_merged: int = 0
    retried: int = 0
    given_up: int = 0  # messages that a platform would not take
    rejected: dict[str, int] = field(default_factory=dict)  # deliveries refused at a platform's door, by reason
    outbox_depth: int = 0
    in_hand: int = 0
    following: int = 0
