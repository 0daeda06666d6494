"""Content that no dialect reads: it is shown as it came, under its own name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from spanvas.model.span import Span
from spanvas.semantics.content_split import split_content
from spanvas.semantics.fields import is_empty
from spanvas.semantics.values import as_text, parsed

MAX_DEPTH: Final = 60
SAID_BY_FORM: Final = frozenset(
    {
        "type", "role", "kind", "object", "part_kind", "block_type", "content_type", "event.name", "lc", "format",
        "source_type", "tool_call_type", "toolCallType",
    }
)  # fmt: skip
"""Fields that say of which kind something is: what they say is in the form of what is shown."""
_NOTHING: Final = object()


def unread(span: Span, content: Mapping[str, Any]) -> dict[str, Any]:
    """Returns, by the name of its attribute or event, what a span has as content and `content` does not show.

    Of an object or a list only the values that are shown nowhere. What stands in the span's other attributes is shown
    with these.
    """
    split = split_content(span)
    held, events = split.content
    if not held and not any(events):
        return {}
    shown = _Shown((content, *split.structure.attributes.values()))
    found: dict[str, Any] = {}
    for name, value in held.items():
        rest = shown.rest(value, name.rpartition(".")[2])
        if rest is not _NOTHING:
            found[name] = rest
    for event, attributes in zip(span.events, events, strict=True):
        rest = shown.rest(dict(attributes))
        if rest is not _NOTHING:
            found.setdefault(event.name, []).append(rest)
    return found


class _Shown:
    """Every text and number that is shown somewhere."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        self._leaves = {leaf for value in values for leaf in _leaves(value)}
        self._text: str | None = None

    def rest(self, value: Any, name: str = "", depth: int = 0) -> Any:
        """Returns what of a value is not shown, and counts it as shown from now on; `_NOTHING` where all of it is."""
        if value is None or isinstance(value, bool) or name in SAID_BY_FORM or is_empty(value):
            return _NOTHING
        if isinstance(value, str):
            return self._rest_of_text(value, name, depth)
        if depth < MAX_DEPTH and isinstance(value, Mapping):
            is_langchain = value.get("lc") == 1
            found = {
                str(key): rest
                for key, item in value.items()
                if not (is_langchain and key == "id")
                and (rest := self.rest(item, str(key), depth + 1)) is not _NOTHING
            }
            return found or _NOTHING
        if depth < MAX_DEPTH and isinstance(value, (list, tuple)):
            items = [
                rest for item in value if (rest := self.rest(item, "", depth + 1)) is not _NOTHING
            ]
            return items or _NOTHING
        return _NOTHING if self._has(as_text(value)) else value

    def _rest_of_text(self, value: str, name: str, depth: int) -> Any:
        if value in self._leaves:
            return _NOTHING
        inner = parsed(value)
        if not isinstance(inner, str):
            return self.rest(inner, name, depth + 1)
        if value.startswith("data:") and value.partition(",")[2] in self._leaves:
            return _NOTHING
        return _NOTHING if self._has(inner) else value

    def _has(self, text: str) -> bool:
        if text in self._leaves:
            return True
        if self._text is None:
            self._text = "\n".join(self._leaves)
        if text in self._text:
            return True
        self._leaves.add(text)
        return False


def _leaves(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts and numbers in a value, and those in its JSON texts."""
    if isinstance(value, str):
        yield value
        inner = parsed(value)
        if not isinstance(inner, str):
            yield from _leaves(inner, depth + 1)
    elif value is None or isinstance(value, bool):
        return
    elif depth < MAX_DEPTH and isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item, depth + 1)
    elif depth < MAX_DEPTH and isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item, depth + 1)
    else:
        yield as_text(value)
