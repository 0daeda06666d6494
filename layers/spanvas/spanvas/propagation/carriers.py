"""What is passed along with a call or a message: the W3C's own two headers, `traceparent` and `baggage`.

`traceparent` says under which span the work goes on; `baggage` names the execution. Both survive services between
us that know OpenTelemetry and not Spanvas.
Sources: W3C Trace Context, Level 1; W3C Baggage, candidate recommendation of 2024.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote

from spanvas import attributes as names

TRACEPARENT: Final = "traceparent"
BAGGAGE: Final = "baggage"
TRACEPARENT_FORM: Final = re.compile(
    r"[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
MAX_BAGGAGE: Final = 8_192
"""Characters; the W3C asks for no more to be passed on."""


class Parent(NamedTuple):
    """The caller's span: ids in lower-case hex, and the trace flags."""

    trace_id: str
    span_id: str
    flags: int = 1


class RemoteContext(NamedTuple):
    """What a caller has passed along. `execution_id` is None where the caller does not know Spanvas."""

    parent: Parent | None = None
    execution_id: str | None = None
    tenant: str | None = None
    workflow_id: str | None = None


NOTHING: Final = RemoteContext()


def carried(parent: Parent, baggage: Mapping[str, str]) -> dict[str, str]:
    """Returns the two headers. Entries that would make the baggage too long are left out, the last ones first."""
    headers = {TRACEPARENT: f"00-{parent.trace_id}-{parent.span_id}-{parent.flags:02x}"}
    text = ""
    for name, value in baggage.items():
        entry = f"{quote(name, safe='.-_')}={quote(value, safe='.-_:@/')}"
        longer = f"{text},{entry}" if text else entry
        if len(longer) <= MAX_BAGGAGE:
            text = longer
    if text:
        headers[BAGGAGE] = text
    return headers


def remote_context_in(carrier: Any) -> RemoteContext:
    """Returns what a mapping of headers or attributes carries; names in any case."""
    if not isinstance(carrier, Mapping):
        return NOTHING
    found = {}
    for name, value in carrier.items():
        if isinstance(name, str) and isinstance(value, str):
            lowered = name.lower()
            if lowered in (TRACEPARENT, BAGGAGE):
                found[lowered] = value
    if not found:
        return NOTHING
    entries = _entries(found.get(BAGGAGE, ""))
    return RemoteContext(
        parent_of(found.get(TRACEPARENT, "")),
        entries.get(names.EXECUTION_ID) or None,
        entries.get(names.TENANT) or None,
        entries.get(names.WORKFLOW_ID) or None,
    )


def parent_of(traceparent: str) -> Parent | None:
    """Returns the span that a `traceparent` names; None where it is malformed."""
    match = TRACEPARENT_FORM.fullmatch(traceparent.strip())
    return Parent(match[1], match[2], int(match[3], 16)) if match else None


def _entries(baggage: str) -> dict[str, str]:
    """Entries without their properties. What is malformed is left out."""
    entries = {}
    for item in baggage[:MAX_BAGGAGE].split(","):
        name, sign, value = item.partition("=")
        if sign:
            entries[unquote(name.strip())] = unquote(value.partition(";")[0].strip())
    return entries
