"""Which attributes are free text of machines and which are identifiers; what is content, semantics knows."""

from __future__ import annotations

from typing import Final

from spanvas.semantics.content_names import is_content, is_content_event

__all__ = ["FREE_TEXT_NAMES", "IDENTIFIERS", "is_content", "is_content_event"]

FREE_TEXT_NAMES: Final = frozenset(
    {
        "exception.message",
        "exception.stacktrace",
        "url.full",
        "url.query",
        "url.path",
        "http.url",
        "http.target",
        "db.query.text",
        "db.statement",
        "process.command_line",
        "process.command_args",
    }
)
"""Written by machines, but about people's values: dropped with the content where nothing can be scanned."""

IDENTIFIERS: Final = frozenset(
    {
        "spanvas.kind",
        "spanvas.execution.id",
        "spanvas.tenant",
        "spanvas.workflow.id",
        "spanvas.workflow.version",
        "spanvas.workflow.expected_nodes",
        "spanvas.node.id",
        "spanvas.node.kind",
        "spanvas.redaction",
        "faas.invocation_id",
        "faas.instance",
        "cloud.resource_id",
        "cloud.account.id",
        "cloud.region",
        "aws.log.group.names",
        "aws.log.stream.names",
    }
)
"""Ids that other records refer to: an id may look like an address or a number, and stays what it is."""
