from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from executor.document import read_document
from spanvas.settings import Settings
from spanvas_api.handlers.http_api import make_handler
from spanvas_api.services import Services
from tests.functional.api.traces import write
from tests.support.api_client import Client
from tests.support.api_fakes import TRIAGE, AuditedStore, RecordingExecutor
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span

MakeApi = Callable[..., Client]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> AuditedStore:
    return AuditedStore(clock=clock)


@pytest.fixture
def executor() -> RecordingExecutor:
    return RecordingExecutor()


@pytest.fixture
def make_api(store: AuditedStore, executor: RecordingExecutor, clock: Clock) -> MakeApi:
    """The API over the test's store, with these workflows and settings."""

    def make(workflow: dict[str, Any] = TRIAGE, **settings: object) -> Client:
        services = Services(
            Settings(**{"enabled": True, "table": "traces", "bucket": "payloads", **settings}),
            make_store=lambda: store,
            make_executor=lambda: executor,
            load_catalogue=lambda: {workflow["id"]: read_document(workflow)},
            clock=clock,
        )
        return Client(make_handler(lambda: services))

    return make


@pytest.fixture
def api(make_api: MakeApi) -> Client:
    """The API as a signed-in operator with every scope sees it."""
    return make_api(trace_url_template="https://grafana.example/explore?traceid={trace_id}")


@pytest.fixture
def run(store: AuditedStore) -> AuditedStore:
    """
    run (workflow)
    └── classify (node)
        └── chat (model, with content)
    """
    store.start_execution(make_execution(expected_nodes=("classify",)))
    write(
        store,
        make_span("run", kind="workflow", end_time_unix_nano=T0 + 3 * SECOND),
        make_span("classify", "run", 1, attributes={"spanvas.node.id": "classify"}),
        make_span(
            "chat",
            "classify",
            1.2,
            kind="model",
            attributes={
                "gen_ai.request.model": "anthropic.claude-sonnet-4-20250514-v1:0",
                "gen_ai.provider.name": "aws.bedrock",
                "gen_ai.usage.input_tokens": 1000,
                "gen_ai.usage.output_tokens": 100,
                "gen_ai.input.messages": [
                    {"role": "user", "parts": [{"type": "text", "content": "Where is it?"}]}
                ],
                "gen_ai.output.messages": [
                    {"role": "assistant", "parts": [{"type": "text", "content": "On its way."}]}
                ],
            },
        ),
    )
    store.end_execution("acme", "exec_1", "succeeded", T0 + 3 * SECOND)
    return store
