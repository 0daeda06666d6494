"""What each span of an execution says of it where it is answered as OTLP: a backend finds and groups spans by it."""

from __future__ import annotations

from typing import Any

from spanvas.model.execution import Execution
from spanvas.otlp.conventions import labels_of
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.withheld import shown_execution


def labels_shown(execution: Execution, up_to: FieldClass) -> dict[str, Any]:
    """Returns the attributes that a function sends with each span, as a caller may see them.

    None for spans that came over OTLP: they go as they came.
    """
    return {} if execution.origin is not None else labels_of(shown_execution(execution, up_to))
