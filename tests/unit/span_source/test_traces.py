"""Whose spans an answer holds, and what they say of a registered execution."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas.model.ids import trace_id_for
from spanvas.model.span import Event, Span
from spanvas.storage.stored_trace import SpanOrigin
from spanvas_api.span_source.traces import Kept, Wanted, marked, own_spans, trace_of
from tests.support.builders import SECOND, T0, make_execution, make_span
from tests.support.span_backend import TRACE_ID, own_execution, run_spans

OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c"
SHARED = Wanted("acme", frozenset({"exec_1"}), keeps_apart=False)
APART = SHARED._replace(keeps_apart=True)
NOW = T0 + 10 * SECOND

ids = st.sampled_from([None, "", "acme", "umbrella", 7, ["acme"]])
executions = st.sampled_from([None, "exec_1", "exec_2", " exec_1 "])


@st.composite
def spans(draw: st.DrawFn) -> Span:
    held = [
        {
            name: value
            for name, value in (
                ("spanvas.tenant", draw(ids)),
                ("spanvas.execution.id", draw(executions)),
            )
            if value is not None
        }
        for _ in range(2)
    ]
    trace_id = draw(st.sampled_from([TRACE_ID, OTHER_TRACE]))
    return make_span("a", trace_id=trace_id, attributes=held[0], resource=held[1])


def named(span: Span, name: str) -> list[Any]:
    return [held[name] for held in (span.attributes, span.resource) if name in held]


@given(
    st.lists(spans(), max_size=8),
    st.sampled_from([TRACE_ID, OTHER_TRACE]),
    st.sampled_from([SHARED, APART]),
)
def test_no_span_of_an_answer_is_taken_that_names_anybody_else(
    answered: list[Span], trace_id: str, wanted: Wanted
) -> None:
    for span in own_spans(answered, trace_id, wanted):
        assert span.trace_id == trace_id
        tenants = named(span, "spanvas.tenant")
        assert all(tenant == "acme" for tenant in tenants)
        assert tenants or wanted.keeps_apart or trace_id == trace_id_for("acme", "exec_1")
        executions = named(span, "spanvas.execution.id")[:1]
        assert [execution.strip() for execution in executions] in ([], ["exec_1"])


def test_spans_that_name_it_are_taken_and_those_of_services_without_the_layer() -> None:
    gateway = make_span("gateway", trace_id=TRACE_ID)
    answered = [*run_spans(), gateway]
    assert own_spans(answered, TRACE_ID, SHARED) == answered


@pytest.mark.parametrize(
    ("attributes", "is_preview"),
    [
        ({"output.value": "x" * 2_047}, False),
        ({"output.value": "x" * 2_048}, True),
        ({"output.value": "x" * 2_045 + "\ufffd"}, True),
        ({"output.value": "x" * 4_000}, False),
        ({"output.value": "é" * 1_024}, True),
        ({"spanvas.preview.output.value.bytes": 9_000}, True),
        ({"count": 2_048}, False),
    ],
)
def test_a_text_that_ends_where_a_backend_cuts_is_a_preview(
    attributes: dict[str, Any], is_preview: bool
) -> None:
    said = [
        make_span("a", attributes=attributes),
        make_span("a", events=(Event("log", T0, attributes),)),
    ]
    assert ["spanvas.previews.only" in marked(span).attributes for span in said] == [
        is_preview,
        is_preview,
    ]


def read(known: Any, *answered: Span) -> Any:
    found = trace_of(answered, SpanOrigin("tempo"), 1, ("acme", "exec_1"), known, Kept(0, 0), NOW)
    assert found is not None
    return found.trace.execution


@pytest.mark.parametrize("status", ["queued", "running", "lost", "untraced"])
def test_a_registered_execution_of_which_nobody_has_told_the_end_takes_it_from_its_root(
    status: str,
) -> None:
    said = read(own_execution(status=status), *run_spans())
    assert (said.status, said.ended_at_unix_nano) == ("succeeded", T0 + 3 * SECOND)
    assert (said.started_by, said.workflow_version) == ("ada", "7")


def test_an_end_that_was_told_stays_whatever_the_spans_say() -> None:
    known = own_execution(status="failed", ended_at_unix_nano=T0 + SECOND)
    said = read(known, *run_spans())
    assert (said.status, said.ended_at_unix_nano) == ("failed", T0 + SECOND)


def test_a_queued_execution_runs_once_a_span_of_it_has_ended() -> None:
    _, classify, _ = run_spans()
    assert read(own_execution(status="queued"), classify).status == "running"


def test_a_lost_execution_is_lost_until_its_root_comes() -> None:
    _, classify, _ = run_spans()
    assert read(own_execution(status="lost"), classify).status == "lost"


def test_the_revision_changes_with_the_spans_and_with_the_execution() -> None:
    run, classify, chat = run_spans()
    known = make_execution(trace_id=TRACE_ID, status="failed", ended_at_unix_nano=T0 + SECOND)
    one = read(known, run, classify)
    assert read(known, classify, run).revision == one.revision
    assert read(known, run, classify, chat).revision != one.revision
