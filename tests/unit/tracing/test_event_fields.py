"""What events say about the execution that they are part of."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from spanvas.tracing.event_fields import caller_span, step_functions_execution, text_at, value_at

EVENT = {"detail": {"order": {"id": "o-17"}, "count": 3, "flag": True}, "Records": [{"id": "r1"}]}
ARN = "arn:aws:states:eu-central-1:123456789012:execution:triage:run-1"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("detail.order.id", "o-17"),
        ("detail.count", "3"),
        ("detail.flag", None),
        ("detail.order", None),
        ("detail.missing.id", None),
        ("Records[0].id", "r1"),
        ("detail.order.id.deeper", None),
        ("", None),
    ],
)
def test_text_at_a_path(path: str, expected: str | None) -> None:
    assert text_at(path, EVENT) == expected


def test_events_that_are_no_objects_have_nothing() -> None:
    assert value_at("a", ["a"]) is None
    assert value_at("a", None) is None


def test_plain_paths_do_not_need_jmespath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jmespath", None)
    assert text_at("detail.order.id", EVENT) == "o-17"
    with pytest.raises(ImportError):
        text_at("Records[0].id", EVENT)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"Execution": {"Id": ARN}}, ARN),
        ({"StepFunctions": {"Execution": {"Id": ARN}, "State": {}}}, ARN),
        ({"context": {"Execution": {"Id": ARN}}}, ARN),
        ({"Execution": {"Id": "17"}}, None),
        ({"Execution": {"Execution": "x"}}, None),
        ({"Execution": "x"}, None),
        ([], None),
    ],
)
def test_execution_of_step_functions(event: Any, expected: str | None) -> None:
    assert step_functions_execution(event) == expected


@pytest.mark.parametrize(
    ("event", "context"),
    [
        ({"headers": {"Traceparent": TRACEPARENT}}, None),
        ({"traceparent": TRACEPARENT}, None),
        (None, SimpleNamespace(w3c=lambda: {"traceparent": TRACEPARENT})),
        ({}, SimpleNamespace(client_context=SimpleNamespace(custom={"traceparent": TRACEPARENT}))),
    ],
)
def test_caller_is_found_where_traceparent_travels(event: Any, context: Any) -> None:
    caller = caller_span(event, context)
    assert caller is not None
    assert f"{caller.trace_id:032x}" == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert f"{caller.span_id:016x}" == "00f067aa0ba902b7"
    assert caller.is_remote


@pytest.mark.parametrize(
    "header",
    ["", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0-01", 3],
)
def test_malformed_traceparent_is_no_caller(header: Any) -> None:
    assert caller_span({"headers": {"traceparent": header}}, None) is None
