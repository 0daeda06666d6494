"""`artifact`: a file made from the node's inputs and attached to the node's span."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from executor.document import (
    ArtifactNode,
    Content,
    CsvContent,
    HtmlContent,
    JsonContent,
    MarkdownContent,
)
from executor.errors import NodeError
from executor.expressions import evaluate
from executor.resources import Resources
from executor.templates import render
from executor.tracing import SpanHandle

# A cell that begins so is a formula to a spreadsheet (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def run(
    node: ArtifactNode, variables: Mapping[str, Any], resources: Resources, _span: SpanHandle
) -> dict[str, Any]:
    """`{name, media_type, bytes, stored, artifact_id?}`; `stored` is false when tracing is off or keeps no content.

    Raises NodeError: `InvalidContent` where the input does not fit the format; what expressions and templates raise.
    """
    name = render("filename", node.filename, variables)
    media_type, data = _file(node.content, variables)
    output = {"name": name, "media_type": media_type, "bytes": len(data)}
    handle = resources.tracing.attach_artifact(name, data, media_type=media_type)
    if handle is None:
        return {**output, "stored": False}
    return {**output, "stored": True, "artifact_id": handle.artifact_id}


def _file(content: Content, variables: Mapping[str, Any]) -> tuple[str, bytes]:
    if isinstance(content, MarkdownContent):
        text = render("content.template", content.template, variables)
        return "text/markdown", text.encode()
    if isinstance(content, HtmlContent):
        text = render("content.template", content.template, variables, "html")
        return "text/html", text.encode()
    if isinstance(content, JsonContent):
        value = evaluate("content.value", content.value, variables)
        return "application/json", json.dumps(value, indent=2, ensure_ascii=False).encode()
    if isinstance(content, CsvContent):
        return "text/csv", _table(content, variables).encode()
    from executor.drawing import bar_chart

    title = render("content.title", content.title, variables)
    return "image/png", bar_chart(title, _bars(content.bars, variables))


def _table(content: CsvContent, variables: Mapping[str, Any]) -> str:
    rows = evaluate("content.rows", content.rows, variables)
    if not isinstance(rows, list):
        raise NodeError("InvalidContent", f"content.rows is no list: {content.rows}")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.title for column in content.columns])
    for row in rows:
        writer.writerow(
            [_cell(evaluate(column.title, column.value, row)) for column in content.columns]
        )
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    return json.dumps(value, ensure_ascii=False)


def _bars(expression: str, variables: Mapping[str, Any]) -> list[tuple[str, float]]:
    rows = evaluate("content.bars", expression, variables)
    try:
        return [(str(row["label"]), float(row["value"])) for row in rows]
    except (TypeError, ValueError, KeyError) as error:
        raise NodeError(
            "InvalidContent", f"content.bars is no list of {{label, value}}: {expression}"
        ) from error
