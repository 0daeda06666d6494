"""Spans of AWS's own plugin for durable functions, as it really sends them: one execution by its ARN, in any order and
any cut, running until a span says that it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.property_size import examples
from tests.support.received_runs import Run, runs_of

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "senders"
ARN: Final = (
    "arn:aws:lambda:eu-central-1:123456789012:function:parcels:$LATEST"
    "/durable-execution/order-7/inv-12345678-1234-1234-1234-123456789012"
)


def parts_of(name: str) -> list[bytes]:
    """Each span of a fixture as a request of its own, in the order in which they were sent."""
    whole = ExportTraceServiceRequest.FromString((FOLDER / f"{name}.pb").read_bytes())
    parts = []
    for resource in whole.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                one = ExportTraceServiceRequest()
                sent = one.resource_spans.add().scope_spans.add()
                sent.scope.CopyFrom(scope.scope)
                sent.spans.add().CopyFrom(span)
                parts.append(one.SerializeToString())
    return parts


def name_of(part: bytes) -> str:
    request = ExportTraceServiceRequest.FromString(part)
    return request.resource_spans[0].scope_spans[0].spans[0].name


def without(name: str, *names: str) -> list[bytes]:
    return [part for part in parts_of(name) if name_of(part) not in names]


def only(parts: Sequence[bytes]) -> Run:
    (run,) = runs_of(*parts)
    return run


def outline(run: Run) -> list[tuple[int, str, str]]:
    return [(row["depth"], row["name"], row["kind"]) for row in run.rows]


def test_a_durable_execution_is_one_execution_that_is_found_by_its_arn() -> None:
    run = only(parts_of("aws-durable-execution"))

    assert run.summary["external_id"] == ARN
    assert (run.summary["workflow_id"], run.summary["status"]) == ("parcels", "succeeded")
    assert run.summary.get("session_id") is None
    assert outline(run)[:9] == [
        (0, "DurableExecutionRoot", "other"),
        (1, "Workflow", "workflow"),
        (2, "load", "node"),
        (3, "load attempt 1", "attempt"),
        (2, "pause", "node"),
        (2, "charge", "node"),
        (3, "charge attempt 1", "attempt"),
        (3, "charge attempt 2", "attempt"),
        (2, "both", "map"),
    ]
    assert [row["name"] for row in run.rows].count("load") == 1


def test_attempts_have_numbers_and_waits_are_marked() -> None:
    rows = only(parts_of("aws-durable-execution")).rows

    assert {row["name"]: row["attempt"] for row in rows if row.get("attempt")} == {
        "load attempt 1": 1,
        "charge attempt 1": 1,
        "charge attempt 2": 2,
        "left attempt 1": 1,
        "right attempt 1": 1,
        "inner attempt 1": 1,
    }
    assert [(row["name"], row["marks"]) for row in rows if row.get("marks")] == [
        ("pause", ["wait"]),
        ("nap", ["wait"]),
    ]


@pytest.mark.parametrize("view", ["aws-durable-execution", "aws-durable-invocation"])
def test_a_suspended_execution_is_running_although_its_invocations_have_ended(view: str) -> None:
    parts = parts_of(view)
    first = [name_of(part) for part in parts].index("Invocation")

    run = only(parts[: first + 1])

    assert run.summary["status"] == "running"
    assert run.summary.get("ended_at_unix_nano") is None
    assert [row for row in run.rows if "orphan" in (row.get("marks") or ())] == []


def test_a_failed_execution_says_of_what() -> None:
    run = only(parts_of("aws-durable-failed"))

    assert run.summary["status"] == "failed"
    assert run.summary["cause"]["message"] == "the card was refused"


def test_the_last_invocation_ends_it_where_the_workflow_span_is_missing() -> None:
    run = only(without("aws-durable-failed", "Workflow"))

    assert run.summary["status"] == "failed"
    assert run.summary["cause"]["message"] == "the card was refused"


def shown(run: Run) -> Any:
    kept = ("execution_id", "workflow_id", "status", "started_at_unix_nano", "ended_at_unix_nano")
    return [run.summary[key] for key in kept], run.summary["counters"], outline(run)


FAILED: Final = parts_of("aws-durable-failed")


@given(order=st.permutations(FAILED), again=st.lists(st.sampled_from(FAILED), max_size=5))
@settings(max_examples=examples(40), deadline=None)
def test_the_order_and_repetition_of_its_spans_do_not_matter(
    order: list[bytes], again: list[bytes]
) -> None:
    assert shown(only([*order, *again])) == shown(only(FAILED))
