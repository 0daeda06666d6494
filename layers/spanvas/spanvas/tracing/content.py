"""Content as JSON text: whatever a workflow passes around becomes something that can be kept and shown."""

from __future__ import annotations

import json
from typing import Any, Final

from spanvas.model.values import jsonable

MAX_CHARACTERS: Final = 1_000_000
"""Longer content is cut: no reader of a trace reads a megabyte, and every copy of it costs the function memory."""


def json_text(value: Any) -> str:
    """JSON for any value. Models and dataclasses become objects, sets lists; what has no form is marked or described.

    Content over the limit becomes `{"$truncated": its first characters, "characters": its length}`.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
    except (TypeError, ValueError, RecursionError):
        # NaN, a cycle, keys that are no strings, endless nesting.
        text = json.dumps(jsonable(value), ensure_ascii=False)
    if not text.isascii():
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if len(text) > MAX_CHARACTERS:
        cut = {"$truncated": text[:MAX_CHARACTERS], "characters": len(text)}
        text = json.dumps(cut, ensure_ascii=False)
    return text


def _plain(value: Any) -> Any:
    """What `json` does not know: by its own account of itself, else by its type."""
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": len(value)}
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        return dump(mode="json")
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None and not isinstance(value, type):
        return {name: getattr(value, name) for name in fields}
    return str(value)
