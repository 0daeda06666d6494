"""Names of spans as a reader wants them: `lookup` instead of `execute_tool lookup`.

This is the only home of the rule. Rows have the name that it gives, and so tree, search and comparison do; what was
stored under a longer name is shortened when it is read. The name of an execution's root is its workflow's. The name
that was recorded stays the span's own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.reader import SpanReader

PREFIXES: Final = {
    kinds.MODEL: ("chat ", "generate_content ", "text_completion ", "embeddings ", "decide "),
    kinds.TOOL: ("execute_tool ", "tool_call ", "tools/call ", "MCP send tools/call "),
    kinds.AGENT: ("invoke_agent ",),
    kinds.WORKFLOW: ("invoke_workflow ",),
    kinds.NODE: ("execute_task ", "executor.process ", "workflow_step "),
    kinds.RETRIEVAL: ("retrieval ", "rerank ", "search_memory "),
}
"""By kind, what OpenTelemetry's conventions and frameworks put before a name, and the kind says as well."""
SUFFIXES: Final = {
    kinds.TOOL: (".tool", ".run"),
    kinds.AGENT: (".agent", ".run", "._execute_core"),
    kinds.WORKFLOW: (".workflow", ".kickoff"),
    kinds.NODE: (".task",),
}
"""By kind, what OpenLLMetry, agno and CrewAI put after a name."""


def shown_name(reader: SpanReader, kind: str) -> str:
    """Returns the name of a span without what its kind says: of a tool the name of the tool, of a resource that was
    read over MCP its URI. A name that says nothing else stays as it is."""
    span = reader.span
    if kind == kinds.TOOL:
        tool = reader.plan.value("tool_name", span)
        if isinstance(tool, str) and tool.strip():
            return tool
    if kind == kinds.RETRIEVAL:
        uri = span.attributes.get(names.MCP_RESOURCE_URI)
        if isinstance(uri, str) and uri:
            return uri
    return _bare(span.name, kind)


@lru_cache(maxsize=4096)
def stored_name(name: str, kind: str) -> str:
    """Returns the name of a stored row without what its kind says, for rows that were stored before names were short.

    What stands behind a name stays: a tool may be called `code.run`.
    """
    return _without_prefix(name, kind)


def _bare(name: str, kind: str) -> str:
    bare = _without_prefix(name, kind)
    if bare != name:
        return bare
    for suffix in SUFFIXES.get(kind, ()):
        if name.endswith(suffix):
            return name[: -len(suffix)].strip() or name
    return name


def _without_prefix(name: str, kind: str) -> str:
    for prefix in PREFIXES.get(kind, ()):
        if name.startswith(prefix):
            return name[len(prefix) :].strip() or name
    return name
