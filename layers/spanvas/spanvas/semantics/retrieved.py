"""What a retrieval looked for and what it found."""

from __future__ import annotations

from typing import Any, Final

from spanvas.semantics.tool_content import arguments_of
from spanvas.semantics.values import as_text, first_of, parsed

QUERIES: Final = (
    "query", "question", "query_str", "query_text", "query_texts", "search_query", "str_or_query_bundle",
    "query_bundle", "text", "q", "input", "prompt",
)  # fmt: skip
"""Parameters in which retrievers take their query."""
MAX_DEPTH: Final = 4


def query_of(value: Any) -> str | None:
    """Returns the query alone, where a retriever's arguments hold other things, too; None for None."""
    found = _query(value)
    return None if found is None else as_text(found)


def _query(value: Any, depth: int = 0) -> Any:
    value = arguments_of(value)
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    if isinstance(value, dict) and depth < MAX_DEPTH:
        found = first_of(value, *QUERIES)
        args = value.get("args")
        if found is None and isinstance(args, (list, tuple)) and args:
            found = args[0]
        return value if found is None else _query(found, depth + 1)
    return value


def documents_of(value: Any) -> Any:
    """Returns `[{id?, content?, score?, metadata?, ...}]` from what retrievers return.

    What is no list stays as it is.
    """
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
