"""The backends that spans can be read from: where each has a trace, and what it calls it.

Sources: Grafana Tempo, "HTTP API", Query; Jaeger, "APIs", `api_v3`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from spanvas_api.trace.status import TITLES


class Backend(NamedTuple):
    """A kind of backend. `title` is its name for people, `path` has `{trace_id}`."""

    title: str
    path: str
    accept: str


BACKENDS: Final = {
    "tempo": Backend(TITLES["tempo"], "/api/traces/{trace_id}", "application/protobuf"),
    # Without `raw_traces` Jaeger moves the times of spans whose clocks it doubts.
    "jaeger": Backend(
        TITLES["jaeger"], "/api/v3/traces/{trace_id}?raw_traces=true", "application/json"
    ),
}
