"""JSON schemas of secrets: the schema of a parameter called `password` is no secret, a value inside of it is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

TYPES: Final = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
VALUES: Final = frozenset({"default", "const", "example", "examples", "value"})
"""What a schema, or something like one, says with the value itself."""
TEXTS: Final = frozenset({"title", "description", "format", "pattern", "$ref", "$comment", "$id"})
INNER: Final = frozenset({"anyOf", "oneOf", "allOf", "items", "not"})
"""Where schemas of the same value stand in a schema."""
EXTENSION: Final = "x-"
WORDS: Final = frozenset(
    {
        "type", "enum", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "multipleOf", "properties", "required", "additionalProperties", "patternProperties", "nullable", "readOnly",
        "writeOnly", "deprecated", "$schema", "$defs", "definitions", "minItems", "maxItems", "uniqueItems",
        "contentEncoding", "contentMediaType",
        *TEXTS, *INNER,
    }
)  # fmt: skip


def is_schema(item: Any) -> bool:
    """Whether a value is a schema: nothing but the words of one, each with the kind of value that it has there."""
    if not isinstance(item, Mapping) or VALUES.issuperset(item):
        return False
    if all(isinstance(name, str) and name.startswith(EXTENSION) for name in item):
        return False  # headers begin so, too
    return all(_is_word(name, value) for name, value in item.items())


def _is_word(name: Any, value: Any) -> bool:
    if name in TEXTS:
        return isinstance(value, str)
    if name == "type":
        kinds = value if isinstance(value, (list, tuple)) else [value]
        return all(isinstance(kind, str) and kind in TYPES for kind in kinds)
    return name in WORDS or name in VALUES or (isinstance(name, str) and name.startswith(EXTENSION))


def says_no_value(item: Any) -> bool:
    """Whether a value is a schema, and holds no value of what it describes."""
    if not is_schema(item):
        return False
    return all(
        not value if name in VALUES else name not in INNER or _inner_say_no_value(value)
        for name, value in item.items()
    )


def _inner_say_no_value(value: Any) -> bool:
    inner = value if isinstance(value, (list, tuple)) else [value]
    return all(not isinstance(one, Mapping) or not one or says_no_value(one) for one in inner)
