"""MLflow's traces as its SDK exports them over OTLP: every value is JSON."""

from __future__ import annotations

from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading
from spanvas.semantics.values import at, parsed, unquoted

TYPE: Final = "mlflow.spanType"
INPUTS, OUTPUTS = "mlflow.spanInputs", "mlflow.spanOutputs"
USAGE: Final = "mlflow.chat.tokenUsage"


def _plain(attribute: str) -> Read:
    return Read(
        f"`{attribute}`",
        lambda reading: unquoted(reading.attributes.get(attribute)),
        (attribute,),
    )


def _count(name: str) -> Read:
    return Read(
        f"`{USAGE}`: `{name}`", lambda reading: at(reading.attributes.get(USAGE), name), (USAGE,)
    )


def _reported(*path: str) -> Read:
    """A count in the response that MLflow kept whole."""
    return Read(
        f"`{OUTPUTS}`: `usage.{'.'.join(path)}`",
        lambda reading: at(reading.attributes.get(OUTPUTS), "usage", *path),
        (OUTPUTS,),
    )


def _of(attribute: str, *types: str) -> Read:
    def read(reading: Reading) -> Any:
        is_meant = unquoted(reading.attributes.get(TYPE)) in types
        return parsed(reading.attributes.get(attribute)) if is_meant else None

    return Read(f"`{attribute}` of {'/'.join(types)}", read, (attribute,))


def _function(reading: Reading) -> Any:
    is_tool = unquoted(reading.attributes.get(TYPE)) == "TOOL"
    name = unquoted(reading.attributes.get("mlflow.spanFunctionName"))
    return (name or reading.name) if is_tool else None


DIALECT = Dialect(
    name="mlflow",
    title="MLflow",
    origin="mlflow-tracing 3.17.2",
    kinds=(
        Kinds(
            TYPE,
            {
                **dict.fromkeys(("llm", "chat_model", "embedding"), kinds.MODEL),
                **dict.fromkeys(("retriever", "reranker"), kinds.RETRIEVAL),
                "tool": kinds.TOOL,
                "agent": kinds.AGENT,
                "workflow": kinds.WORKFLOW,
                "task": kinds.NODE,
                **dict.fromkeys(
                    ("chain", "parser", "memory", "guardrail", "evaluator", "unknown"), kinds.OTHER
                ),
            },
        ),
    ),
    fields={
        "response_model": (_plain("mlflow.llm.model"),),
        "request_model": (
            Read(
                f"`{INPUTS}`: `model`",
                lambda reading: at(reading.attributes.get(INPUTS), "model"),
                (INPUTS,),
            ),
        ),
        "provider": (_plain("mlflow.llm.provider"),),
        "input_tokens": (_count("input_tokens"), _reported("prompt_tokens")),
        "output_tokens": (_count("output_tokens"),),
        "total_tokens": (_count("total_tokens"),),
        "cache_read_tokens": (_count("cache_read_input_tokens"),),
        "cache_write_tokens": (_count("cache_creation_input_tokens"),),
        "reasoning_tokens": (_reported("completion_tokens_details", "reasoning_tokens"),),
        "cost": (
            Read(
                "`mlflow.llm.cost`: `total_cost`",
                lambda reading: at(reading.attributes.get("mlflow.llm.cost"), "total_cost"),
                ("mlflow.llm.cost",),
            ),
        ),
        "tool_definitions": (_plain("mlflow.chat.tools"),),
        "tool_name": (Read("`mlflow.spanFunctionName` of TOOL", _function, ()),),
        "tool_arguments": (_of(INPUTS, "TOOL"),),
        "tool_result": (_of(OUTPUTS, "TOOL"),),
        "query": (_of(INPUTS, "RETRIEVER", "RERANKER"),),
        "documents": (_of(OUTPUTS, "RETRIEVER", "RERANKER"),),
        "input": (_plain(INPUTS),),
        "output": (_plain(OUTPUTS),),
        "session": (_plain("mlflow.trace.session"), "session.id"),
    },
)
