"""JSON as no encoder of ours writes it: names twice, escapes anywhere, blanks, JSON in strings of JSON."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from hypothesis import strategies as st


class Pairs(NamedTuple):
    """An object, with every pair that is written."""

    pairs: tuple[tuple[str, Any], ...]


class Inner(NamedTuple):
    """A string that holds JSON."""

    value: Any


class Card(NamedTuple):
    """A number in the place of a text."""

    digits: str


ESCAPES = st.lists(st.booleans(), min_size=7, max_size=7)
BLANKS = st.sampled_from(["", " ", "\n", "\t ", "\r\n"])


def string(text: str, escapes: list[bool]) -> str:
    """A JSON string in which some characters are escapes."""
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    if plain != text:
        return f'"{plain}"'
    return '"%s"' % "".join(  # noqa: UP031 - quotes
        f"\\u{ord(one):04X}" if escapes[at % len(escapes)] and ord(one) < 0x10000 else one
        for at, one in enumerate(text)
    )


def written(value: Any, blank: str, escapes: list[bool]) -> str:
    if isinstance(value, Card):
        return value.digits
    if isinstance(value, Inner):
        return json.dumps(written(value.value, blank, escapes))
    if isinstance(value, Pairs):
        pairs = (
            f"{blank}{string(name, escapes)}{blank}:{written(item, blank, escapes)}"
            for name, item in value.pairs
        )
        return "{" + ",".join(pairs) + blank + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(item, blank, escapes) for item in value) + "]"
    return string(value, escapes) if isinstance(value, str) else json.dumps(value)


def json_texts(leaves: st.SearchStrategy[Any], names: st.SearchStrategy[str]) -> Any:
    values = st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.lists(st.tuples(names, inner), max_size=4).map(lambda pairs: Pairs(tuple(pairs))),
            inner.map(Inner),
        ),
        max_leaves=8,
    )
    return st.builds(written, values, BLANKS, ESCAPES)
