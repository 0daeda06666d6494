"""Content that no dialect reads: it is shown as it came, under its own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from spanvas.model.span import Span
from spanvas.semantics.dialect_content import split_words
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


def unread(span: Span, content: Mapping[str, Any], sources: Sequence[Any] = ()) -> dict[str, Any]:
    """Returns, by the name of its attribute or event, what a span has as content and `content` does not show.

    `sources` are values of attributes that `content` holds whole. Of an object or a list only the values that are shown
    nowhere are returned. What stands in the span's other attributes is shown with these.
    """
    split = split_words(span)
    whole = {id(value) for value in sources if value is not None}
    events = split.words.events
    held = {name: value for name, value in split.words.attributes.items() if id(value) not in whole}
    if not held and not any(events):
        return {}
    shown = _Shown((content, *split.rest.attributes.values()))
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

    def __init__(self, values: Iterable[Any]) -> None:
        self._leaves = _leaves(values)
        self._text: str | None = None

    def rest(self, value: Any, name: str = "", depth: int = 0) -> Any:
        """Returns what of a value is not shown, and counts it as shown from now on; `_NOTHING` where all of it is."""
        if isinstance(value, str):
            if value in self._leaves or not value or name in SAID_BY_FORM:
                return _NOTHING
            return self._rest_of_text(value, name, depth)
        if value is None or isinstance(value, bool) or name in SAID_BY_FORM:
            return _NOTHING
        if type(value) is int or type(value) is float:
            return _NOTHING if self._has(as_text(value)) else value
        if depth < MAX_DEPTH and isinstance(value, Mapping):
            return self._rest_of_object(value, depth + 1)
        if depth < MAX_DEPTH and isinstance(value, (list, tuple)):
            items = [
                rest for item in value if (rest := self.rest(item, "", depth + 1)) is not _NOTHING
            ]
            return items or _NOTHING
        return _NOTHING if self._has(as_text(value)) else value

    def _rest_of_object(self, value: Mapping[str, Any], depth: int) -> Any:
        is_langchain = value.get("lc") == 1
        found = {}
        for key, item in value.items():
            if is_langchain and key == "id":  # the path of the class
                continue
            rest = self.rest(item, str(key), depth)
            if rest is not _NOTHING:
                found[str(key)] = rest
        return found or _NOTHING

    def _rest_of_text(self, value: str, name: str, depth: int) -> Any:
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


def _leaves(values: Iterable[Any]) -> set[str]:
    """The texts and numbers in values, and those in their JSON texts."""
    found: set[str] = set()
    stack = list(values)
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            if value not in found:
                found.add(value)
                inner = parsed(value)
                if inner is not value and not isinstance(inner, str):
                    stack.append(inner)
        elif value is None or isinstance(value, bool):
            continue
        elif type(value) is int or type(value) is float:
            found.add(as_text(value))
        elif isinstance(value, (list, tuple)):
            stack.extend(value)
        elif isinstance(value, Mapping):
            stack.extend(value.values())
        else:
            found.add(as_text(value))
    return found
