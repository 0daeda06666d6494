"""What attributes mean: one normal form for what instrumentations write. Pure.

`normalise(span)` gives a span from outside its kind, `row_of(span)` is its row, `content_of(span)` what people and
models wrote in it, `cost_lines(span)` what a model call cost and why, `normal_form(span)` all that is understood.
The dialects are tables in `dialects/`, loaded when a span first speaks them.
"""

from spanvas.semantics.content import content_of
from spanvas.semantics.genai import kind_of
from spanvas.semantics.normal import (
    NormalForm,
    normal_form,
    normalise,
    session_of,
    workflow_of,
)
from spanvas.semantics.prices import cost_lines
from spanvas.semantics.summary import has_remote_parent, row_of

__all__ = [
    "NormalForm",
    "content_of",
    "cost_lines",
    "has_remote_parent",
    "kind_of",
    "normal_form",
    "normalise",
    "row_of",
    "session_of",
    "workflow_of",
]
