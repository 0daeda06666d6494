"""The table of senders in `docs/reference/dialects.md`: what is read of the traces that real packages sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from local.project import PROJECT as ROOT
from spanvas.model import kinds
from spanvas.model.span import Span
from spanvas.otlp.protobuf import decode_protobuf
from spanvas.semantics.content import content_of
from spanvas.semantics.dialects import ORDER
from spanvas.semantics.reader import SpanReader

FOLDER: Final = ROOT / "tests" / "fixtures" / "senders"
_HEAD: Final = """
## Senders

Traces of these programs, with the real packages against an endpoint on loopback, are in `tests/fixtures/senders`, and
all that is true of them is tested. What a sender leaves out cannot be read: its `note` there says so.

| sender | dialects | what is read |
|---|---|---|
"""


def senders_section() -> str:
    """Returns the section as Markdown, a row for each captured trace."""
    return _HEAD + "".join(map(_row, sorted(FOLDER.glob("*.pb"))))


def _row(path: Path) -> str:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    spans = decode_protobuf(path.read_bytes()).spans
    readers = [SpanReader(span) for span in spans]
    held = {dialect.name: dialect.title for one in readers for dialect in one.plan.dialects}
    spoken = [held[name] for name in ORDER if name in held]
    read = [name for name, is_read in READ.items() if is_read(spans)]
    sender = expected["sender"].replace("|", "\\\\|")
    return f"| {sender} | {', '.join(spoken)} | {', '.join(read)} |\n"


def _fact(fact: Callable[[SpanReader], Any]) -> Callable[[Sequence[Span]], bool]:
    return lambda spans: any(fact(SpanReader(span)) is not None for span in spans)


def _content(*fields: str) -> Callable[[Sequence[Span]], bool]:
    return lambda spans: any(
        field in content for content in map(content_of, spans) for field in fields
    )


def _kind(kind: str) -> Callable[[Sequence[Span]], bool]:
    return lambda spans: any(span.kind == kind for span in spans)


READ: Final[dict[str, Callable[[Sequence[Span]], bool]]] = {
    "model": _fact(SpanReader.model),
    "tokens": _fact(SpanReader.usage),
    "reported cost": _fact(SpanReader.reported_cost),
    "messages": _content("input_messages", "output_messages"),
    "tools": _kind(kinds.TOOL),
    "documents": _content("documents"),
    "agents": _fact(SpanReader.agent),
    "nodes": _fact(SpanReader.node_id),
    "workflow": _fact(SpanReader.workflow),
    "session": _fact(SpanReader.session),
    "time to first token": _fact(SpanReader.time_to_first_token),
}
