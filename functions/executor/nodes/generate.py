"""`generate`: a model call over Bedrock's Converse, with rounds of tool calls where the document gives tools."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from executor.bedrock import PROVIDER
from executor.document import GenerateNode, Tool
from executor.errors import NodeError
from executor.messages import as_usage, text_of
from executor.nodes.http import request as http_request
from executor.resources import Resources
from executor.templates import render
from executor.tracing import SpanHandle
from spanvas import attributes as names

# A model may set its JSON into a code fence although it was asked not to.
_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?```\s*\Z", re.DOTALL)


def run(
    node: GenerateNode, variables: Mapping[str, Any], resources: Resources, _span: SpanHandle
) -> dict[str, Any]:
    """`{text, stop_reason, usage, tool_calls, json?}`; usage is the sum over all rounds.

    Raises NodeError: what Converse raises; `InvalidModelOutput` where JSON was asked for and something else came;
    `TooManyToolRounds`.
    """
    system = render("system", node.system, variables) if node.system else ""
    conversation: list[dict[str, Any]] = [
        {
            "role": message.role,
            "content": [{"text": render(f"messages.{number}.content", message.content, variables)}],
        }
        for number, message in enumerate(node.messages)
    ]
    total: dict[str, int] = {}
    tool_calls: list[dict[str, Any]] = []
    for _ in range(node.max_tool_rounds + 1):
        response = _call(node, system, conversation, resources)
        answer = response["output"]["message"]
        for name, tokens in as_usage(response["usage"]).items():
            total[name] = total.get(name, 0) + tokens
        asked = [block["toolUse"] for block in answer["content"] if "toolUse" in block]
        if response["stopReason"] != "tool_use" or not asked:
            output = {
                "text": text_of(answer["content"]),
                "stop_reason": response["stopReason"],
                "usage": total,
                "tool_calls": tool_calls,
            }
            return {**output, "json": _parsed(output)} if node.response == "json" else output
        results = [_use_tool(node, use, resources) for use in asked]
        tool_calls += [{"name": use["name"], "arguments": use["input"]} for use in asked]
        conversation += [answer, {"role": "user", "content": results}]
    raise NodeError(
        "TooManyToolRounds", f"the model still calls tools after {node.max_tool_rounds} rounds"
    )


def _call(
    node: GenerateNode,
    system: str,
    conversation: Sequence[Mapping[str, Any]],
    resources: Resources,
) -> Mapping[str, Any]:
    if resources.seconds_left() <= 0:
        raise NodeError("Timeout", f"{node.model} was not called: the function's time is over")
    request = _request(node, system, conversation)
    with resources.tracing.generation(
        model=node.model,
        provider=PROVIDER,
        system=system or None,
        input_messages=list(conversation),
        tool_definitions=[_definition(tool) for tool in node.tools] or None,
        parameters=_parameters(node),
    ) as call:
        return call.response(resources.converse(request, node.timeout_seconds))


def _parameters(node: GenerateNode) -> dict[str, Any]:
    """What the document sets, under the names that the traces use."""
    parameters = {
        "max_tokens": node.max_tokens,
        "temperature": node.temperature,
        "top_p": node.top_p,
        "stop_sequences": node.stop_sequences or None,
    }
    return {name: value for name, value in parameters.items() if value is not None}


_CONVERSE_NAMES = {
    "max_tokens": "maxTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "stop_sequences": "stopSequences",
}


def _request(
    node: GenerateNode, system: str, conversation: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    inference = {_CONVERSE_NAMES[name]: value for name, value in _parameters(node).items()}
    request: dict[str, Any] = {
        "modelId": node.model,
        "messages": list(conversation),
        "inferenceConfig": inference,
    }
    if system:
        request["system"] = [{"text": system}]
        if node.cache_system:
            request["system"].append({"cachePoint": {"type": "default"}})
    if node.tools:
        request["toolConfig"] = {"tools": [_specification(tool) for tool in node.tools]}
    return request


def _specification(tool: Tool) -> dict[str, Any]:
    return {
        "toolSpec": {
            "name": tool.name,
            "description": tool.description,
            "inputSchema": {"json": tool.input_schema},
        }
    }


def _definition(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.input_schema,
    }


def _use_tool(node: GenerateNode, use: Mapping[str, Any], resources: Resources) -> dict[str, Any]:
    """The result that the model gets. A tool's failure is one too: the model may say so, or try something else."""
    tool = next((tool for tool in node.tools if tool.name == use["name"]), None)
    try:
        with resources.tracing.span(
            f"execute_tool {use['name']}",
            kind="tool",
            attributes={
                names.OPERATION: "execute_tool",
                names.TOOL_NAME: use["name"],
                names.TOOL_CALL_ID: use["toolUseId"],
                names.TOOL_ARGUMENTS: use["input"],
            },
        ) as span:
            if tool is None:
                raise NodeError("UnknownTool", f"there is no tool {use['name']!r}")
            result = http_request(tool.http, use["input"], resources)["body"]
            span.set_attribute(names.TOOL_RESULT, result)
        content = {"json": result} if isinstance(result, dict) else {"text": json.dumps(result)}
        status = "success"
    except NodeError as error:
        content, status = {"text": error.message}, "error"
    return {"toolResult": {"toolUseId": use["toolUseId"], "content": [content], "status": status}}


def _parsed(output: Mapping[str, Any]) -> Any:
    text = output["text"]
    fenced = _FENCED.match(text)
    try:
        return json.loads(fenced[1] if fenced else text)
    except ValueError as error:
        # The answer itself is content: the span of the call has it, and an error goes further than that.
        raise NodeError(
            "InvalidModelOutput",
            f"the model was asked for JSON and answered {len(text)} characters of other text (stop reason"
            f" {output['stop_reason']})",
        ) from error
