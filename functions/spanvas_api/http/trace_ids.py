"""Trace ids as callers of Tempo write them: hex of either case, without the zeros that they begin with."""

from __future__ import annotations

import re
from typing import Final

from spanvas.model.ids import is_trace_id

HEX_DIGITS: Final = 32
_HEX: Final = re.compile(r"[0-9a-fA-F]{1,32}")


def trace_id_of(text: str) -> str | None:
    """Returns the trace id of a text: 32 hex digits in lower case. None where the text is none.

    All zeros is no trace's id, but one that may be asked for: it is returned as "".
    """
    if not _HEX.fullmatch(text):
        return None
    padded = text.lower().rjust(HEX_DIGITS, "0")
    return padded if is_trace_id(padded) else ""


def complaint_about(text: str) -> str:
    """Returns why a text is no trace id, as Tempo says it."""
    for position, character in enumerate(text, 1):
        if not re.fullmatch("[0-9a-fA-F]", character):
            found = f"invalid character '{character}' at position {position}"
            return f"trace IDs can only contain hex characters: {found}"
    return "trace IDs can't be larger than 128 bits"
