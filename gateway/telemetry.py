"""Traces by OpenTelemetry, only when configured: nothing of it is imported otherwise.

`gateway/edge.py` opens one span per request; the W3C `traceparent` of the caller is its parent. Libraries that speak OpenTelemetry find the
span as the current one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider


class TelemetrySettings(BaseModel):
    """Traces. Off until `endpoint` is set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="Where spans go: the address of a collector, such as http://collector:4318/v1/traces.",
    )
    service: str = Field("9rum", description="The name under which the spans are found.")
    ratio: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Share of requests that are traced when the caller did not decide. Lower it under load.",
    )

    @field_validator("endpoint")
    @classmethod
    def _can_be_traced(cls, endpoint: str | None) -> str | None:
        """Asked here, so that `9rum check` says it before `9rum serve` does."""
        if endpoint is not None:
            try:
                import opentelemetry.exporter.otlp.proto.http.trace_exporter  # noqa: F401 - whether it is installed
            except ImportError:
                raise ValueError("traces need OpenTelemetry: install 9rum with its otel extra") from None
        return endpoint


class Span:
    """What a request may say of itself while it runs."""

    def __init__(self, span: Any) -> None:
        self._span = span

    def finish(self, status: int, fields: Mapping[str, Any]) -> None:
        """`status` is that of HTTP, or the code with which a WebSocket was closed: those begin at 1000."""
        http = status < 1000
        self._span.set_attribute("http.response.status_code" if http else "gurum.close_code", status)
        for name, value in fields.items():
            if isinstance(value, str | int | float | bool):
                self._span.set_attribute(f"gurum.{name}", value)
        if http and status >= 500:
            from opentelemetry.trace import Status, StatusCode

            self._span.set_status(Status(StatusCode.ERROR))


class Tracing:
    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("gurum")
        self._propagator = TraceContextTextMapPropagator()
        self._server = SpanKind.SERVER

    @contextmanager
    def span(self, name: str, headers: Mapping[bytes, bytes], correlation_id: str) -> Iterator[Span]:
        carrier = {
            key: headers[key.encode()].decode("latin-1")
            for key in ("traceparent", "tracestate")
            if key.encode() in headers
        }
        parent = self._propagator.extract(carrier)
        attributes = {"gurum.correlation_id": correlation_id}
        with self._tracer.start_as_current_span(name, parent, self._server, attributes) as span:
            yield Span(span)

    def close(self) -> None:
        """Sends what waits; blocks for as long as that takes (at most the exporter's own deadline)."""
        self._provider.shutdown()


def open_tracing(settings: TelemetrySettings, processor: "SpanProcessor | None" = None) -> Tracing | None:
    """None when no endpoint is set. `processor` takes the spans instead of the collector (tests)."""
    if settings.endpoint is None:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

    resource = Resource.create({"service.name": settings.service})
    provider = TracerProvider(ParentBasedTraceIdRatio(settings.ratio), resource, shutdown_on_exit=False)
    provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter(settings.endpoint)))
    return Tracing(provider)
