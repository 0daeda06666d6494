"""JSON that a sender has cut: SDKs keep the first characters of a text over their limit."""

from __future__ import annotations

import re
from typing import Any, Final

from spanvas.lazy_pattern import LazyPattern
from spanvas.semantics.values import parsed

TOKEN: Final = LazyPattern(r'"(?:[^"\\]|\\.)*"?|[\[\]{},]', re.DOTALL)
START: Final = LazyPattern(r'\s*(?:\[\s*)*\{\s*"')
TORN_ESCAPE: Final = LazyPattern(r"(?<!\\)((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$")
CLOSED_BY: Final = {"[": "]", "{": "}"}


def whole_part(text: str) -> Any:
    """Returns what is whole of a JSON text that breaks off inside; None where it is not such a text.

    A text in it that breaks off is kept as far as it goes.
    """
    if not START.match(text):
        return None
    open_: list[str] = []
    before_last, then_open = 0, ""
    last = ""
    for match in TOKEN.finditer(text):
        last = match[0]
        if last in CLOSED_BY:
            open_.append(CLOSED_BY[last])
        elif last in ("]", "}"):
            if not open_ or open_.pop() != last:
                return None
        elif last == ",":
            before_last, then_open = match.start(), "".join(reversed(open_))
    if not open_:
        return None
    end = "".join(reversed(open_))
    is_torn = last[:1] == '"' and (len(last) == 1 or not _is_closed(last))
    head = TORN_ESCAPE.sub(r"\1", text) + '"' if is_torn else text.rstrip()
    for candidate in (head + end, text[:before_last] + then_open):
        value = parsed(candidate)
        if not isinstance(value, str):
            return value
    return None


def _is_closed(token: str) -> bool:
    """Says whether a text's last quote is its end, not an escaped one."""
    return token.endswith('"') and (len(token) - len(token[:-1].rstrip("\\"))) % 2 == 1
