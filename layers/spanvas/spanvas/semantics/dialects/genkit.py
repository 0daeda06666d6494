"""Genkit (Firebase): actions with a subtype, whose input and output are JSON texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading, inside
from spanvas.semantics.values import as_text, at, first_of, parsed

TYPE, SUBTYPE, NAME = "genkit:type", "genkit:metadata:subtype", "genkit:name"
INPUT, OUTPUT = "genkit:input", "genkit:output"
MODELS: Final = ("model", "background-model", "embedder")
TOOLS: Final = ("tool", "tool.v2")
RETRIEVERS: Final = ("retriever", "reranker")


def _if(subtypes: tuple[str, ...], shown: str, read: Callable[[Reading], Any], *names: str) -> Read:
    def when(reading: Reading) -> Any:
        return read(reading) if reading.attributes.get(SUBTYPE) in subtypes else None

    return Read(f"{shown} of {'/'.join(subtypes)}", when, names)


def _messages(value: Any) -> list[Any] | None:
    if not isinstance(value, list):
        return None
    return [
        {**message, "content": _parts(message.get("content"))}
        if isinstance(message, dict)
        else message
        for message in value
    ]


def _parts(content: Any) -> Any:
    return [_part(part) for part in content] if isinstance(content, list) else content


def _part(part: Any) -> Any:
    """Genkit's parts say what they are by their only key."""
    if not isinstance(part, Mapping):
        return part
    call, response, media = (part.get(key) for key in ("toolRequest", "toolResponse", "media"))
    if isinstance(call, Mapping):
        return {
            "type": "tool_call",
            "id": call.get("ref"),
            "name": call.get("name"),
            "arguments": call.get("input"),
        }
    if isinstance(response, Mapping):
        return {
            "type": "tool_call_response",
            "id": response.get("ref"),
            "name": response.get("name"),
            "response": response.get("output"),
        }
    if isinstance(media, Mapping):
        mime = str(media.get("contentType") or "")
        kind = (
            "image"
            if mime.startswith("image/") or "image/" in str(media.get("url"))[:20]
            else "document"
        )
        return {"type": kind, "url": media.get("url"), "mime_type": mime or None}
    if "reasoning" in part:
        return {"type": "reasoning", "content": part["reasoning"]}
    return part


def _asked(reading: Reading) -> list[Any] | None:
    return _messages(at(reading.attributes.get(INPUT), "messages"))


def _answered(reading: Reading) -> list[Any] | None:
    value = parsed(reading.attributes.get(OUTPUT))
    if not isinstance(value, dict):
        return None
    answers = value.get("candidates") if isinstance(value.get("candidates"), list) else [value]
    found = [
        answer for answer in answers or () if isinstance(answer, dict) and answer.get("message")
    ]
    messages = _messages([answer["message"] for answer in found])
    for message, answer in zip(messages or (), found, strict=True):
        reason = first_of(answer, "finishReason", "finish_reason")
        if reason and isinstance(message, dict):
            message["finish_reason"] = reason
    return messages or None


def _query(reading: Reading) -> Any:
    query = at(reading.attributes.get(INPUT), "query")
    content = at(query, "content")
    if isinstance(content, list):
        return "\n".join(as_text(at(part, "text") or part) for part in content)
    return query


def _documents(reading: Reading) -> list[Any] | None:
    documents = at(reading.attributes.get(OUTPUT), "documents")
    if not isinstance(documents, list):
        return None
    return [
        {
            **document,
            "content": "\n".join(as_text(at(part, "text") or part) for part in document["content"]),
            "score": at(document, "metadata", "score"),
        }
        if isinstance(document, dict) and isinstance(document.get("content"), list)
        else document
        for document in documents
    ]


def _provider(reading: Reading) -> str | None:
    """The plugin, which stands before the model's name: `googleai/gemini-2.5-flash`."""
    plugin, slash, _ = str(reading.attributes.get(NAME) or "").partition("/")
    return plugin if slash else None


def _model(reading: Reading) -> str | None:
    name = str(reading.attributes.get(NAME) or "")
    return name.partition("/")[2] or name or None


DIALECT = Dialect(
    name="genkit",
    title="Genkit",
    origin="genkit 0.12.0",
    kinds=(
        Kinds(
            SUBTYPE,
            {
                "flow": kinds.WORKFLOW,
                **dict.fromkeys(MODELS, kinds.MODEL),
                **dict.fromkeys(TOOLS, kinds.TOOL),
                **dict.fromkeys(RETRIEVERS, kinds.RETRIEVAL),
                "agent": kinds.AGENT,
                **dict.fromkeys(
                    ("prompt", "executable-prompt", "indexer", "evaluator", "util", "custom", "resource"),
                    kinds.OTHER,
                ),
            },
        ),
        Kinds(TYPE, {"flowStep": kinds.NODE}),
    ),
    fields={
        "request_model": (_if(MODELS, f"`{NAME}` without its plugin", _model, NAME),),
        "provider": (_if(MODELS, f"plugin in `{NAME}`", _provider, NAME),),
        "input_tokens": (inside(OUTPUT, "usage/inputTokens", "usage/input_tokens"),),
        "output_tokens": (inside(OUTPUT, "usage/outputTokens", "usage/output_tokens"),),
        "total_tokens": (inside(OUTPUT, "usage/totalTokens", "usage/total_tokens"),),
        "cache_read_tokens": (
            inside(OUTPUT, "usage/cachedContentTokens", "usage/cached_content_tokens"),
        ),
        "reasoning_tokens": (inside(OUTPUT, "usage/thoughtsTokens", "usage/thoughts_tokens"),),
        "input_messages": (
            _if(("model", "background-model", "util", "agent"), f"`{INPUT}`: `messages`", _asked, INPUT),
        ),
        "output_messages": (
            _if(
                ("model", "background-model", "util", "agent"), f"`{OUTPUT}`: `message` or `candidates`", _answered,
                OUTPUT,
            ),
        ),
        "tool_definitions": (
            _if(MODELS, f"`{INPUT}`: `tools`", lambda r: at(r.attributes.get(INPUT), "tools"), INPUT),
        ),
        "tool_name": (_if(TOOLS, f"`{NAME}`", lambda r: r.attributes.get(NAME), NAME),),
        "tool_arguments": (_if(TOOLS, f"`{INPUT}`", lambda r: r.attributes.get(INPUT), INPUT),),
        "tool_result": (_if(TOOLS, f"`{OUTPUT}`", lambda r: r.attributes.get(OUTPUT), OUTPUT),),
        "query": (_if(RETRIEVERS, f"`{INPUT}`: `query`", _query, INPUT),),
        "documents": (_if(RETRIEVERS, f"`{OUTPUT}`: `documents`", _documents, OUTPUT),),
        "input": (INPUT,),
        "output": (OUTPUT,),
        "node_id": (
            Read(
                f"`{NAME}` where `{TYPE}` is flowStep",
                lambda r: r.attributes.get(NAME) if r.attributes.get(TYPE) == "flowStep" else None,
                (NAME,),
            ),
        ),
        "agent": (_if(("agent",), f"`{NAME}`", lambda r: r.attributes.get(NAME), NAME),),
        "workflow": (_if(("flow",), f"`{NAME}`", lambda r: r.attributes.get(NAME), NAME),),
        "session": ("genkit:sessionId",),
    },
)  # fmt: skip
