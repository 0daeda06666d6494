"""A trace for the API to answer, and how it is asked for."""

from __future__ import annotations

from spanvas.storage.port import SpanBatch
from tests.support.api_client import ALL_SCOPES
from tests.support.api_fakes import AuditedStore

TRACE = "/v1/executions/exec_1/trace"
WITHOUT_CONTENT = ALL_SCOPES.replace("trace:content", "")


def write(store: AuditedStore, *spans: object, dropped: int = 0) -> None:
    store.write(SpanBatch("acme", "exec_1", spans, dropped))  # type: ignore[arg-type]
