"""Restricted fields: content that only callers with a right of its own may read, by names that a setting gives.

A field is an attribute of a span, an event, a link or a resource, or what stands under a key in its value. Its path is
the attribute's name and the keys that lead to it; a name matches the whole path, or what of it begins at a key. JSON in
a text is opened. A text that only looks like JSON goes as a whole where it has the keys of a restricted field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from spanvas.attributes import EXCEPTION_MESSAGE
from spanvas.model.globs import matches
from spanvas.model.span import Span
from spanvas.semantics.structure_names import is_restricted, restricted_names

RESTRICTED_MARK: Final = "[REDACTED:restricted]"
"""Stands in the place of what a caller may not read."""
MAX_DEPTH: Final = 64
"""Levels that are looked through; what is deeper goes as a whole."""
_JSON: Final = re.compile(r'[\s\ufeff]*[{\["]')
_KEY: Final = re.compile(r"""(["'])((?:(?!\1)[^\\]){1,256})\\*\1\s*[:=]""")
"""A key in something like JSON: JSON that is cut, or in a sentence, and what Python prints."""

Path = tuple[str, ...]


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON with all its pairs: of two equal names a dictionary would hide the first."""


def has_restricted_names() -> bool:
    """Returns whether there is any restricted field in this deployment."""
    return bool(restricted_names())


def without_restricted(span: Span) -> Span:
    """Returns a span with a mark in the place of each restricted field."""
    if not has_restricted_names():
        return span
    return replace(
        span,
        name=text_without_restricted(span.name),
        status_message=message_without_restricted(span.status_message),
        attributes=_attributes(span.attributes),
        events=tuple(
            replace(event, attributes=_attributes(event.attributes)) for event in span.events
        ),
        links=tuple(replace(link, attributes=_attributes(link.attributes)) for link in span.links),
        resource=_attributes(span.resource),
        scope_attributes=_attributes(span.scope_attributes),
    )


def message_without_restricted(message: str) -> str:
    """Returns the message of an error, or a mark where such messages are restricted or have restricted keys."""
    if message and is_restricted(EXCEPTION_MESSAGE):
        return RESTRICTED_MARK
    return _text(message, (EXCEPTION_MESSAGE,))


def text_without_restricted(text: str) -> str:
    """Returns a text that has no name of its own, without what stands in it under restricted keys."""
    return _text(text, ())


def _attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _field(value, (name,)) for name, value in attributes.items()}


def _field(value: Any, path: Path) -> Any:
    """Returns the value at a path without restricted fields, or a mark where the path is that of one."""
    return RESTRICTED_MARK if _is_restricted(path) else _value(value, path)


def _value(value: Any, path: Path, depth: int = 0) -> Any:
    if isinstance(value, str):
        return _text(value, path, depth)
    if not isinstance(value, Mapping | list | tuple):
        return value
    if depth > MAX_DEPTH:
        return RESTRICTED_MARK
    if isinstance(value, _Pairs):
        return _Pairs((key, _under(key, item, path, depth)) for key, item in value)
    if isinstance(value, Mapping):
        return {key: _under(key, item, path, depth) for key, item in value.items()}
    return [_value(item, path, depth + 1) for item in value]


def _under(key: object, value: Any, path: Path, depth: int) -> Any:
    inner = (*path, str(key))
    return RESTRICTED_MARK if _is_restricted(inner) else _value(value, inner, depth + 1)


def _is_restricted(path: Path) -> bool:
    return any(is_restricted(".".join(path[start:])) for start in range(len(path)))


def _text(text: str, path: Path, depth: int = 0) -> str:
    if _JSON.match(text):
        with suppress(ValueError, RecursionError):
            found = json.loads(text.strip("\ufeff \t\r\n"), object_pairs_hook=_Pairs)
            kept = _value(found, path, depth + 1)
            return text if kept == found else _json(kept)
    return RESTRICTED_MARK if _has_restricted_keys(text, path) else text


def _json(value: Any) -> str:
    text = json.dumps(_plain(value), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        return json.dumps(_plain(value))
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, _Pairs):
        return {key: _plain(item) for key, item in value}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _has_restricted_keys(text: str, path: Path) -> bool:
    """Returns whether a text that cannot be decoded has all keys that lead to a restricted field."""
    keys = {match[2] for match in _KEY.finditer(text)}
    if not keys:
        return False
    known = keys.union(path)
    return any(map(is_restricted, keys)) or any(
        all(any(matches(key, (part,)) for key in known) for part in name.split("."))
        and any(matches(key, (part,)) for key in keys for part in name.split("."))
        for name in restricted_names()
    )
