"""A function's own tracer provider: its sampler and its exporters see what they see without the layer; we see all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, Sampler, TraceIdRatioBased

import spanvas
from spanvas.tracing.instrumentations import _add_event
from tests.support.recording import Recording, recording


class Function:
    """A function with a provider, a sampler and an exporter of its own."""

    def __init__(self, sampler: Sampler | None = None) -> None:
        self.provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        self.exported = InMemorySpanExporter()
        self.seen = SeenByProcessor()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exported))
        self.provider.add_span_processor(self.seen)
        self.tracer = self.provider.get_tracer("mine", "1.0")

    def exports(self) -> dict[str, str | None]:
        """Names of exported spans, and their parents' names."""
        spans = self.exported.get_finished_spans()
        names = {span.context.span_id: span.name for span in spans if span.context is not None}
        return {
            span.name: None if span.parent is None else names.get(span.parent.span_id, "?")
            for span in spans
        }


class SeenByProcessor(SpanProcessor):
    """A processor that looks at all that it is called with, sampled or not."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_start(self, span: Any, parent_context: Context | None = None) -> None:
        self.names.append(span.name)

    def on_end(self, span: ReadableSpan) -> None:
        self.names.append(span.name)


@pytest.fixture
def run(fresh_process: None) -> Iterator[Recording]:
    with recording(is_global=True) as recorded:
        yield recorded


def parents(recorded: Recording) -> dict[str, str | None]:
    names = {span.span_id: span.name for span in recorded.spans}
    return {span.name: names.get(span.parent_span_id or "") for span in recorded.spans}


def work(tracer: trace.Tracer) -> None:
    with spanvas.workflow("brief", execution_id="e1"):
        with tracer.start_as_current_span("outer"), spanvas.node("draft"):  # noqa: SIM117
            with tracer.start_as_current_span("inner"), spanvas.span("step", kind="tool"):
                pass
        with spanvas.node("check"), tracer.start_as_current_span("second"):
            pass


def test_its_exporter_gets_its_spans_with_the_parents_that_they_have_without_the_layer(
    run: Recording,
) -> None:
    function = Function()
    trace.set_tracer_provider(function.provider)
    work(function.tracer)
    assert function.exports() == {"inner": "outer", "outer": None, "second": None}
    first, outer, second = function.exported.get_finished_spans()
    assert first.context is not None
    assert outer.context is not None
    assert second.context is not None
    assert first.context.trace_id == outer.context.trace_id != second.context.trace_id


def test_ours_is_one_tree_in_one_trace_whoever_has_made_the_spans(run: Recording) -> None:
    function = Function()
    trace.set_tracer_provider(function.provider)
    work(function.tracer)
    assert parents(run) == {
        "brief": None,
        "outer": "brief",
        "draft": "outer",
        "inner": "draft",
        "step": "inner",
        "check": "brief",
        "second": "check",
    }
    assert {span.trace_id for span in run.spans} == {run.span("brief").trace_id}
    assert run.span("inner").attributes["spanvas.node.id"] == "draft"


@pytest.mark.parametrize("sampler", [ALWAYS_OFF, ParentBased(ALWAYS_OFF), TraceIdRatioBased(0.0)])
def test_what_its_sampler_drops_is_not_exported_and_recorded_for_us_all_the_same(
    run: Recording, sampler: Sampler
) -> None:
    function = Function(sampler)
    trace.set_tracer_provider(function.provider)
    work(function.tracer)
    assert function.exports() == {}
    assert function.seen.names == []
    assert parents(run) == {
        "brief": None,
        "outer": "brief",
        "draft": "outer",
        "inner": "draft",
        "step": "inner",
        "check": "brief",
        "second": "check",
    }


def test_a_dropped_span_keeps_what_is_said_of_it(run: Recording) -> None:
    function = Function(ALWAYS_OFF)
    trace.set_tracer_provider(function.provider)
    with spanvas.workflow("brief"):
        with function.tracer.start_as_current_span("call", attributes={"a": 1}) as span:
            assert span.is_recording()
            span.set_attribute("gen_ai.request.model", "gpt-4o")
            span.add_event("first token")
        with pytest.raises(ValueError, match="no"), function.tracer.start_as_current_span("bad"):
            raise ValueError("no")
    found = run.span("call")
    assert found.attributes == {"a": 1, "gen_ai.request.model": "gpt-4o"}
    assert [event.name for event in found.events] == ["first token"]
    assert (found.scope_name, found.scope_version) == ("mine", "1.0")
    assert run.span("bad").status == "error"


def test_a_dropped_span_says_so_to_other_services(run: Recording) -> None:
    function = Function(ALWAYS_OFF)
    trace.set_tracer_provider(function.provider)
    with spanvas.workflow("brief"), function.tracer.start_as_current_span("call") as span:
        headers: dict[str, str] = {}
        propagate.inject(headers)
        context = span.get_span_context()
    assert not context.trace_flags.sampled
    assert headers["traceparent"].startswith(f"00-{context.trace_id:032x}-{context.span_id:016x}-")
    assert int(headers["traceparent"][-2:], 16) & 1 == 0


def test_its_propagators_send_nothing_where_nothing_of_its_own_is_open(run: Recording) -> None:
    trace.set_tracer_provider(Function().provider)
    with spanvas.workflow("brief"), spanvas.node("draft"):
        headers: dict[str, str] = {}
        propagate.inject(headers)
        assert not trace.get_current_span().is_recording()
    assert headers == {}


def test_an_execution_is_passed_on_in_its_own_trace(run: Recording) -> None:
    function = Function(ALWAYS_OFF)
    trace.set_tracer_provider(function.provider)
    carrier: dict[str, str] = {}
    with spanvas.workflow("brief") as opened, function.tracer.start_as_current_span("call") as call:
        span_id = f"{call.get_span_context().span_id:016x}"
        assert spanvas.inject(carrier)["traceparent"].startswith(f"00-{opened.trace_id}-{span_id}-")


def test_its_sampler_is_asked_once_for_each_span_and_never_for_ours(run: Recording) -> None:
    asked: list[tuple[str, bool]] = []

    class Counting(TraceIdRatioBased):
        def should_sample(self, parent_context: Any, trace_id: int, name: str, *rest: Any) -> Any:
            parent = trace.get_current_span(parent_context).get_span_context()
            asked.append((name, parent.is_valid))
            return super().should_sample(parent_context, trace_id, name, *rest)

    function = Function(Counting(0.0))
    trace.set_tracer_provider(function.provider)
    work(function.tracer)
    assert asked == [("outer", False), ("inner", True), ("second", False)]


def test_two_of_forty_stay_two_of_forty(run: Recording) -> None:
    function = Function(ParentBased(TraceIdRatioBased(0.05)))
    trace.set_tracer_provider(function.provider)
    for _ in range(400):
        with spanvas.workflow("brief"), function.tracer.start_as_current_span("outer"):
            pass
    assert len(function.exported.get_finished_spans()) < 100
    assert run.names.count("outer") == 400


def test_a_parent_that_the_function_has_read_from_its_event_decides(run: Recording) -> None:
    function = Function()
    trace.set_tracer_provider(function.provider)
    sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with spanvas.workflow("brief") as opened, spanvas.node("draft") as node:
        for name, header in (("yes", sampled), ("no", sampled[:-1] + "0")):
            parent = propagate.extract({"traceparent": header})
            with function.tracer.start_as_current_span(name, context=parent):
                pass
    (exported,) = function.exported.get_finished_spans()
    assert exported.name == "yes"
    assert exported.parent is not None
    assert f"{exported.parent.span_id:016x}" == "00f067aa0ba902b7"
    for name in ("yes", "no"):
        assert run.span(name).trace_id == opened.trace_id
        assert run.span(name).parent_span_id == node.span_id


def test_a_provider_that_is_not_the_global_one_is_left_alone(run: Recording) -> None:
    function = Function()
    with spanvas.workflow("brief"), function.tracer.start_as_current_span("theirs"):
        pass
    assert function.exports() == {"theirs": None}
    assert run.names == ["brief"]


def test_nothing_of_ours_is_written_on_a_span_of_its_own(run: Recording) -> None:
    function = Function()
    trace.set_tracer_provider(function.provider)
    with spanvas.workflow("brief"), function.tracer.start_as_current_span("call"):
        spanvas.attach_artifact("brief.md", b"text", media_type="text/markdown")
        _add_event(1, 1, _Operation, None, None, OSError())
    (call,) = function.exported.get_finished_spans()
    assert dict(call.attributes or {}) == {}
    assert call.events == ()
    events = [event.name for event in run.span("brief").events]
    assert events == ["spanvas.artifact", "spanvas.retry"]


class _Operation:
    name = "Converse"

    class service_model:
        service_id = "Bedrock Runtime"


def test_outside_of_executions_it_is_as_if_we_were_not_there(run: Recording) -> None:
    function = Function(ALWAYS_OFF)
    trace.set_tracer_provider(function.provider)
    with spanvas.workflow("brief"):
        pass
    with function.tracer.start_as_current_span("alone") as span:
        assert not span.is_recording()
    assert run.names == ["brief"]


def test_a_failure_of_ours_leaves_the_function_its_span(
    run: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = Function(ALWAYS_OFF)
    trace.set_tracer_provider(function.provider)
    monkeypatch.setattr(run.engine.traces, "scope_of", lambda *_: 1 / 0)
    with spanvas.workflow("brief"), function.tracer.start_as_current_span("call") as span:
        assert not span.is_recording()
    assert spanvas.health() == {"problem.on_start": 1, "problem.other_providers": 1}


NESTED = st.recursive(
    st.just(()), lambda below: st.lists(st.tuples(st.booleans(), below), max_size=3), max_leaves=12
)


def nested(tracer: trace.Tracer, tree: Any, path: str, is_traced: bool) -> None:
    """Opens the spans of a tree: ours (False) and the function's own (True), each named by its path."""
    for number, (is_own, below) in enumerate(tree):
        name = f"{path}.{number}"
        if is_own:
            with tracer.start_as_current_span(name):
                nested(tracer, below, name, is_traced)
        elif is_traced:
            with spanvas.span(name):
                nested(tracer, below, name, is_traced)
        else:
            nested(tracer, below, name, is_traced)


def paths(tree: Any, path: str) -> Iterator[str]:
    for number, (_, below) in enumerate(tree):
        yield f"{path}.{number}"
        yield from paths(below, f"{path}.{number}")


@settings(max_examples=50)
@given(tree=NESTED, is_sampled=st.booleans())
def test_however_spans_are_nested_its_exporter_and_we_see_each_its_own_tree(
    tree: Any, is_sampled: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("opentelemetry.trace._TRACER_PROVIDER", None)
        patch.setattr("spanvas.tracing.other_providers.OtherProviders.installed", None)
        alone = Function(None if is_sampled else ALWAYS_OFF)
        nested(alone.tracer, tree, "r", False)
        function = Function(None if is_sampled else ALWAYS_OFF)
        patch.setattr("opentelemetry.trace._TRACER_PROVIDER", function.provider)
        with recording(is_global=True) as recorded, spanvas.workflow("r"):
            nested(function.tracer, tree, "r", True)
        assert function.exports() == alone.exports()
        assert function.seen.names == alone.seen.names
        expected = {name: name.rpartition(".")[0] for name in paths(tree, "r")}
        assert parents(recorded) == {"r": None, **expected}
