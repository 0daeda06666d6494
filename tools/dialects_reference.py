"""`docs/reference/dialects.md`, from the dialects' tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from spanvas.semantics.dialect import FIELDS, Dialect, Kinds, Read, Rule, Source
from spanvas.semantics.dialect_content import (
    CONTENT_EVENT_PREFIXES,
    CONTENT_NAMES,
    CONTENT_PATTERNS,
    CONTENT_PREFIXES,
)
from spanvas.semantics.dialects import FIRST_FOR_KIND, ORDER, load
from spanvas.semantics.providers import FRAMEWORKS, SPELLINGS
from spanvas.semantics.sender_counts import EXCLUSIVE_SCOPES
from tools.senders_reference import senders_section

_HEAD: Final = """# Dialects

<!-- Written by `make openapi` from the tables; change those, not this page. -->

Libraries write what a model call was in many ways. Whatever they wrote, a span is read into one normal form: its kind,
model, provider, tokens, cost, messages, tools, documents, node, workflow, agent and session. This page says which
attributes and events are read, dialect by dialect.
[How others read the same spans](../explanation/how-others-read-spans.md) is a page of its own.

## How it is decided

- A span may speak several dialects. Of each field the first value counts, in the order of the dialects below; within a
  dialect, in the order of its table. Nothing is added up over dialects: a span that says all twice counts once.
- The kind of a span is asked of {first} first, which know it better than the
  operation that they write beside it; then in the same order as everything else. A span with a model and no other sign
  is a model call, one with an HTTP method is `http`, the rest is `other`.
- Tokens and cost count each model call once: [how they are counted](../explanation/how-costs-are-counted.md). The AI
  SDK up to version 5 leaves cached tokens of Anthropic and Bedrock out of the input: they are added.
- A count is a whole number: an integer, also as a float or as text (Micrometer writes text). Anything else is no count
  and is left out. A call all of whose counts are 0 has reported none.
- Input includes what was read from or written to the cache, output includes reasoning. Counts that leave those out are
  known by their parts exceeding the whole, by the total, or by their instrumentation
  ({scopes}), and are put right.
- A cost that the instrumentation reports wins. Otherwise it is computed at the price of the span's time; a model
  without a known price has no cost, which is not 0.
- Messages have a role and parts: `text`, `reasoning`, `tool_call`, `tool_call_response`, `image`, `file`. System
  messages that begin a conversation are system instructions. Results of tools are messages of the role `tool`. What has
  no name in this form is kept under its own: [how messages are read](../explanation/how-messages-are-read.md).
- Content that no field below holds is in `other`, by the name of its attribute or event.
- Content that goes out as log records instead of attributes or events of spans cannot be read from traces:
  opentelemetry-instrumentation-botocore does so, and others do by default.

## The normal form

| field | what |
|---|---|
"""
_PROVIDERS: Final = """
## Names of providers

OpenTelemetry's spelling is kept; others become it. What frameworks write in its place ({frameworks}) names no provider.

| written | provider |
|---|---|
"""
_CONTENT: Final = """
## What is content

Attributes that hold what a person, a model or a tool wrote. They are shown only to those who may read content
(`trace:content`), redacted or dropped as `SPANVAS_CONTENT` says, and kept once where they are long.

- by name: {names}
- by beginning: {prefixes}
- by pattern: {patterns}
- on events: every attribute of those that begin with {events}
"""


def dialects_page() -> str:
    """Returns the page as Markdown; it depends on nothing but the tables."""
    dialects = [load(name) for name in ORDER]
    parts = [
        _HEAD.format(
            first=_listed(d.title for d in dialects if d.name in FIRST_FOR_KIND),
            scopes=_codes(EXCLUSIVE_SCOPES),
        )
    ]
    parts += [f"| `{field}` | {text} |\n" for field, text in FIELDS.items()]
    parts += [_section(dialect) for dialect in dialects]
    parts.append(senders_section())
    parts.append(_PROVIDERS.format(frameworks=_codes(FRAMEWORKS)))
    parts += [f"| `{written}` | `{name}` |\n" for written, name in sorted(SPELLINGS.items())]
    parts.append(
        _CONTENT.format(
            names=_codes(CONTENT_NAMES),
            prefixes=_codes(CONTENT_PREFIXES),
            patterns=_codes(CONTENT_PATTERNS),
            events=_codes(CONTENT_EVENT_PREFIXES),
        )
    )
    return "".join(parts)


def _section(dialect: Dialect) -> str:
    lines = [f"\n## {dialect.title}\n\nRead from: {dialect.origin}.\n"]
    lines += [f"\n{note}\n" for note in dialect.notes]
    lines.append("\nKinds:\n\n")
    lines += [f"- {_kinds(rule)}\n" for rule in dialect.kinds]
    lines.append("\n| field | from |\n|---|---|\n")
    lines += [
        f"| `{field}` | {'; '.join(_shown(source) for source in dialect.fields[field])} |\n"
        for field in FIELDS
        if field in dialect.fields
    ]
    return "".join(lines)


def _kinds(rule: Kinds | Rule) -> str:
    if isinstance(rule, Rule):
        return rule.shown
    by_kind: dict[str, list[str]] = {}
    for value, kind in rule.kinds.items():
        by_kind.setdefault(kind, []).append(value)
    shown = "; ".join(f"{', '.join(values)}: {kind}" for kind, values in by_kind.items())
    return f"`{rule.attribute}` {shown}"


def _shown(source: Source) -> str:
    return source.shown if isinstance(source, Read) else f"`{source}`"


def _codes(names: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}"
