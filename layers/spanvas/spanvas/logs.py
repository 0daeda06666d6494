"""Ids of the open span in the lines that a function logs: from a line to its trace, and back.

For the standard library's loggers, and Powertools' Logger, which is one:

    logger.addFilter(spanvas.logs.LogFields())

For structlog: `structlog.configure(processors=[spanvas.logs.add_log_fields, ..., JSONRenderer()])`.
"""

from __future__ import annotations

import logging

import spanvas

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any


class LogFields(logging.Filter):
    """Adds `trace_id`, `span_id` and `execution_id` to each record that is logged inside of an execution.

    Attributes that a record has already stay. Lets every record through.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Adds the fields, and returns True."""
        for name, value in spanvas.log_fields().items():
            record.__dict__.setdefault(name, value)
        return True


def add_log_fields(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Adds the same to an event of structlog, as one of its processors."""
    for name, value in spanvas.log_fields().items():
        event.setdefault(name, value)
    return event
