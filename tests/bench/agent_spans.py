"""OTLP requests of agents at work: conversations that grow by a tool call and its answer at each turn, and are repeated
whole in every model call, as OpenTelemetry's instrumentations write them. Two conversations have no sentence in common.

The same seed makes the same request. On average a span is about 3.7 KB.
"""

from __future__ import annotations

import json
import random
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.builders import SECOND, T0
from tests.support.otlp_requests import key_values
from tests.support.workload import vocabulary

RESOURCE = {
    "service.name": "planner",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.language": "python",
    "telemetry.sdk.version": "1.45.0",
}
CONVERSATION_CHARACTERS = 10_600
"""A conversation that has grown beyond is followed by a new one, below an agent of its own."""
MODEL = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.finish_reasons": ["tool_calls"],
    "gen_ai.request.temperature": 0.2,
    "server.address": "api.openai.com",
    "server.port": 443,
}


def agent_request(size: int, seed: int) -> bytes:
    """A request of so many spans, all of one trace, in protobuf."""
    return _Agents(size, random.Random(seed)).request.SerializeToString()


def agent_requests(size: int, batch: int, seed: int) -> list[bytes]:
    """The same trace in requests of `batch` spans each, as an exporter sends it."""
    whole = _Agents(size, random.Random(seed)).request
    (group,) = whole.resource_spans
    (scope,) = group.scope_spans
    requests = []
    for first in range(0, size, batch):
        part = ExportTraceServiceRequest()
        part_of_group = part.resource_spans.add(resource=group.resource)
        spans = scope.spans[first : first + batch]
        part_of_group.scope_spans.add(scope=scope.scope, spans=spans)
        requests.append(part.SerializeToString())
    return requests


class _Agents:
    def __init__(self, size: int, chance: random.Random) -> None:
        self._chance = chance
        self._trace_id = chance.randbytes(16)
        self._size = size
        self.request = ExportTraceServiceRequest()
        group = self.request.resource_spans.add()
        group.resource.attributes.extend(key_values(RESOURCE))
        scope = group.scope_spans.add()
        scope.scope.name, scope.scope.version = "opentelemetry.instrumentation.openai", "2.4"
        self._spans = scope.spans
        root = self._span(b"", "invoke_agent planner", self._agent("planner", []), size)
        while len(self._spans) < size:
            self._conversation(root)

    def _conversation(self, root: bytes) -> None:
        question = {"role": "user", "parts": [{"type": "text", "content": self._text(500)}]}
        messages: list[dict[str, Any]] = [question]
        system = json.dumps([{"type": "text", "content": self._text(400)}])
        agent = self._span(root, "invoke_agent searcher", self._agent("searcher", messages), 30)
        while len(json.dumps(messages)) < CONVERSATION_CHARACTERS:
            call_id = f"call_{self._chance.randbytes(8).hex()}"
            query, result = {"query": self._text(120)}, self._text(600)
            call = {"type": "tool_call", "id": call_id, "name": "search", "arguments": query}
            answer = {"role": "assistant", "parts": [call]}
            self._span(agent, "chat gpt-4o", self._generation(system, messages, answer))
            tool = {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": "search",
                "gen_ai.tool.call.id": call_id,
                "gen_ai.tool.call.arguments": json.dumps(query),
                "gen_ai.tool.call.result": json.dumps({"passage": result}),
            }
            self._span(agent, "execute_tool search", tool)
            told = {"type": "tool_call_response", "id": call_id, "response": result}
            messages += [answer, {"role": "tool", "parts": [told]}]

    def _agent(self, name: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
        attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}
        return {**attributes, "gen_ai.input.messages": json.dumps(messages)}

    def _generation(
        self, system: str, messages: list[dict[str, Any]], answer: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            **MODEL,
            "gen_ai.response.id": f"chatcmpl-{self._chance.randbytes(12).hex()}",
            "gen_ai.usage.input_tokens": self._chance.randrange(200, 4_000),
            "gen_ai.usage.output_tokens": self._chance.randrange(20, 300),
            "gen_ai.system_instructions": system,
            "gen_ai.input.messages": json.dumps(messages),
            "gen_ai.output.messages": json.dumps([{**answer, "finish_reason": "tool_call"}]),
        }

    def _span(
        self, parent: bytes, name: str, attributes: dict[str, Any], seconds: float = 0.5
    ) -> bytes:
        """Nothing where the request has all its spans."""
        span_id = self._chance.randbytes(8)
        if len(self._spans) < self._size:
            start = T0 + len(self._spans) * SECOND
            self._spans.add(
                trace_id=self._trace_id,
                span_id=span_id,
                parent_span_id=parent,
                name=name,
                kind=3,
                start_time_unix_nano=start,
                end_time_unix_nano=start + round(seconds * SECOND),
                attributes=key_values(attributes),
                status={"code": 1},
            )
        return span_id

    def _text(self, characters: int) -> str:
        words = self._chance.choices(vocabulary(), k=characters // 4)
        return " ".join(words)[:characters]
