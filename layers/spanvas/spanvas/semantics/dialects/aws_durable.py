"""AWS Lambda's durable functions: each step of an execution that outlives its function."""

from __future__ import annotations

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Reading, Rule


def _kind(reading: Reading) -> str | None:
    has_step = {"durable.operation.name", "durable.operation.id"} & reading.attributes.keys()
    return kinds.NODE if has_step else None


DIALECT = Dialect(
    name="aws_durable",
    title="AWS durable functions",
    origin="the attributes of AWS Lambda durable functions",
    kinds=(Rule("`durable.operation.name` or `.id` is there: node", _kind),),
    fields={
        "node_id": ("durable.operation.name", "durable.operation.id"),
        "session": ("durable.execution.arn",),
    },
)
