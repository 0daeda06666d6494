"""LangSmith's runs as its SDK exports them over OpenTelemetry: inputs and outputs as whole JSON documents."""

from __future__ import annotations

import re
from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading, Rule
from spanvas.semantics.values import at, parsed

KIND: Final = "langsmith.span.kind"
NODE: Final = "langsmith.metadata.langgraph_node"
USAGE: Final = "langsmith.metadata.usage_metadata"
SESSION_USAGE: Final = "langsmith.usage_metadata"
PROMPT, COMPLETION = "gen_ai.prompt", "gen_ai.completion"


def _chain(reading: Reading) -> str | None:
    """A chain is the node whose name it has, at the top the workflow, else nothing that has a kind."""
    if reading.attributes.get(KIND) != "chain":
        return None
    if reading.name and reading.name == reading.attributes.get(NODE):
        return kinds.NODE
    return kinds.WORKFLOW if reading.parent_span_id is None else kinds.OTHER


def _of(attribute: str, run_type: str, *path: str) -> Read:
    def read(reading: Reading) -> Any:
        if reading.attributes.get(KIND) != run_type:
            return None
        value = reading.attributes.get(attribute)
        return at(value, *path) if path else value

    inside = f": `{'.'.join(path)}`" if path else ""
    return Read(f"`{attribute}`{inside} of a {run_type}", read, (attribute,), (attribute,))


def _documents(reading: Reading) -> Any:
    if reading.attributes.get(KIND) != "retriever":
        return None
    value = parsed(reading.attributes.get(COMPLETION))
    if isinstance(value, dict):
        return value.get("documents") or value.get("output")
    return value


def _count(*path: str) -> Read:
    """A count in the usage that LangChain reports."""

    def read(reading: Reading) -> Any:
        given = reading.attributes.get(USAGE)
        if given is None:
            given = reading.attributes.get(SESSION_USAGE)
        return None if given is None else at(given, *path)

    return Read(
        f"`{USAGE}`: `{'.'.join(path)}`", read, (USAGE, SESSION_USAGE), (USAGE, SESSION_USAGE)
    )


def _detail(attribute: str, key: str) -> Read:
    """A count in a dictionary that was written as Python does: `{'cache_read': 768}`."""
    pattern = re.compile(rf"[\"']{key}[\"']\s*:\s*(\d{{1,15}})\b")

    def read(reading: Reading) -> Any:
        given = reading.attributes.get(attribute)
        match = pattern.search(given) if isinstance(given, str) else None
        return int(match[1]) if match else None

    return Read(f"`{attribute}`: `{key}`", read, (attribute,), (attribute,))


IN_DETAILS, OUT_DETAILS = "gen_ai.usage.input_token_details", "gen_ai.usage.output_token_details"

DIALECT = Dialect(
    name="langsmith",
    title="LangSmith",
    origin="langsmith 0.15.0, its OpenTelemetry exporter",
    kinds=(
        Rule(
            f"`{KIND}` chain: the node of its name, without parent the workflow, else other", _chain
        ),
        Kinds(
            KIND,
            {
                "llm": kinds.MODEL,
                "embedding": kinds.MODEL,
                "tool": kinds.TOOL,
                "retriever": kinds.RETRIEVAL,
                "prompt": kinds.OTHER,
                "parser": kinds.OTHER,
            },
        ),
    ),
    fields={
        "request_model": (
            "langsmith.metadata.ls_model_name",
            "langsmith.metadata.model_name",
        ),
        "response_model": (_of(COMPLETION, "llm", "llm_output", "model_name"),),
        "provider": ("langsmith.metadata.ls_provider",),
        "input_tokens": (_count("input_tokens"),),
        "output_tokens": (_count("output_tokens"),),
        "total_tokens": (_count("total_tokens"),),
        "cache_read_tokens": (
            _count("input_token_details", "cache_read"),
            _detail(IN_DETAILS, "cache_read"),
        ),
        "cache_write_tokens": (
            _count("input_token_details", "cache_creation"),
            _detail(IN_DETAILS, "cache_creation"),
        ),
        "reasoning_tokens": (
            _count("output_token_details", "reasoning"),
            _detail(OUT_DETAILS, "reasoning"),
        ),
        "cost": (_count("total_cost"),),
        "tool_arguments": (_of(PROMPT, "tool"),),
        "tool_result": (_of(COMPLETION, "tool"),),
        "query": (_of(PROMPT, "retriever", "query"),),
        "documents": (
            Read(f"`{COMPLETION}` of a retriever", _documents, (COMPLETION,), (COMPLETION,)),
        ),
        "input": (PROMPT,),
        "output": (COMPLETION,),
        "agent": ("langsmith.metadata.lc_agent_name",),
        "node_id": (NODE,),
        "workflow": ("langsmith.trace.name",),
        "session": (
            "langsmith.metadata.session_id",
            "langsmith.metadata.thread_id",
            "langsmith.metadata.conversation_id",
            "langsmith.trace.session_id",
        ),
    },
    notes=(
        "`langsmith.trace.session_id` is LangSmith's project, shared by every run in it: it is read last.",
    ),
)
