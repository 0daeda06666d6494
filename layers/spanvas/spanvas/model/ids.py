"""Identifiers: how they are made and what they may look like.

Trace and span ids are lower-case hex, 16 and 8 bytes (W3C Trace Context). The trace id of an execution is a digest
of tenant and execution id, so every function, retry and replay of one execution meets in one trace without passing
anything along. Random ids come from `os.urandom`: SnapStart clones the state of `random`.
"""

from __future__ import annotations

import os
import re
from hashlib import blake2b

TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
SPAN_ID = re.compile(r"(?!0{16})[0-9a-f]{16}")
# No `#` or `/`: ids are parts of table keys and object keys. `:` because Step Functions' execution ARNs have it.
EXECUTION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


def new_span_id() -> str:
    """Drawn again where it is all zeros, which is no id."""
    while True:
        value = os.urandom(8)
        if any(value):
            return value.hex()


def new_execution_id(now_unix_nano: int) -> str:
    """`exec_` + 10 characters of time + 12 random ones: sorts by start, as a ULID does."""
    milliseconds = now_unix_nano // 1_000_000
    return f"exec_{_base32(milliseconds, 10)}{_base32(int.from_bytes(os.urandom(8)) >> 4, 12)}"


def trace_id_for(tenant: str, execution_id: str) -> str:
    return _digest(16, "trace", tenant, execution_id)


def root_span_id_for(tenant: str, execution_id: str) -> str:
    """Span id of the workflow span: every function of the execution knows its parent without being told."""
    return _digest(8, "root", tenant, execution_id)


def node_span_id_for(tenant: str, execution_id: str, node_id: str, *visit: str) -> str:
    """Span id of a step whose tries run in different functions. `visit` tells the visits of one step apart."""
    return _digest(8, "node", tenant, execution_id, node_id, *visit)


def is_trace_id(text: str) -> bool:
    return TRACE_ID.fullmatch(text) is not None


def is_span_id(text: str) -> bool:
    return SPAN_ID.fullmatch(text) is not None


def is_execution_id(text: str) -> bool:
    return EXECUTION_ID.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether a text can be the id of a tenant, workflow, node or artifact."""
    return NAME.fullmatch(text) is not None


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
