from __future__ import annotations

from typing import Any

import pytest

from spanvas.semantics.parts import part_of, parts_of
from spanvas.semantics.tool_parts import response_of

PNG = "iVBORw0KGgo="


@pytest.mark.parametrize(
    ("given", "part"),
    [
        # text
        ("Hi", {"type": "text", "content": "Hi"}),
        ({"type": "text", "content": "Hi"}, {"type": "text", "content": "Hi"}),
        ({"type": "text", "text": "Hi"}, {"type": "text", "content": "Hi"}),
        ({"type": "text", "text": {"value": "Hi"}}, {"type": "text", "content": "Hi"}),
        ({"type": "input_text", "text": "Hi"}, {"type": "text", "content": "Hi"}),
        ({"type": "refusal", "refusal": "No"}, {"type": "text", "content": "No"}),
        ({"type": "text"}, {"type": "text", "content": ""}),
        ({"text": "Hi"}, {"type": "text", "content": "Hi"}),
        ({"json": {"a": 1}}, {"type": "text", "content": '{"a": 1}'}),
        (5, {"type": "text", "content": "5"}),
        ({"x": 1}, {"type": "text", "content": '{"x": 1}'}),
        # reasoning
        ({"type": "reasoning", "content": "Hm"}, {"type": "reasoning", "content": "Hm"}),
        (
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}, "So"]},
            {"type": "reasoning", "content": "Hm\nSo"},
        ),
        ({"type": "thinking", "thinking": "Hm"}, {"type": "reasoning", "content": "Hm"}),
        (
            {"type": "redacted_thinking", "data": "x9"},
            {"type": "reasoning", "content": "", "data": "x9"},
        ),
        ({"type": "reasoning"}, {"type": "reasoning", "content": ""}),
        ({"text": "Hm", "thought": True}, {"type": "reasoning", "content": "Hm"}),
        (
            {"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "s"}}},
            {"type": "reasoning", "content": "Hm", "signature": "s"},
        ),
        ({"reasoningContent": "Hm"}, {"type": "reasoning", "content": "Hm"}),
        ({"reasoningContent": {"reasoningText": "Hm"}}, {"type": "reasoning", "content": "Hm"}),
        # tool calls
        (
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": '{"a": 1}'},
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        ),
        (
            {"type": "tool_use", "id": "c1", "name": "f", "input": {"a": 1}},
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        ),
        (
            {"type": "tool-call", "toolCallId": "c1", "toolName": "f", "args": {"a": 1}},
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        ),
        (
            {"type": "function", "id": "c1", "function": {"name": "f", "arguments": "{}"}},
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {}},
        ),
        (
            {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "not json"},
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": "not json"},
        ),
        (
            {"toolUse": {"toolUseId": "c1", "name": "f", "input": {"a": 1}}},
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        ),
        ({"toolUse": "odd"}, {"type": "text", "content": "odd"}),
        (
            {"functionCall": {"name": "f", "args": {"a": 1}}},
            {"type": "tool_call", "name": "f", "arguments": {"a": 1}},
        ),
        ({"type": "tool_call"}, {"type": "tool_call", "name": ""}),
        # tool responses
        (
            {"type": "tool_call_response", "id": "c1", "result": '{"b": 2}'},
            {"type": "tool_call_response", "id": "c1", "response": {"b": 2}},
        ),
        (
            {
                "type": "tool_result",
                "tool_use_id": "c1",
                "content": [{"type": "text", "text": "ok"}],
            },
            {"type": "tool_call_response", "id": "c1", "response": "ok"},
        ),
        (
            {
                "type": "tool-result",
                "toolCallId": "c1",
                "toolName": "f",
                "output": {"type": "json", "value": [1]},
            },
            {"type": "tool_call_response", "id": "c1", "name": "f", "response": [1]},
        ),
        (
            {"toolResult": {"toolUseId": "c1", "content": [{"json": {"b": 2}}, {"text": "x"}]}},
            {"type": "tool_call_response", "id": "c1", "response": [{"b": 2}, "x"]},
        ),
        (
            {"function_response": {"id": "c1", "name": "f", "response": {"b": 2}}},
            {"type": "tool_call_response", "id": "c1", "name": "f", "response": {"b": 2}},
        ),
        # images
        (
            {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}},
            {"type": "image", "uri": "https://x.test/a.png"},
        ),
        (
            {"type": "image_url", "image_url": f"data:image/png;base64,{PNG}"},
            {"type": "image", "mime_type": "image/png", "content": PNG},
        ),
        (
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": PNG},
            },
            {"type": "image", "mime_type": "image/png", "content": PNG},
        ),
        (
            {"image": {"format": "png", "source": {"bytes": PNG}}},
            {"type": "image", "mime_type": "image/png", "content": PNG},
        ),
        ({"image": "https://x.test/a.png"}, {"type": "image", "uri": "https://x.test/a.png"}),
        (
            {"type": "blob", "mime_type": "image/png", "modality": "image", "content": PNG},
            {"type": "image", "mime_type": "image/png", "content": PNG},
        ),
        (
            {"inlineData": {"mimeType": "image/png", "data": PNG}},
            {"type": "image", "mime_type": "image/png", "content": PNG},
        ),
        # files
        (
            {"type": "uri", "uri": "s3://b/a.mp3", "modality": "audio", "mime_type": "audio/mpeg"},
            {"type": "file", "mime_type": "audio/mpeg", "uri": "s3://b/a.mp3", "modality": "audio"},
        ),
        ({"type": "file", "file_id": "f1"}, {"type": "file", "file_id": "f1"}),
        (
            {"type": "file", "data": "AA==", "mediaType": "application/pdf", "filename": "a.pdf"},
            {"type": "file", "mime_type": "application/pdf", "name": "a.pdf", "content": "AA=="},
        ),
        (
            {
                "type": "document",
                "title": "A",
                "source": {"type": "url", "url": "https://x.test/a"},
            },
            {"type": "file", "name": "A", "uri": "https://x.test/a"},
        ),
        (
            {"document": {"format": "pdf", "name": "a", "source": {"bytes": "AA=="}}},
            {"type": "file", "mime_type": "application/pdf", "name": "a", "content": "AA=="},
        ),
        (
            {"fileData": {"mimeType": "application/pdf", "fileUri": "gs://b/a.pdf"}},
            {"type": "file", "mime_type": "application/pdf", "uri": "gs://b/a.pdf"},
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "AA=="}},
            {"type": "file", "modality": "audio", "content": "AA=="},
        ),
        # what marks a place, and what nobody knows
        (
            {"cachePoint": {"type": "default"}},
            {"type": "cachePoint", "cachePoint": {"type": "default"}},
        ),
        ({"type": "compaction", "n": 1}, {"type": "compaction", "n": 1}),
    ],
)
def test_a_part_of_any_api_has_one_form(given: Any, part: dict[str, Any]) -> None:
    assert part_of(given) == part


def test_parts_come_as_lists_as_one_and_as_json() -> None:
    assert parts_of(None) is None
    assert parts_of('[{"text": "a"}, {"cachePoint": {}}]') == [
        {"type": "text", "content": "a"},
        {"type": "cachePoint", "cachePoint": {}},
    ]
    assert parts_of({"text": "a"}) == [{"type": "text", "content": "a"}]


def test_a_part_that_is_too_deep_is_text() -> None:
    assert part_of({"type": "text", "text": "a"}, depth=7) == {
        "type": "text",
        "content": '{"type": "text", "text": "a"}',
    }


@pytest.mark.parametrize(
    ("given", "response"),
    [
        ("plain", "plain"),
        ('{"a": 1}', {"a": 1}),
        ([{"text": '{"a": 1}'}], {"a": 1}),
        ([], []),
        (
            [{"text": "a"}, {"image": {}}],
            [{"type": "text", "content": "a"}, {"type": "image"}],
        ),
        ({"type": "text", "value": "a"}, "a"),
        ({"type": "text", "text": "a"}, {"type": "text", "text": "a"}),
    ],
)
def test_a_response_is_what_is_in_its_blocks(given: Any, response: Any) -> None:
    assert response_of(given) == response
