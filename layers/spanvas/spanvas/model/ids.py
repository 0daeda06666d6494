"""Identifiers: what they may look like, how new ones are made, and how the id that a sender uses becomes one of ours.

Trace and span ids are lower-case hex, 16 and 8 bytes (W3C Trace Context). The trace id of an execution is a digest
of tenant and execution id, so every function, retry and replay of one execution meets in one trace without passing
anything along. Random ids come from `os.urandom`: SnapStart clones the state of `random`.

The layer, the OTLP endpoint and the API make ids by `as_execution_id` and `as_name` alone, so that one id means one
execution, whichever way its spans come and its reader asks (ADR 0027). What is private of a sender's id is in no id of
ours: a digest stands for it (ADR 0038).
"""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from typing import Any, Final

from spanvas.lazy_pattern import LazyPattern
from spanvas.model.private_ids import is_private
from spanvas.model.units import MS
from spanvas.model.values import encodable

TRACE_ID: Final = re.compile(r"(?!0{32})[0-9a-f]{32}")
SPAN_ID: Final = re.compile(r"(?!0{16})[0-9a-f]{16}")
# No `#` or `/`: ids are parts of table keys and object keys. `:` because Step Functions' execution ARNs have it.
EXECUTION_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}")
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
"""The id of a tenant, a workflow, a node or an artifact."""

LEGIBLE_CHARACTERS: Final = 100
EXTERNAL_ID_CHARACTERS: Final = 1_000
"""Of a sender's own id, as it is kept beside ours."""
DISPLAY_NAME_CHARACTERS: Final = 200
_UNFIT_FOR_EXECUTION: Final = LazyPattern(r"[^A-Za-z0-9._:@-]+")
_UNFIT_FOR_NAME: Final = LazyPattern(r"[^A-Za-z0-9._:-]+")
_EDGES: Final = "-._:@"
_DIGEST_ALONE: Final = LazyPattern(r"digest-[0-9a-f]{24}")
_SENTENCE_WORDS: Final = 3
"""From so many words on, what a sender calls its execution is a sentence."""
_NAMES_NOTHING: Final = (bool, float, bytes, list, tuple, dict, type(None))


def new_span_id() -> str:
    """Returns a random span id: 16 hex digits, never all zeros, which is no id."""
    while True:
        value = os.urandom(8)
        if any(value):
            return value.hex()


def new_execution_id(now_unix_nano: int) -> str:
    """Returns a new execution id: `exec_`, 10 characters of time, 12 random ones. It sorts by start, as a ULID does."""
    milliseconds = now_unix_nano // MS
    return f"exec_{_base32(milliseconds, 10)}{_base32(int.from_bytes(os.urandom(8)) >> 4, 12)}"


def trace_id_for(tenant: str, execution_id: str) -> str:
    """Returns the trace id of an execution that joins no other trace."""
    return _digest(16, "trace", tenant, execution_id)


def root_span_id_for(tenant: str, execution_id: str) -> str:
    """Returns the span id of the workflow span: every function of the execution knows its parent without being told."""
    return _digest(8, "root", tenant, execution_id)


def node_span_id_for(tenant: str, execution_id: str, node_id: str, *visit: str) -> str:
    """Returns the span id of a step whose attempts run in different functions. `visit` tells visits of a step apart."""
    return _digest(8, "node", tenant, execution_id, node_id, *visit)


def is_trace_id(text: str) -> bool:
    """Returns whether a text is a trace id."""
    return TRACE_ID.fullmatch(text) is not None


def is_span_id(text: str) -> bool:
    """Returns whether a text is a span id."""
    return SPAN_ID.fullmatch(text) is not None


def is_execution_id(text: str) -> bool:
    """Returns whether a text is an execution id as it is stored."""
    return EXECUTION_ID.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Returns whether a text is the id of a tenant, a workflow, a node or an artifact as it is stored."""
    return NAME.fullmatch(text) is not None


def as_execution_id(value: Any) -> str:
    """Returns the execution id for what a sender calls its execution; empty for what names nothing.

    Texts, whole numbers and objects that have a text (UUIDs) name an execution. Spaces at the ends do not count. A
    text that can be an id stays as it is; any other is what is legible of it and a digest of the whole. Of a sentence,
    and of what has personal data or a secret in it, the id is a digest alone: `digest-` and 24 hex digits.
    """
    text = _text_of(value)
    if not text or _DIGEST_ALONE.fullmatch(text):
        return text
    if is_private(text) or len(text.split(None, _SENTENCE_WORDS)) >= _SENTENCE_WORDS:
        return _digest_alone(text)
    made = legible_execution_id(text)
    return _digest_alone(text) if made is not text and is_private(made) else made


def legible_execution_id(text: str) -> str:
    """Returns the id of an execution whose sender's id is not private; of any other, what it was before ADR 0038."""
    return text if is_execution_id(text) else _with_digest(text, _UNFIT_FOR_EXECUTION)


def as_name(value: Any) -> str:
    """Returns the id of a workflow or a node for what a sender calls it; never empty.

    Of a name with personal data or a secret in it, that is a digest alone.
    """
    text = str(value).strip()
    made = as_tenant(text)
    return _digest_alone(text) if is_private(text) or is_private(made) else made


def as_tenant(value: Any) -> str:
    """Returns the id of a tenant for what an event or a setting calls it; never empty. It is never a digest alone:
    the tenant of a token is taken as it is."""
    text = str(value).strip()
    return text if is_name(text) else _with_digest(text, _UNFIT_FOR_NAME)


def external_id_of(value: Any) -> str:
    """Returns what a sender calls its execution where that is no execution id; empty where it is one, is private, or
    names nothing. It is cut at `EXTERNAL_ID_CHARACTERS`, and has no lone surrogates, which no store takes."""
    text = _text_of(value)
    if not text or is_execution_id(text) or is_private(text):
        return ""
    return encodable(text[:EXTERNAL_ID_CHARACTERS])


def display_name(value: Any) -> str:
    """Returns a name as it is kept and shown: at most `DISPLAY_NAME_CHARACTERS`, without lone surrogates."""
    return encodable(str(value).strip()[:DISPLAY_NAME_CHARACTERS])


def _text_of(value: Any) -> str:
    return "" if isinstance(value, _NAMES_NOTHING) else str(value).strip()


def _with_digest(text: str, unfit: LazyPattern) -> str:
    """Returns what is legible of a text, and a digest of the whole, so that different texts stay different."""
    legible = unfit.sub("-", text[:LEGIBLE_CHARACTERS]).strip(_EDGES)
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{legible or 'x'}-{digest}"


def _digest_alone(text: str) -> str:
    """Returns an id that says nothing of its text but which one it is."""
    return f"digest-{_digest(12, 'id', text)}"


def _digest(size: int, *parts: str) -> str:
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=size, person=b"spanvas").hexdigest()


_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        digits.append(_CROCKFORD[number & 31])
        number >>= 5
    return "".join(reversed(digits))
