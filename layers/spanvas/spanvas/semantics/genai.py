"""Kind, model, provider and usage of spans that are not made yet, from their attributes alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.span import Event
from spanvas.model.usage import Usage
from spanvas.semantics.messages import messages_of
from spanvas.semantics.parts import parts_of
from spanvas.semantics.reading import Seen
from spanvas.semantics.values import parsed
from spanvas.semantics.view import View

__all__ = ["kind_of", "messages_of", "model_of", "parsed", "parts_of", "provider_of", "usage_of"]


def kind_of(
    attributes: Mapping[str, Any],
    name: str = "",
    scope_name: str = "",
    parent_span_id: str | None = "?",
    events: Sequence[Event] = (),
) -> str:
    """The kind of a span in any dialect. Several tell more with its name, its scope and whether it has a parent:
    give what is known (`parent_span_id` is None for a root)."""
    own = attributes.get(names.KIND)
    if (
        own in kinds.KINDS
    ):  # before any dialect, and without looking through the names of all attributes
        return str(own)
    return View(Seen(attributes, name, scope_name, parent_span_id, events)).kind()


def usage_of(attributes: Mapping[str, Any]) -> Usage | None:
    """Token counts, or None where none was reported."""
    return View(Seen(attributes)).usage()


def model_of(attributes: Mapping[str, Any]) -> str | None:
    return View(Seen(attributes)).model()


def provider_of(attributes: Mapping[str, Any]) -> str | None:
    return View(Seen(attributes)).provider()
