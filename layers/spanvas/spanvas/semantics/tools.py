"""Definitions of tools and documents of retrievals in one form each."""

from __future__ import annotations

from typing import Any

from spanvas.semantics.values import first_of, parsed


def definitions_of(value: Any) -> list[Any] | None:
    """`[{type, name, description?, parameters?}]` from what APIs and frameworks have for a tool; None for None."""
    value = parsed(value)
    if value is None:
        return None
    items = value if isinstance(value, (list, tuple)) else [value]
    return [_definition(parsed(item)) for item in items] or None


def _definition(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    inner = item
    for key in ("function", "toolSpec"):
        if isinstance(item.get(key), dict):
            inner = item[key]
    name = first_of(inner, "name")
    if name is None:
        return dict(item)
    kind = item.get("type")
    found: dict[str, Any] = {
        "type": kind if isinstance(kind, str) else "function",
        "name": name,
    }
    description = first_of(inner, "description")
    if description is not None:
        found["description"] = description
    parameters = parsed(
        first_of(
            inner,
            "parameters",
            "inputSchema",
            "input_schema",
            "parameters_json_schema",
            "parametersJsonSchema",
        )
    )
    if isinstance(parameters, dict) and set(parameters) == {"json"}:
        parameters = parameters["json"]
    if parameters is not None:
        found["parameters"] = parameters
    return found


def documents_of(value: Any) -> Any:
    """`[{id?, content?, score?, metadata?, ...}]` from what retrievers give back; what is no list, as it is."""
    value = parsed(value)
    if isinstance(value, dict):
        value = first_of(value, "documents", "results", "output") or [value]
    if not isinstance(value, (list, tuple)):
        return value
    return [_document(parsed(item)) for item in value] or None


def _document(item: Any) -> Any:
    if not isinstance(item, dict):
        return {"content": item}
    inner = item.get("kwargs") if item.get("lc") == 1 else item.get("document", item)
    if not isinstance(inner, dict):
        inner = {**item, "content": inner}
    found: dict[str, Any] = {}
    for name, keys in {
        "id": ("id", "document_id", "index"),
        "content": ("content", "page_content", "pageContent", "text", "document"),
        "score": ("score", "relevance_score", "relevanceScore", "distance"),
    }.items():
        given = first_of(inner, *keys)
        if given is None and inner is not item:
            given = first_of(item, *keys)
        if given is not None:
            found[name] = given
    metadata = parsed(first_of(inner, "metadata"))
    if metadata:
        found["metadata"] = metadata
    return found or dict(item)
