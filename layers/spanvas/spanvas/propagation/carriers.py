"""What is passed along with a call or a message: the W3C's own headers, `traceparent`, `tracestate` and `baggage`.

`traceparent` says under which span the work goes on, and `tracestate` what other tracing systems have said of the
trace; `baggage` names the execution. They survive services between us that know OpenTelemetry and not Spanvas.
Sources: W3C Trace Context, Levels 1 and 2; W3C Baggage, candidate recommendation of 2024, and the limits of its first
edition (180 entries, 4,096 bytes each), which OpenTelemetry holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote

from spanvas import attributes as names
from spanvas.lazy_pattern import LazyPattern

TRACEPARENT: Final = "traceparent"
TRACESTATE: Final = "tracestate"
BAGGAGE: Final = "baggage"
TRACEPARENT_FORM: Final = LazyPattern(
    r"(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
FIRST_VERSION: Final = "00"
"""Of `traceparent`: nothing follows its flags. Later ones may say more."""
SAMPLED: Final = 1
KNOWN_FLAGS: Final = 3
"""Sampled, and random trace id; those that nobody knows are not passed on."""
STATE_MEMBER: Final = LazyPattern(
    r"([a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
)
MAX_STATE_MEMBERS: Final = 32
MAX_STATE: Final = 512
"""Characters of `tracestate` that are passed on."""
LONG_STATE_MEMBER: Final = 128
"""Members over so many characters are the first to be left out."""
OURS: Final = "spanvas."
"""What the names of the execution's own entries begin with."""
MAX_BAGGAGE: Final = 8_192
"""Bytes, as are those of one entry; the W3C asks for no more to be passed on."""
MAX_BAGGAGE_ENTRY: Final = 4_096
MAX_BAGGAGE_ENTRIES: Final = 180


class Parent(NamedTuple):
    """The caller's span: ids in lower-case hex, the trace flags, and its `tracestate`, which is valid or empty."""

    trace_id: str
    span_id: str
    flags: int = SAMPLED
    state: str = ""


class RemoteContext(NamedTuple):
    """What a caller has passed along. `execution_id` is None where the caller does not know Spanvas."""

    parent: Parent | None = None
    execution_id: str | None = None
    tenant: str | None = None
    workflow_id: str | None = None


NOTHING: Final = RemoteContext()


def carried(parent: Parent, baggage: Mapping[str, str]) -> dict[str, str]:
    """Returns the headers. Entries of the baggage that are too long, or too many, are left out, each as a whole; those
    that name the execution never for the sake of others."""
    flags = parent.flags & KNOWN_FLAGS
    headers = {TRACEPARENT: f"{FIRST_VERSION}-{parent.trace_id}-{parent.span_id}-{flags:02x}"}
    entries = [
        f"{quote(name, safe='.-_')}={quote(value, safe='.-_:@/')}"
        for name, value in baggage.items()
        if name
    ]
    kept = set(_within_limits(sorted(entries, key=lambda entry: not entry.startswith(OURS))))
    text = ",".join(entry for entry in entries if entry in kept)
    if text:
        headers[BAGGAGE] = text
    state = state_within_limit(parent.state)
    if state:
        headers[TRACESTATE] = state
    return headers


def remote_context_in(carrier: Any) -> RemoteContext:
    """Returns what a mapping of headers or attributes carries; names in any case."""
    if not isinstance(carrier, Mapping):
        return NOTHING
    found = {}
    for name, value in carrier.items():
        if isinstance(name, str) and isinstance(value, str):
            lowered = name.lower()
            if lowered in (TRACEPARENT, TRACESTATE, BAGGAGE):
                found[lowered] = value
    if not found:
        return NOTHING
    entries = _entries(found.get(BAGGAGE, ""))
    return RemoteContext(
        parent_of(found.get(TRACEPARENT, ""), found.get(TRACESTATE, "")),
        entries.get(names.EXECUTION_ID) or None,
        entries.get(names.TENANT) or None,
        entries.get(names.WORKFLOW_ID) or None,
    )


def parent_of(traceparent: str, tracestate: str = "") -> Parent | None:
    """Returns the span that a `traceparent` names; None where it is malformed, and its `tracestate` with it.

    Of a version that is not known, only what the first one has is read, and of its flags only whether it is sampled.
    """
    match = TRACEPARENT_FORM.fullmatch(traceparent.strip(" \t"))
    if match is None:
        return None
    version, trace_id, span_id, flags, more = match.groups()
    if version == FIRST_VERSION:
        if more is not None:
            return None
        known = int(flags, 16) & KNOWN_FLAGS
    else:
        known = int(flags, 16) & SAMPLED
    return Parent(trace_id, span_id, known, valid_state(tracestate))


def valid_state(tracestate: str) -> str:
    """Returns a `tracestate` without its blanks and empty members; nothing of one that is malformed."""
    members = [member.strip(" \t") for member in tracestate.split(",")]
    members = [member for member in members if member]
    if len(members) > MAX_STATE_MEMBERS:
        return ""
    keys = set()
    for member in members:
        match = STATE_MEMBER.fullmatch(member)
        if match is None or match[1] in keys:
            return ""
        keys.add(match[1])
    return ",".join(members)


def state_within_limit(state: str) -> str:
    """Returns what of a valid `tracestate` is passed on: long members go first, then the last ones, each as a whole."""
    members = state.split(",")
    for index in range(len(members) - 1, -1, -1):
        if len(",".join(members)) > MAX_STATE and len(members[index]) > LONG_STATE_MEMBER:
            del members[index]
    while len(",".join(members)) > MAX_STATE:
        members.pop()
    return ",".join(members)


def _within_limits(entries: Iterable[str]) -> Iterator[str]:
    """Entries of a baggage that fit into it: one that is too long, or would make it too long, is left out."""
    count, size = 0, -1
    for entry in entries:
        length = len(entry.encode("utf-8", "surrogatepass"))
        if count == MAX_BAGGAGE_ENTRIES:
            return
        if length <= MAX_BAGGAGE_ENTRY and size + 1 + length <= MAX_BAGGAGE:
            count, size = count + 1, size + 1 + length
            yield entry


def _entries(baggage: str) -> dict[str, str]:
    """Entries without their properties. What is malformed, and what is over the limits, is left out."""
    entries = {}
    for item in _within_limits(item for item in baggage.split(",") if "=" in item):
        name, _, value = item.partition("=")
        entries[unquote(name.strip())] = unquote(value.partition(";")[0].strip())
    return entries
