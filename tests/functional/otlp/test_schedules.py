"""However a trace arrives (twice, shuffled, late, split over requests), it ends as the same trace."""

from __future__ import annotations

import random
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from spanvas.privacy.redact import Redactor
from spanvas.settings import Settings
from spanvas_api.handlers import http_api, otlp_ingest
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.services import Services
from tests.functional.otlp.client import OtlpClient
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import Clock
from tests.support.otlp_requests import make_proto_span, make_request

# a (agent, root)          names the execution in some of the traces
# ├─ b (chat)              has tokens
# ├─ c (chat)              fails; wraps d, so its tokens are d's
# │  └─ d (chat)
# └─ e (chat)
USAGE = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 10,
}
PARENTS = {"a": None, "b": "a", "c": "a", "d": "c", "e": "a"}


def trace(named_by: str) -> list[Span]:
    names = {
        "nobody": {},
        "root": {"spanvas.execution.id": "chat"},
        "all": {"spanvas.execution.id": "chat"},
    }[named_by]
    spans = []
    for index, (label, parent) in enumerate(PARENTS.items()):
        attributes: dict[str, Any] = (
            {"gen_ai.operation.name": "invoke_agent"} if label == "a" else dict(USAGE)
        )
        if named_by == "all" or label == "a":
            attributes |= names
        status = {"code": 2, "message": "no"} if label == "c" else {"code": 1}
        end = (
            {"end_time_unix_nano": make_proto_span(start=9).start_time_unix_nano}
            if label == "a"
            else {}
        )
        spans.append(make_proto_span(label, parent, index, attributes, status=status, **end))
    return spans


def requests(spans: list[Span], chance: random.Random) -> list[list[Span]]:
    """The spans in a random order, some of them twice, cut into requests of random sizes, some of those twice."""
    sent = spans + chance.choices(spans, k=chance.randrange(4))
    if chance.random() < 0.3:  # the root is announced before it has ended
        started = Span()
        started.CopyFrom(spans[0])
        started.ClearField("end_time_unix_nano")
        started.ClearField("status")
        sent.append(started)
    chance.shuffle(sent)
    cut: list[list[Span]] = []
    while sent:
        size = chance.randrange(1, 5)
        cut.append(sent[:size])
        sent = sent[size:]
    cut += chance.choices(cut, k=chance.randrange(3))
    chance.shuffle(cut)
    return cut


def endpoint(services: Services, redactor: Redactor) -> OtlpClient:
    ingest = Ingest(services, redactor)
    return OtlpClient(otlp_ingest.make_handler(lambda: ingest))


def outcome(schedule: list[list[Span]], redactor: Redactor, *, sandboxes: int, seed: int) -> Any:
    """What the API answers of the trace when all requests of the schedule were taken."""
    clock = Clock()
    store = AuditedStore(clock=clock)
    chance = random.Random(seed)
    services = Services(Settings(enabled=True, table="t"), make_store=lambda: store, clock=clock)
    endpoints = [endpoint(services, redactor) for _ in range(sandboxes)]
    for spans in schedule:
        clock.advance(chance.choice((0.1, 30, 1200)))  # the last one is past every deadline
        reply = chance.choice(endpoints).send(make_request(*spans))
        assert (reply.status, reply.partial_success) == (200, None)
    api = Client(http_api.make_handler(lambda: services))
    (execution,) = api.get("/v1/executions").json["items"]
    answer = api.get(f"/v1/executions/{execution['execution_id']}/trace").json
    details = [
        api.get(f"/v1/executions/{execution['execution_id']}/spans/{row['span_id']}").json
        for row in answer["rows"]
    ]
    for varying in ("expires_at", "deadline_unix_nano"):
        answer["execution"].pop(varying, None)
    del answer["version"]  # names the chunks: one for each request
    return answer, details


@pytest.mark.parametrize("named_by", ["nobody", "root", "all"])
def test_a_thousand_schedules_end_in_the_identical_trace(
    named_by: str, redactor: Redactor, capsys: pytest.CaptureFixture[str]
) -> None:
    """334 for each way in which a trace is named."""
    spans = trace(named_by)
    expected = outcome([spans], redactor, sandboxes=1, seed=0)
    assert expected[0]["status"] == "COMPLETE"
    assert expected[0]["execution"]["counters"]["input_tokens"] == 30
    for seed in range(334):
        schedule = requests(spans, random.Random(seed))
        found = outcome(schedule, redactor, sandboxes=1 + seed % 3, seed=seed)
        capsys.readouterr()
        assert found == expected, f"schedule {seed}: {[[s.name for s in r] for r in schedule]}"
