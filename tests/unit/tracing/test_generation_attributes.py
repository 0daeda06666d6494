"""A generation's messages and usage as attributes."""

from __future__ import annotations

from spanvas.model.usage import Usage
from spanvas.tracing.generation import generation_attributes, generation_content


def test_messages_come_in_many_forms() -> None:
    assert generation_content(None, "Why?", ("Because.",), None) == {
        "gen_ai.input.messages": (
            '[{"role": "user", "parts": [{"type": "text", "content": "Why?"}]}]'
        ),
        "gen_ai.output.messages": (
            '[{"role": "assistant", "parts": [{"type": "text", "content": "Because."}]}]'
        ),
    }
    assert generation_content(None, {"role": "user", "content": "x"}, None, None) == {
        "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "x"}]}]'
    }


def test_usage_comes_as_a_mapping_or_an_object_and_absent_tokens_stay_absent() -> None:
    by_object = generation_attributes("m", "p", "chat", usage=Usage(3, 2))
    assert by_object["gen_ai.usage.input_tokens"] == 3
    assert by_object["gen_ai.usage.reasoning.output_tokens"] == 0
    by_mapping = generation_attributes(
        "m", "", "chat", usage={"input_tokens": 3, "output_tokens": "2"}
    )
    assert by_mapping == {
        "spanvas.kind": "model",
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m",
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 2,
    }
