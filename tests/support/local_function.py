"""A function of the local stack whose code is in tests/runtime/handlers."""

from __future__ import annotations

from local.resources import Function

FUNCTION = Function(
    logical_id="App",
    name="app",
    arn="arn:aws:lambda:us-east-1:123456789012:function:app",
    handler="app.handler",
    runtime="python3.13",
    code_path="handlers",
    timeout_seconds=60,
    memory_mb=256,
    environment={"GREETING": "hello"},
    layers=(),
    log_format="JSON",
    log_group="app-logs",
    has_snap_start=False,
    reserved_concurrency=None,
    retry_attempts=0,
    max_event_age_seconds=60,
    on_failure="",
)
