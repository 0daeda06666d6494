"""What Spanvas itself writes where OpenTelemetry has no name."""

from __future__ import annotations

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds

DIALECT = Dialect(
    name="own",
    title="Spanvas",
    origin="this project; the rest of what it writes are OpenTelemetry's names",
    kinds=(Kinds(names.KIND, {kind: kind for kind in kinds.KINDS}),),
    fields={
        "input": (names.INPUT,),
        "output": (names.OUTPUT,),
        "node_id": (names.NODE_ID,),
        "workflow": (names.WORKFLOW_NAME, names.WORKFLOW_ID),
    },
    notes=("`spanvas.cost_nano_usd` is a cost in whole 1e-9 USD and goes before any other.",),
)
