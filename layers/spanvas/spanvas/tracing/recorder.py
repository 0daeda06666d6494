"""What is recorded inside of steps: spans of all kinds, model calls, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.trace import Link, SpanKind, StatusCode, Tracer

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.privacy.redact import NONE
from spanvas.settings import Settings
from spanvas.storage.port import TraceStore
from spanvas.tracing import artifacts, generation
from spanvas.tracing.context import Place, current_place, with_place
from spanvas.tracing.handles import LiveSpan, error_type, exception_attributes
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.provider import NextIds, next_ids

OUTSIDE: Final = "%s outside of a workflow(): it is not recorded"


class SpanRecorder:
    """Opens and records spans under what is open where it is called. Guarded: answers None instead of raising."""

    def __init__(
        self,
        settings: Settings,
        tracer: Tracer,
        store: TraceStore | None,
        health: Health,
        clock: Callable[[], int],
        unobserved: Callable[[], AbstractContextManager[None]],
        redact_text: Callable[[str], str],
    ) -> None:
        self.problems = health
        self.keeps_content = settings.content != NONE
        self._max_artifact_bytes = settings.max_artifact_bytes
        self._artifact_buckets = settings.artifact_buckets
        self._tracer = tracer
        self._store = store
        self._clock = clock
        self._unobserved = unobserved
        self._redact_text = redact_text

    def now(self) -> int:
        """Unix nanoseconds, by the clock that everything is recorded with."""
        return self._clock()

    @guarded()
    def open_span(
        self,
        *,
        name: str,
        kind: str = kinds.OTHER,
        input: Any = None,
        attributes: Mapping[str, Any] | None = None,
        start_time_unix_nano: int | None = None,
        otel_kind: SpanKind = SpanKind.INTERNAL,
        links: Sequence[Link] = (),
        is_message: bool = False,
    ) -> LiveSpan | None:
        own = {names.KIND: kind if kind in kinds.KINDS else kinds.OTHER}
        start = start_time_unix_nano
        return self._open(
            "span", name, own, attributes, input, None, start, otel_kind, links, is_message
        )

    @guarded()
    def record_generation(
        self,
        /,
        *,
        model: str,
        provider: str = "",
        operation: str = "chat",
        system: Any = None,
        input_messages: Any = None,
        output_messages: Any = None,
        tool_definitions: Any = None,
        error: BaseException | str | None = None,
        attributes: Mapping[str, Any] | None = None,
        start_time_unix_nano: int | None = None,
        end_time_unix_nano: int | None = None,
        **details: Any,
    ) -> None:
        if self._place("record_generation") is None:
            return
        end = end_time_unix_nano or self._clock()
        own = generation.generation_attributes(model, provider, operation, **details)
        if self.keeps_content:
            own |= generation.generation_content(
                system, input_messages, output_messages, tool_definitions
            )
        span, _ = self._start(
            f"{operation} {model}",
            otel_context.get_current(),
            {**own, **(attributes or {})},
            start_time_unix_nano or end,
            SpanKind.CLIENT,
        )
        if error is None:
            span.set_status(StatusCode.OK)
        else:
            span.set_attribute(names.ERROR_TYPE, error_type(error))
            span.set_status(StatusCode.ERROR, str(error))
            if isinstance(error, BaseException):
                span.add_event(names.EXCEPTION_EVENT, exception_attributes(error), end)
        span.end(end)

    @guarded()
    def attach_artifact(
        self, name: str, data: Any, media_type: str = "", *, s3: str = "", version: str = ""
    ) -> artifacts.ArtifactHandle | None:
        place, span = self._place("attach_artifact"), trace.get_current_span()
        if place is None or self._store is None or not isinstance(span, SdkSpan):
            return None
        described = artifacts.describe(
            self._redact_text(str(name)),
            media_type,
            f"{span.get_span_context().span_id:016x}",
            place.node_id,
            tenant=place.run.tenant,
            execution_id=place.run.execution_id,
            created_at_unix_nano=self._clock(),
        )
        try:
            with self._unobserved():
                if s3:
                    stored = artifacts.refer_to_artifact(
                        self._store, described, s3, version, self._artifact_buckets
                    )
                else:
                    stored = artifacts.store_artifact(
                        self._store, described, data, self._max_artifact_bytes
                    )
        except Exception as error:  # noqa: BLE001 - the span says so, the execution goes on
            artifacts.mark_failed(span, described.name, error)
            self.problems.say_once("artifacts.failed", "an artifact was not stored: %s", error)
            return None
        artifacts.mark_stored(span, stored, media_type)
        return artifacts.ArtifactHandle(
            stored.artifact_id, stored.name, stored.media_type, stored.bytes, stored.sha256
        )

    def _open(
        self,
        what: str,
        name: str,
        own: Mapping[str, Any],
        attributes: Mapping[str, Any] | None,
        input: Any = None,
        node_id: str | None = None,
        start_time: int | None = None,
        otel_kind: SpanKind = SpanKind.INTERNAL,
        links: Sequence[Link] = (),
        is_message: bool = False,
    ) -> LiveSpan | None:
        place = self._place(what)
        if place is None:
            return None
        if node_id is not None:
            place = place._replace(node_id=node_id)
        if is_message:
            place = place._replace(is_message=True)
        span, context = self._start(
            name, with_place(place), {**own, **(attributes or {})}, start_time, otel_kind, links
        )
        live = LiveSpan(self, span, context, place.run, place.node_id, node_id is not None)
        if input is not None:
            live.set_input(input)
        return live

    def _start(
        self,
        name: str,
        base: Context,
        attributes: Mapping[str, Any],
        start_time: int | None = None,
        otel_kind: SpanKind = SpanKind.INTERNAL,
        links: Sequence[Link] = (),
        known: tuple[str, str] | None = None,
    ) -> tuple[SdkSpan, Context]:
        """A span, and the context in which it is the current one. `known`: trace and span id, where they are given."""
        start_time = start_time if start_time is not None else self._clock()
        token = next_ids.set(NextIds(*(int(id, 16) for id in known)) if known else None)
        try:
            span = self._tracer.start_span(
                str(name), base, otel_kind, dict(attributes), links, start_time
            )
        finally:
            next_ids.reset(token)
        assert isinstance(span, SdkSpan)
        return span, trace.set_span_in_context(span, base)

    def _place(self, what: str) -> Place | None:
        place = current_place()
        if place is None:
            self.problems.say_once("outside", OUTSIDE, what)
        elif place.run.is_disowned:
            return None
        return place


def present(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Without what there is nothing to say of."""
    return {name: value for name, value in attributes.items() if value not in (None, "", [])}
