"""What is stored of an operation: plain data, one JSON document per operation. Written by `run` and `engine`, shown by `graph`."""

import enum
from datetime import datetime
from typing import Any

import msgspec


class OperationState(enum.StrEnum):
    """PENDING: not yet accepted by a backend. RUNNING: accepted, on its way. The other two are ends."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"

    @property
    def ended(self) -> bool:
        return self in (OperationState.SUCCEEDED, OperationState.FAILED)


class StepState(enum.StrEnum):
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class Step(msgspec.Struct, kw_only=True):
    """`result` is what the step answered, kept so that a resumed run does not do it twice. `lost_at` is when its answer was lost."""

    name: str
    title: str
    state: StepState
    started_at: datetime
    finished_at: datetime | None = None
    detail: str | None = None
    result: Any = None
    lost_at: datetime | None = None


class Failure(msgspec.Struct, kw_only=True):
    code: str
    message: str
    retryable: bool = False
    backend: str | None = None
    request_id: str | None = None
    field: str | None = None


class UndoOffer(msgspec.Struct, kw_only=True):
    """The action and input that would take the operation back."""

    action: str
    input: dict[str, Any]


class Record(msgspec.Struct, kw_only=True):
    """`args` is the plan's resolved input (global ids instead of names), `input` what the caller sent, secrets masked.

    `channel` and `said` are where in chat it was asked for: the channel, and the message's link or id.
    `resource_names` are what the plan named, in the order of `resource_ids`: they tell what it was about when the rows are gone.
    `outcome` is the end it comes to: stored before anybody is told, so that whoever goes on does not work on it any more.
    `personal` operations are seen by their person alone. `progress` is between 0 and 1. `correlation_id` leads to the logs.
    """

    id: str
    action: str
    state: OperationState
    started_at: datetime
    actor_id: str
    actor_name: str
    project_id: str | None
    origin: str
    correlation_id: str
    input: dict[str, Any]
    args: dict[str, Any]
    plan_hash: str
    finished_at: datetime | None = None
    progress: float = 0.0
    steps: list[Step] = msgspec.field(default_factory=list)
    resource_id: str | None = None
    resource_ids: list[str] = msgspec.field(default_factory=list)
    resource_names: list[str] = msgspec.field(default_factory=list)
    error: Failure | None = None
    backend_request_ids: list[str] = msgspec.field(default_factory=list)
    undo: UndoOffer | None = None
    personal: bool = False
    version: int = 0
    channel: str | None = None
    said: str | None = None
    outcome: OperationState | None = None

    def made(self, kind: str) -> str | None:
        """The id of what it made of a kind; None when it made none."""
        return next((row_id for row_id in self.resource_ids if row_id.startswith(f"{kind}:")), None)

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)
