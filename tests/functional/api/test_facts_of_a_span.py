"""What the API says of a call besides its content; of an evaluation, why is content."""

from __future__ import annotations

from typing import Any

from spanvas.model.span import Event
from spanvas.storage.port import SpanBatch
from tests.support.api_client import ALL_SCOPES, Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import T0, make_execution, make_span, span_id

WITHOUT_CONTENT = ALL_SCOPES.replace("trace:content", "")
PATH = f"/v1/executions/exec_1/spans/{span_id('chat')}"
CALL = {
    "gen_ai.operation.name": "chat",
    "gen_ai.response.time_to_first_chunk": 0.25,
    "gen_ai.agent.name": "Clerk",
    "gen_ai.agent.version": "1.2",
    "gen_ai.prompt.name": "triage",
    "gen_ai.prompt.version": "7",
    "gen_ai.usage.input_tokens": 10,
    "gen_ai.usage.audio.input_tokens": 4,
}
JUDGED = Event(
    "gen_ai.evaluation.result",
    T0,
    {
        "gen_ai.evaluation.name": "Relevance",
        "gen_ai.evaluation.score.value": 0.5,
        "gen_ai.evaluation.score.label": "relevant",
        "gen_ai.evaluation.explanation": "ZEBRA",
    },
)
EVALUATION = {"name": "Relevance", "score": 0.5, "label": "relevant"}


def keep(store: AuditedStore, **overrides: Any) -> None:
    store.start_execution(make_execution())
    span = make_span("chat", name="chat gpt-4o", kind="model", **overrides)
    store.write(SpanBatch("acme", "exec_1", [span]))


def test_the_facts_of_a_call_are_answered(api: Client, store: AuditedStore) -> None:
    keep(store, attributes=CALL, events=(JUDGED,))

    body = api.get(PATH).json

    assert body["time_to_first_token_nano"] == 250_000_000
    assert body["agent"] == {"name": "Clerk", "version": "1.2"}
    assert body["prompt"] == {"name": "triage", "version": "7"}
    assert body["modal_tokens"] == [{"modality": "audio", "input_tokens": 4}]
    assert body["evaluations"] == [EVALUATION]
    assert body["content"]["evaluations"] == [{**EVALUATION, "explanation": "ZEBRA"}]


def test_why_a_span_was_judged_so_is_content(api: Client, store: AuditedStore) -> None:
    keep(store, attributes=CALL, events=(JUDGED,))

    reader = api.acting_as(scope=WITHOUT_CONTENT)
    body = reader.get(PATH).json

    assert body["evaluations"] == [EVALUATION]
    assert body["content_access"] == "denied"
    assert "ZEBRA" not in str(body)
    assert reader.get("/v1/executions/exec_1/search", q="ZEBRA").json["hits"] == []


def test_the_row_has_a_shorter_name_and_search_finds_both(api: Client, store: AuditedStore) -> None:
    keep(store, attributes={"gen_ai.operation.name": "chat"})

    [row] = api.get("/v1/executions/exec_1/trace").json["rows"]

    assert (row["name"], api.get(PATH).json["name"]) == ("gpt-4o", "chat gpt-4o")
    for query in ("gpt-4o", "chat gpt"):
        [hit] = api.get("/v1/executions/exec_1/search", q=query).json["hits"]
        assert "name" in hit["where"]
