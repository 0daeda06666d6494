"""The import of OpenTelemetry's SDK, which reads a variable of the environment and raises where it is no number."""

from __future__ import annotations

from spanvas.environment import Hidden, aws_variables
from spanvas.otel_variables import LIMIT
from spanvas.setting_values import parse_limit


def load_sdk() -> None:
    """Imports the SDK where it could not be imported otherwise.

    A limit that it cannot read is hidden from it meanwhile, so that its default counts.
    """
    given = aws_variables().get(LIMIT)
    if not given or _is_readable(given):
        return
    with Hidden(LIMIT):
        import opentelemetry.sdk.trace  # noqa: F401


def _is_readable(text: str) -> bool:
    try:
        parse_limit(text)
    except ValueError:
        return False
    return True
