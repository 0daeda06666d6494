"""AutoGen's runtime: messages between agents; its agents write OpenTelemetry's names."""

from __future__ import annotations

from typing import Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Reading, Rule

MESSAGE: Final = "message"


def _kind(reading: Reading) -> str | None:
    return kinds.OTHER if reading.name.startswith("autogen ") else None


DIALECT = Dialect(
    name="autogen",
    title="AutoGen",
    origin="autogen-core 0.7.5",
    kinds=(Rule("a span whose name begins with `autogen `: other", _kind),),
    fields={"input": (MESSAGE,)},
)
