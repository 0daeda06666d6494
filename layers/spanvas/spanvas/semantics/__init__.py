"""What attributes mean: one normal form for what instrumentations write. Pure.

`summary.row_of(span)` is the row of a span, `content.content_of(span)` what people and models wrote in it,
`prices.cost_lines(...)` what a model call cost and why.
"""

from spanvas.semantics.content import content_of
from spanvas.semantics.prices import cost_lines
from spanvas.semantics.summary import row_of

__all__ = ["content_of", "cost_lines", "row_of"]
