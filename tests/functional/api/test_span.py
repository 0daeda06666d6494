"""One span with all that belongs to it."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.ids import root_span_id_for
from spanvas.model.span import Event, Link
from spanvas.storage.port import SpanBatch
from tests.support.api_client import ALL_SCOPES, Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_execution, make_span, span_id

WITHOUT_CONTENT = ALL_SCOPES.replace("trace:content", "")


def path_of(label: str) -> str:
    return f"/v1/executions/exec_1/spans/{span_id(label)}"


@pytest.fixture
def keep(store: AuditedStore) -> Any:
    def keep(label: str = "chat", **overrides: Any) -> None:
        store.start_execution(make_execution())
        store.write(SpanBatch("acme", "exec_1", [make_span(label, **overrides)]))

    return keep


SECRET = "The customer's name is Ada Lovelace."
CHAT = {
    "gen_ai.request.model": "anthropic.claude-sonnet-4-20250514-v1:0",
    "gen_ai.provider.name": "aws.bedrock",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 100,
    "gen_ai.usage.cache_read.input_tokens": 400,
    "gen_ai.system_instructions": [{"type": "text", "content": SECRET}],
    "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": SECRET}]}],
    "gen_ai.output.messages": [
        {
            "role": "assistant",
            "parts": [{"type": "tool_call", "id": "c1", "name": "find", "arguments": {"q": 1}}],
            "finish_reason": "tool_call",
        }
    ],
    "gen_ai.tool.definitions": [{"name": "find"}],
    "gen_ai.tool.name": "find",
    "gen_ai.tool.call.id": "c1",
    "gen_ai.tool.call.arguments": {"q": SECRET},
    "gen_ai.tool.call.result": SECRET,
    "gen_ai.retrieval.query.text": SECRET,
    "gen_ai.retrieval.documents": [{"text": SECRET}],
    "spanvas.input": {"text": SECRET},
    "spanvas.output": SECRET,
    "spanvas.node.id": "reply",
    "spanvas.redaction": {"email": 2},
    "faas.coldstart": True,
}


def test_everything_about_a_span_is_answered(api: Client, keep: Any) -> None:
    keep(
        kind="model",
        otel_kind="client",
        parent_span_id=span_id("reply"),
        attributes=CHAT,
        events=(Event("first_token", T0 + 5, {"n": 1}),),
        links=(Link("ab" * 16, "cd" * 8, {"why": "replay"}),),
        resource={"service.name": "executor"},
        scope_name="spanvas",
        scope_version="1",
    )

    body = api.get(path_of("chat")).json

    content = body.pop("content")
    attributes = body.pop("attributes")
    assert body == {
        "span_id": span_id("chat"),
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "parent_span_id": span_id("reply"),
        "name": "chat",
        "kind": "model",
        "otel_kind": "client",
        "node_id": "reply",
        "start_time_unix_nano": "1790000000000000000",
        "end_time_unix_nano": "1790000001000000000",
        "status": "ok",
        "model": "anthropic.claude-sonnet-4-20250514-v1:0",
        "provider": "aws.bedrock",
        "usage": {
            "input_tokens": 1000,
            "output_tokens": 100,
            "cache_read_tokens": 400,
            "cache_write_tokens": 0,
            "reasoning_tokens": 0,
        },
        "cost": {
            "nano_usd": 3420000,
            "lines": [
                {"what": "input", "tokens": 600, "nano_usd_per_token": 3000.0, "nano_usd": 1800000},
                {
                    "what": "cache read",
                    "tokens": 400,
                    "nano_usd_per_token": 300.0,
                    "nano_usd": 120000,
                },
                {
                    "what": "output",
                    "tokens": 100,
                    "nano_usd_per_token": 15000.0,
                    "nano_usd": 1500000,
                },
            ],
        },
        "events": [
            {"name": "first_token", "time_unix_nano": "1790000000000000005", "attributes": {"n": 1}}
        ],
        "links": [{"trace_id": "ab" * 16, "span_id": "cd" * 8, "attributes": {"why": "replay"}}],
        "resource": {"service.name": "executor"},
        "scope": {"name": "spanvas", "version": "1"},
        "artifacts": [],
        "marks": ["redacted", "cold_start"],
        "receipts": {"email": 2},
        "content_access": "granted",
    }
    assert content["tool"] == {
        "name": "find",
        "call_id": "c1",
        "arguments": {"q": SECRET},
        "result": SECRET,
    }
    assert content["output_messages"][0]["finish_reason"] == "tool_call"
    assert sorted(content) == [
        "documents",
        "input",
        "input_messages",
        "output",
        "output_messages",
        "query",
        "system_instructions",
        "tool",
        "tool_definitions",
    ]
    assert attributes["gen_ai.usage.input_tokens"] == 1000


def test_content_is_never_among_the_attributes(api: Client, keep: Any) -> None:
    keep(kind="model", attributes=CHAT)

    body = api.get(path_of("chat")).json

    assert SECRET not in str(body["attributes"])


def test_without_the_scope_no_content_leaves_and_a_read_of_structure_is_recorded(
    api: Client, keep: Any, store: AuditedStore
) -> None:
    keep(kind="model", attributes=CHAT)

    reply = api.acting_as(scope=WITHOUT_CONTENT).get(path_of("chat"))

    assert reply.json["content_access"] == "denied"
    assert "content" not in reply.json
    assert SECRET not in reply.text
    assert [(a.action, a.target, a.outcome) for a in store.accesses()] == [
        ("span", span_id("chat"), "structure")
    ]


def test_a_span_without_content_says_so_and_is_recorded_as_such(
    api: Client, keep: Any, store: AuditedStore
) -> None:
    keep("wait")

    body = api.get(path_of("wait")).json

    assert body["content_access"] == "not_captured"
    (access,) = store.accesses()
    assert (access.outcome, access.span_id) == ("structure", span_id("wait"))


def test_a_failed_span_tells_its_error(api: Client, keep: Any) -> None:
    keep("boom", status="error", status_message="it broke", attributes={"error.type": "Boom"})

    body = api.get(path_of("boom")).json

    assert body["error"] == {"type": "Boom", "message": "it broke"}
    assert body["status_message"] == "it broke"


def test_a_span_that_has_not_ended_runs(api: Client, keep: Any) -> None:
    keep("open", end_time_unix_nano=None, deadline_unix_nano=T0 + SECOND)

    body = api.get(path_of("open")).json

    assert body["status"] == "running"
    assert "end_time_unix_nano" not in body


def test_receipts_of_an_unknown_form_are_left_out(api: Client, keep: Any) -> None:
    keep("odd", attributes={"spanvas.redaction": "yes"})

    assert api.get(path_of("odd")).json["receipts"] == {}


def test_an_unknown_span_is_not_found(api: Client, keep: Any) -> None:
    keep()

    assert api.get(path_of("other")).status == 404


@pytest.mark.parametrize("span", ["chat", "0" * 16, "A" * 16, "a" * 15, "a" * 17, "%00" * 16])
def test_a_malformed_span_id_is_named(api: Client, keep: Any, span: str) -> None:
    keep()

    reply = api.get(f"/v1/executions/exec_1/spans/{span}")

    assert (reply.status, reply.json["errors"][0]["field"]) == (400, "span_id")


VIEWER = "https://grafana.example/explore?traceid={trace_id}"


@pytest.mark.parametrize(
    ("template", "address"),
    [
        (
            VIEWER + "&span={span_id}",
            "https://grafana.example/explore?traceid=0af7651916cd43dd8448eb211c80319c"
            "&span=636861742e2e2e2e",
        ),
        (VIEWER, None),
        ("", None),
    ],
)
def test_a_span_leads_to_itself_in_a_viewer_that_has_an_address_for_it(
    make_api: Any, keep: Any, template: str, address: str | None
) -> None:
    keep()
    api = make_api(trace_url_template=template)
    assert api.get(path_of("chat")).json.get("trace_url") == address


def test_a_trace_in_such_a_viewer_is_opened_at_its_root(make_api: Any, keep: Any) -> None:
    keep()
    api = make_api(trace_url_template="https://grafana.example/{trace_id}/{span_id}")
    address = api.get("/v1/executions/exec_1").json["trace_url"]
    assert address == (
        "https://grafana.example/0af7651916cd43dd8448eb211c80319c/"
        + root_span_id_for("acme", "exec_1")
    )


class TestOtherVersions:
    """Whoever may send spans of an execution may send one again, and say something else."""

    def kept(self, keep: Any, label: str = "chat", **overrides: Any) -> None:
        keep(label, **{"attributes": CHAT, **overrides})

    def test_a_span_that_was_sent_once_has_none(self, api: Client, keep: Any) -> None:
        self.kept(keep)
        self.kept(keep)

        body = api.get(path_of("chat")).json

        assert "other_versions" not in body
        assert "rewritten" not in body["marks"]

    def test_what_else_was_sent_is_told_by_its_differences(self, api: Client, keep: Any) -> None:
        self.kept(keep, name="first", attributes={**CHAT, "spanvas.output": "no", "a": 1})
        self.kept(keep, name="second", end_time_unix_nano=T0 + 2 * SECOND)

        body = api.get(path_of("chat")).json

        assert (body["name"], body["content"]["output"]) == ("second", SECRET)
        assert "rewritten" in body["marks"]
        assert body["other_versions"] == [
            {
                "end_time_unix_nano": str(T0 + SECOND),
                "differences": {
                    "name": "first",
                    "end_time_unix_nano": str(T0 + SECOND),
                    "attributes": {"a": 1},
                    "content": {"output": "no"},
                },
                "is_cut": False,
            }
        ]

    def test_their_content_is_as_secret_as_any_and_its_read_is_recorded(
        self, api: Client, keep: Any, store: AuditedStore
    ) -> None:
        self.kept(keep, name="first")
        self.kept(keep, name="second", end_time_unix_nano=T0 + 2 * SECOND, attributes={})

        denied = api.acting_as(scope=WITHOUT_CONTENT).get(path_of("chat"))

        assert SECRET not in denied.text
        assert denied.json["content_access"] == "not_captured"
        assert [access.outcome for access in store.list_accesses("acme", "exec_1").items] == [
            "structure"
        ]
        assert SECRET in api.get(path_of("chat")).text

    def test_too_large_differences_are_named_and_the_span_stays_readable(
        self, api: Client, keep: Any
    ) -> None:
        self.kept(keep, name="first", attributes={**CHAT, "spanvas.output": "x" * 600_000})
        self.kept(keep, name="second", end_time_unix_nano=T0 + 2 * SECOND)

        (version,) = api.get(path_of("chat")).json["other_versions"]

        assert version["is_cut"]
        assert version["differences"] == {
            "name": None,
            "end_time_unix_nano": None,
            "content": None,
        }

    def test_of_many_versions_the_latest_are_told(self, api: Client, keep: Any) -> None:
        for number in range(1, 15):
            self.kept(keep, name=f"v{number}", end_time_unix_nano=T0 + number * SECOND)

        body = api.get(path_of("chat")).json

        assert body["name"] == "v14"
        named = [version["differences"]["name"] for version in body["other_versions"]]
        assert named == [f"v{number}" for number in range(13, 4, -1)]
