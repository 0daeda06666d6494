"""A durable execution as the layer leaves it, and Lambda as the sweep asks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spanvas.model.durable import LONGEST_NANO
from spanvas.model.ids import as_execution_id, root_span_id_for
from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch
from spanvas_api.services import DurableState
from tests.support.api_fakes import AuditedStore
from tests.support.builders import T0, make_execution, make_span

ACCOUNT: Final = "arn:aws:lambda:eu-central-1:123456789012"
ARN: Final = (
    f"{ACCOUNT}:function:parcels:$LATEST"
    "/durable-execution/order-7/inv-12345678-1234-1234-1234-123456789012"
)
EXECUTION_ID: Final = as_execution_id(ARN)
ROOT: Final = root_span_id_for("acme", EXECUTION_ID)


class Lambda:
    """Lambda as the sweep asks it. What is not in `states` is running."""

    def __init__(self, **states: DurableState) -> None:
        self.states = states
        self.asked: list[str] = []
        self.error: Exception | None = None

    def state_of(self, arn: str) -> DurableState:
        self.asked.append(arn)
        if self.error is not None:
            raise self.error
        return self.states.get(arn.split("/")[-2], DurableState("RUNNING"))


def start(store: AuditedStore, arn: str = ARN, **changes: Any) -> None:
    execution = make_execution(
        as_execution_id(arn),
        workflow_id="parcels",
        workflow_name="parcels",
        workflow_version="",
        expected_nodes=(),
        external_id=arn,
        deadline_unix_nano=T0 + LONGEST_NANO,
        **changes,
    )
    store.start_execution(execution)


def suspend(store: AuditedStore) -> None:
    """The execution's spans as the layer leaves them when the function is suspended by a wait."""
    start(store)
    spans: Sequence[Span] = [
        make_span("root", None, span_id=ROOT, kind="workflow", end_time_unix_nano=None),
        make_span("load", None, parent_span_id=ROOT, start=1, kind="node"),
        make_span(
            "pause",
            None,
            parent_span_id=ROOT,
            start=2,
            kind="node",
            end_time_unix_nano=None,
            attributes={"spanvas.node.id": "pause", "durable.operation.type": "WAIT"},
        ),
    ]
    store.write(SpanBatch("acme", EXECUTION_ID, spans))
