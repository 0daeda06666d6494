"""The values that fields are made of, and what every shape has in common.

Times are unix nanoseconds as decimal strings (a JSON number loses them above 2^53). Money is whole nano-dollars
(1e-9 USD). A field that does not apply is left out.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from spanvas.model.execution import STATUSES
from spanvas.model.kinds import KINDS

UnixNano = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,20}$"),
    Field(description="Unix time in nanoseconds, decimal.", examples=["1764000000000000000"]),
]
DurationNano = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,20}$"),
    Field(description="Duration in nanoseconds, decimal.", examples=["1250000000"]),
]
TraceId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
SpanId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
NanoUsd = Annotated[int, Field(description="Billionths of a US dollar.")]
ExecutionStatus = Annotated[str, Field(json_schema_extra={"enum": list(STATUSES)})]
TraceStatus = Literal["COMPLETE", "RUNNING", "PARTIAL", "EMPTY"]
RowStatus = Literal["ok", "error", "unset", "running", "lost"]
SpanKind = Annotated[str, Field(json_schema_extra={"enum": list(KINDS)})]
AccessAction = Literal[
    "trace",
    "span",
    "artifact",
    "search",
    "export",
    "execution",
    "artifacts",
    "accesses",
    "delete",
    "hold",
    "release",
]
AccessOutcome = Literal["allowed", "structure", "refused"]
Disposition = Literal["inline", "attachment"]


class WireModel(BaseModel):
    """What every shape has in common: nothing but the named fields."""

    model_config = ConfigDict(extra="forbid")
