"""A span of some dialect and its normal form, in one call."""

from __future__ import annotations

from typing import Any

from spanvas.model.span import Event
from tests.support.builders import T0, make_span
from tests.support.normal_form import NormalForm, normal_form, with_kind


def form_of(attributes: dict[str, Any], **fields: Any) -> NormalForm:
    """The normal form of a span that came from outside, whose kind nobody said."""
    label = fields.pop("name", "a")
    span = make_span(label, attributes=attributes, **{"kind": "other", **fields})
    return normal_form(with_kind(span))


def event(name: str, **attributes: Any) -> Event:
    """Attribute names with two underscores for a dot."""
    return Event(name, T0, {key.replace("__", "."): value for key, value in attributes.items()})


def text(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": content}]}


def called(name: str, arguments: Any, id_: str = "c1") -> dict[str, Any]:
    return {
        "role": "assistant",
        "parts": [{"type": "tool_call", "id": id_, "name": name, "arguments": arguments}],
    }


def responded(response: Any, id_: str = "c1", **name: str) -> dict[str, Any]:
    return {
        "role": "tool",
        "parts": [{"type": "tool_call_response", "id": id_, **name, "response": response}],
    }
