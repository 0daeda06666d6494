"""Model calls that are recorded by hand, in the names of the conventions."""

from __future__ import annotations

import spanvas
from tests.support.recording import SECOND, QuotaError, Recording, as_dict


def test_a_generation_is_written_in_the_names_of_the_conventions(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
        spanvas.record_generation(
            model="anthropic.claude-sonnet-4-5",
            provider="aws.bedrock",
            system="Be brief.",
            input_messages=[{"role": "user", "content": "Why rain?"}],
            output_messages=["Clouds."],
            usage={"input_tokens": 12, "output_tokens": 3, "cache_read_tokens": 8},
            finish_reasons=["end_turn"],
            tool_definitions=[{"type": "function", "name": "look"}],
            parameters={"temperature": 0.2, "max_tokens": 100, "top_p": None},
            response_model="claude-sonnet-4-5-20250929",
            response_id="msg_1",
            attributes={"bedrock.region": "eu-central-1"},
            start_time_unix_nano=2 * SECOND,
            end_time_unix_nano=3 * SECOND,
        )
    span = recorded.spans[0]
    assert span.otel_kind == "client"
    assert as_dict(span) == {
        "name": "chat anthropic.claude-sonnet-4-5",
        "id": "0000000000000002",
        "parent": "0000000000000001",
        "kind": "model",
        "seconds": (2, 3),
        "status": "ok",
        "attributes": {
            "spanvas.kind": "model",
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "anthropic.claude-sonnet-4-5",
            "gen_ai.provider.name": "aws.bedrock",
            "gen_ai.response.model": "claude-sonnet-4-5-20250929",
            "gen_ai.response.id": "msg_1",
            "gen_ai.response.finish_reasons": ["end_turn"],
            "gen_ai.usage.input_tokens": 12,
            "gen_ai.usage.output_tokens": 3,
            "gen_ai.usage.cache_read.input_tokens": 8,
            "gen_ai.request.temperature": 0.2,
            "gen_ai.request.max_tokens": 100,
            "gen_ai.system_instructions": '[{"type": "text", "content": "Be brief."}]',
            "gen_ai.input.messages": (
                '[{"role": "user", "parts": [{"type": "text", "content": "Why rain?"}]}]'
            ),
            "gen_ai.output.messages": (
                '[{"role": "assistant", "parts": [{"type": "text", "content": "Clouds."}]}]'
            ),
            "gen_ai.tool.definitions": '[{"type": "function", "name": "look"}]',
            "bedrock.region": "eu-central-1",
            "spanvas.node.id": "draft",
        },
    }


def test_a_failed_generation_keeps_its_error(recorded: Recording) -> None:
    with spanvas.workflow("brief"):
        spanvas.record_generation(model="m", error=QuotaError("slow down"))
        spanvas.record_generation(model="m", error="refused")
    one, other = (span for span in recorded.spans if span.kind == "model")
    assert (one.status, one.status_message) == ("error", "slow down")
    assert one.attributes["error.type"] == "ThrottlingException"
    assert one.events[0].attributes["exception.message"] == "slow down"
    assert (other.status_message, other.events) == ("refused", ())


def test_a_generation_outside_of_a_workflow_is_not_recorded(recorded: Recording) -> None:
    spanvas.record_generation(model="m")
    assert recorded.spans == []
