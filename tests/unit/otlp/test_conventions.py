"""What is sent to a backend can be found and grouped there."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.span import Event, Span
from spanvas.otlp.conventions import as_exported, labels_of
from tests.support.builders import make_execution, make_span

LABELS = {"spanvas.execution.id": "exec_1", "spanvas.workflow.id": "triage"}


def exported(kind: str, name: str = "a", **attributes: Any) -> Span:
    keys = {key.replace("__", "."): value for key, value in attributes.items()}
    return as_exported(make_span(name, kind=kind, attributes=keys), LABELS)


def test_every_span_names_its_execution() -> None:
    assert labels_of(make_execution()) == {
        "spanvas.execution.id": "exec_1",
        "spanvas.tenant": "acme",
        "spanvas.workflow.id": "support-triage",
        "spanvas.workflow.name": "Support triage",
    }
    assert exported("node").attributes == LABELS
    assert exported("node", spanvas__execution__id="own").attributes == {
        **LABELS,
        "spanvas.execution.id": "own",
    }


@pytest.mark.parametrize(
    ("kind", "name", "attributes", "few"),
    [
        ("item", "item 17", {"spanvas__map__index": 17}, "item"),
        ("item", "order 17", {}, "order 17"),
        ("http", "GET /orders/LH-20431", {"http__request__method": "GET"}, "GET"),
        ("http", "GET orders", {"http__request__method": "GET"}, "GET orders"),
        ("http", "orders", {}, "orders"),
        ("node", "GET /orders/1", {"http__request__method": "GET"}, "GET /orders/1"),
    ],
)
def test_names_are_few(kind: str, name: str, attributes: dict[str, Any], few: str) -> None:
    assert exported(kind, name, **attributes).name == few


@pytest.mark.parametrize(
    ("kind", "attributes", "added"),
    [
        ("workflow", {}, {"gen_ai.operation.name": "invoke_workflow"}),
        (
            "workflow",
            {"spanvas__workflow__name": "Triage"},
            {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "Triage"},
        ),
        ("agent", {}, {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a"}),
        ("tool", {}, {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "a"}),
        ("tool", {"gen_ai__tool__name": "b"}, {"gen_ai.operation.name": "execute_tool"}),
        ("retrieval", {}, {"gen_ai.operation.name": "retrieval"}),
        ("model", {"gen_ai__operation__name": "embeddings"}, {}),
        (
            "model",
            {"gen_ai__provider__name": "aws.bedrock"},
            {"gen_ai.operation.name": "chat", "peer.service": "aws.bedrock"},
        ),
        (
            "model",
            {"gen_ai__system": "openai", "server__address": "llm.example"},
            {"gen_ai.operation.name": "chat", "peer.service": "llm.example"},
        ),
        ("http", {"spanvas__connection": "orders"}, {"peer.service": "orders"}),
        ("map", {}, {}),
    ],
)
def test_kinds_have_the_attributes_of_their_conventions(
    kind: str, attributes: dict[str, Any], added: dict[str, Any]
) -> None:
    given = {key.replace("__", "."): value for key, value in attributes.items()}

    assert exported(kind, **attributes).attributes == {**LABELS, **given, **added}


def test_a_call_of_a_service_is_a_clients() -> None:
    assert exported("http").otel_kind == "client"
    assert exported("node").otel_kind == "internal"


def test_a_status_is_an_error_type_by_itself() -> None:
    event = Event("exception", 1, {"error.type": "HTTP 429", "n": 1})
    span = make_span("a", attributes={"error.type": "HTTP 503"}, events=(event,))

    sent = as_exported(span, {})

    assert sent.attributes == {"error.type": "503"}
    assert sent.events == (Event("exception", 1, {"error.type": "429", "n": 1}),)
    assert as_exported(make_span("a", attributes={"error.type": "Timeout"}), {}).attributes == {
        "error.type": "Timeout"
    }
