"""The settings of every limit: unit, default, and when to change it. Gathered into the one Settings by `gateway/settings.py`."""

from pydantic import BaseModel, ConfigDict, Field


class LimitSettings(BaseModel):
    """Limits of one request and one caller. Each process counts for itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body_bytes: int = Field(
        1_000_000,
        gt=0,
        description="Bytes of a request's body, and of one WebSocket message. Raise it for big user data in a mutation.",
    )
    body_seconds: float = Field(
        30, gt=0, description="Seconds within which a body must have come. Raise it for callers on slow lines."
    )
    tokens: int = Field(
        1_000,
        gt=0,
        description="Lexical tokens of a document. Trusted documents are exempt: trust big documents rather than raise it.",
    )
    depth: int = Field(
        12,
        gt=0,
        description="Nested fields of an operation. Raise it when a page of yours needs a longer walk through the graph.",
    )
    aliases: int = Field(
        15,
        ge=0,
        description="Aliased fields of an operation, fragments counted at each use. Raise it for dashboards of many panels.",
    )
    root_fields: int = Field(
        20, gt=0, description="Fields at the root of an operation. Raise it for dashboards of many panels."
    )
    cost: int = Field(
        5_000,
        gt=0,
        description="Cost of one operation: about the number of objects it can return, plus what upstream calls declare.",
    )
    default_page: int = Field(
        50, gt=0, description="Rows that a list counts in the cost when neither first nor last is given."
    )
    max_page: int = Field(
        1_000,
        gt=0,
        description="Rows that a list counts at most; a larger first is refused by the list itself, with its own sentence.",
    )
    budget: int = Field(
        100_000,
        gt=0,
        description="Cost that one caller can spend at once (the size of the bucket). Lower it when callers crowd others out.",
    )
    budget_per_second: float = Field(
        5_000, gt=0, description="Cost that flows back into a caller's budget each second."
    )
    concurrency: int = Field(
        50,
        gt=0,
        description="Operations of one caller that run at the same time. Raise it for a busy service account.",
    )
    subscriptions: int = Field(
        500,
        gt=0,
        description="Subscriptions of one caller that run at the same time. Raise it for a service account that serves many people.",
    )
    deadline_seconds: float = Field(
        60, gt=0, description="Seconds that one operation may take. Keep it below your reverse proxy's own timeout."
    )
