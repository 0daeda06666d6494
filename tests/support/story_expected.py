"""What each library tells of the story otherwise, with the reason; and the trees that some of them make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas.model.usage import Usage
from tests.support.story import ALL, RESULT, Pair, calls_but

SONNET: Final = "us.anthropic.claude-sonnet-4-20250514-v1:0"
_BEDROCK: Final[Mapping[str, Any]] = {
    "request_model": SONNET,
    "response_model": None,
    # 300 x $3 + 512 x $0.30 + 24 x $15, and 102 x $3 + 768 x $0.30 + 31 x $15, per million
    "cost_nano_usd": Pair((900_000 + 153_600 + 360_000, 306_000 + 230_400 + 465_000)),
    "finish_reasons": Pair((("tool_use",), ("end_turn",))),
    # Bedrock does not tell reasoning apart
    "usage": Pair((Usage(812, 24, 512), Usage(870, 31, 768))),
}
_GEMINI: Final[Mapping[str, Any]] = {
    "provider": "gcp.gemini",
    "request_model": "gemini-2.5-flash",
    "response_model": None,
    # 300 x $0.30 + 512 x $0.03 + 24 x $2.50, and 102 x $0.30 + 768 x $0.03 + 31 x $2.50, per million
    "cost_nano_usd": Pair((90_000 + 15_360 + 60_000, 30_600 + 23_040 + 77_500)),
    "finish_reasons": ("stop",),
}
_ADK_SYSTEM: Final = [
    {
        "type": "text",
        "content": "You answer questions about parcels.\n\n"
        'You are an agent. Your internal name is "parcels".',
    }
]
_NO_REASONING: Final = Pair((Usage(812, 24, 512), Usage(870, 31, 768)))
_OTEL_REASONS: Final = Pair((("tool_call",), ("stop",)))
_SDK_REASONS: Final = Pair((("tool-calls",), ("stop",)))
_AGENT: Final[Mapping[str, Any]] = {"agents": ["parcels"], "embeddings": []}
_THREAD: Final[Mapping[str, Any]] = {"sessions": ["thread-7"]}

EXPECTED: Final[Mapping[str, Mapping[str, Any]]] = {
    # Clients trace no tools: the program runs them.
    "openai-genai": {"tools": []},
    "openai-openinference": {"tools": []},
    "openai-traceloop": {"tools": [], "calls": calls_but(finish_reasons=_OTEL_REASONS)},
    "openai-traceloop-old": {"tools": [], "calls": calls_but(usage=_NO_REASONING)},
    "logfire-openai": {"tools": []},
    "langchain-openinference": {
        **_THREAD,
        "embeddings": [],
        # The instrumentation keeps the first argument's value alone, and no call id.
        "tools": [{"name": "lookup_parcel", "arguments": "4711", "result": RESULT}],
    },
    "langchain-traceloop": {
        **_AGENT,
        **_THREAD,
        "calls": calls_but(usage=_NO_REASONING, finish_reasons=_OTEL_REASONS),
    },
    "langchain-langsmith": {**_THREAD, "embeddings": []},
    "pydantic-agent": {**_AGENT, "calls": calls_but(finish_reasons=_OTEL_REASONS)},
    "pydantic-agent-2": {**_AGENT, "calls": calls_but(finish_reasons=_OTEL_REASONS)},
    # "strands-agents" is what it gives as the provider; definitions of tools are on the agent's span.
    "strands-bedrock": {
        **_AGENT,
        **_THREAD,
        "calls": calls_but(**_BEDROCK, provider=None, tools=[]),
    },
    "strands-bedrock-latest": {
        **_AGENT,
        **_THREAD,
        "calls": calls_but(**_BEDROCK, provider=None, tools=[]),
    },
    # Content goes out as log records; of InvokeModel it takes over no cached tokens.
    "bedrock-botocore": {
        "embeddings": [],
        "tools": [],
        "calls": [
            *calls_but(
                **_BEDROCK,
                provider="aws.bedrock",
                tools=[],
                system_instructions=None,
                input_messages=None,
                output_messages=None,
            ),
            {
                **calls_but(**_BEDROCK)[0],
                "provider": "aws.bedrock",
                "tools": [],
                "system_instructions": None,
                "input_messages": None,
                "output_messages": None,
                "usage": Usage(300, 24),
                "cost_nano_usd": 900_000 + 360_000,
            },
        ],
    },
    # It says neither the provider nor the id of the call that a tool answers.
    "mlflow-spans": {
        "calls": calls_but(provider=None),
        "tools": [{"name": "lookup_parcel", "arguments": {"parcel_id": "4711"}, "result": RESULT}],
    },
    "google-adk": {
        **_AGENT,
        **_THREAD,
        "calls": calls_but(**_GEMINI, system_instructions=_ADK_SYSTEM),
    },
    # Each call is there twice: `call_llm` with the content, and below it, counted, `generate_content` without.
    "google-adk-legacy": {
        **_AGENT,
        **_THREAD,
        "calls": calls_but(
            **_GEMINI,
            tools=[],
            system_instructions=None,
            input_messages=None,
            output_messages=None,
        ),
    },
    "vercel-4": {
        **_THREAD,
        "agents": ["parcels"],
        "calls": calls_but(finish_reasons=_SDK_REASONS),
    },
    # The SDK's fifth version leaves out what was cached, and so the price is that of uncached tokens.
    "vercel-5": {
        **_THREAD,
        "agents": ["parcels"],
        "calls": calls_but(
            finish_reasons=_SDK_REASONS,
            usage=Pair((Usage(812, 24), Usage(870, 31))),
            cost_nano_usd=Pair((2_030_000 + 240_000, 2_175_000 + 310_000)),
        ),
    },
    "vercel-6": {
        **_THREAD,
        "agents": ["parcels"],
        "calls": calls_but(finish_reasons=_SDK_REASONS),
    },
    # OpenTelemetry's names, without those of metadata and reasoning.
    "vercel-7": {
        "agents": ["parcels"],
        "calls": calls_but(finish_reasons=_SDK_REASONS, usage=_NO_REASONING),
    },
}
"""Fixture -> what its library tells otherwise, with the reason."""


def expected(name: str) -> dict[str, Any]:
    return {**ALL, **EXPECTED[name]}


OUTLINES: Final[Mapping[str, Sequence[str]]] = {
    "langchain-openinference": (
        "workflow parcels",
        "  node agent [agent]",
        "    model ChatOpenAI [agent]",
        "    other tools_condition [agent]",
        "  node tools [tools]",
        "    tool lookup_parcel [tools]",
        "  node agent [agent]",
        "    model ChatOpenAI [agent]",
        "    other tools_condition [agent]",
    ),
    "langchain-traceloop": (
        "agent invoke_agent parcels",
        "  agent parcels.workflow",
        "    node execute_task agent [agent]",
        "      model ChatOpenAI.chat [agent]",
        "      other execute_task tools_condition [agent]",
        "    node execute_task tools [tools]",
        "      tool execute_tool lookup_parcel [tools]",
        "    node execute_task agent [agent]",
        "      model ChatOpenAI.chat [agent]",
        "      other execute_task tools_condition [agent]",
    ),
    "langchain-langsmith": (
        "workflow parcels",
        "  node agent [agent]",
        "    model ChatOpenAI [agent]",
        "    other tools_condition [agent]",
        "  node tools [tools]",
        "    tool lookup_parcel [tools]",
        "  node agent [agent]",
        "    model ChatOpenAI [agent]",
        "    other tools_condition [agent]",
    ),
    "pydantic-agent": (
        "agent invoke_agent parcels",
        "  model chat gpt-4o",
        "  tool execute_tool lookup_parcel",
        "  model chat gpt-4o",
    ),
    "strands-bedrock": (
        "agent invoke_agent parcels",
        "  other execute_event_loop_cycle",
        "    model chat",
        "    tool execute_tool lookup_parcel",
        "  other execute_event_loop_cycle",
        "    model chat",
    ),
    "mlflow-spans": (
        "agent parcels",
        "  model Completions",
        "  tool lookup_parcel",
        "  model Completions",
        "  model Embeddings",
    ),
    "google-adk-legacy": (
        "workflow invocation",
        "  agent invoke_agent parcels",
        "    model call_llm",
        "      model generate_content gemini-2.5-flash",
        "    tool execute_tool lookup_parcel",
        "    model call_llm",
        "      model generate_content gemini-2.5-flash",
    ),
    "vercel-6": (
        "agent ai.generateText",
        "  model ai.generateText.doGenerate",
        "  tool ai.toolCall",
        "  model ai.generateText.doGenerate",
        "other ai.embed",
        "  model ai.embed.doEmbed",
    ),
    "vercel-7": (
        "agent invoke_agent gpt-4o",
        "  other step 1",
        "    model chat gpt-4o",
        "    tool execute_tool lookup_parcel",
        "  other step 2",
        "    model chat gpt-4o",
        "model embeddings text-embedding-3-small",
        "  model embeddings text-embedding-3-small",
    ),
}
"""Trees of kinds, names and [nodes]."""
