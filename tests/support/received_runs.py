"""What the API says of OTLP requests that the ingest handler took in: the whole way of a sender's spans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from spanvas.privacy.redact import Redactor
from spanvas.settings import Settings
from spanvas_api.handlers import http_api, otlp_ingest
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.received.cleaning import make_redactor
from spanvas_api.services import Services
from tests.functional.otlp.client import PROTOBUF, OtlpClient
from tests.support.api_client import ALL_SCOPES, Client
from tests.support.api_fakes import AuditedStore, RecordingExecutor
from tests.support.builders import Clock

WITHOUT_CONTENT: Final = ALL_SCOPES.replace("trace:content", "")


@dataclass(frozen=True)
class Run:
    """One execution as an operator with every scope reads it. `denied` is a reader without `trace:content`."""

    api: Client
    summary: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/v1/executions/{self.summary['execution_id']}"

    @cached_property
    def trace(self) -> dict[str, Any]:
        trace: dict[str, Any] = self.api.get(f"{self.path}/trace").json
        return trace

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the tree, each before those below it."""
        rows: list[dict[str, Any]] = self.trace["rows"]
        return rows

    @cached_property
    def spans(self) -> list[dict[str, Any]]:
        """Every span with its content, by start time."""
        found = [self.api.get(f"{self.path}/spans/{row['span_id']}").json for row in self.rows]
        return sorted(found, key=lambda span: int(span["start_time_unix_nano"]))

    def spans_of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [span for span in self.spans if span["kind"] == kind]

    @cached_property
    def denied(self) -> list[dict[str, Any]]:
        """The answers that somebody without `trace:content` gets: the trace, and each span."""
        reader = self.api.acting_as(scope=WITHOUT_CONTENT)
        paths = [
            f"{self.path}/trace",
            *(f"{self.path}/spans/{row['span_id']}" for row in self.rows),
        ]
        return [reader.get(path).json for path in paths]


def runs_of(
    *bodies: bytes,
    content_type: str = PROTOBUF,
    then: Callable[[AuditedStore, Clock], None] = lambda _store, _clock: None,
) -> list[Run]:
    """The executions that these bodies of `POST /v1/traces` make, by the start of their first span.

    `then` is what happens afterwards, before they are read.
    """
    clock = Clock()
    store = AuditedStore(clock=clock)
    intake = Ingest(Services(Settings(), make_store=lambda: store, clock=clock), _redactor())
    sender = OtlpClient(otlp_ingest.make_handler(lambda: intake))
    for body in bodies:
        reply = sender.post(body, content_type)
        assert (reply.status, reply.partial_success) == (200, None)
    then(store, clock)
    return _listed(_api(store, clock))


def _listed(api: Client) -> list[Run]:
    runs = [Run(api, item) for item in api.get("/v1/executions", limit="100").json["items"]]
    return sorted(runs, key=lambda run: _start(run.rows))


def _start(rows: Sequence[dict[str, Any]]) -> int:
    return min(int(row["start_time_unix_nano"]) for row in rows)


def _api(store: AuditedStore, clock: Clock) -> Client:
    services = Services(
        Settings(enabled=True, table="traces"),
        make_store=lambda: store,
        make_executor=RecordingExecutor,
        load_catalogue=dict,
        clock=clock,
    )
    return Client(http_api.make_handler(lambda: services))


@cache
def _redactor() -> Redactor:
    """Made once: compiling its rules takes longer than most tests."""
    return make_redactor("redacted")
