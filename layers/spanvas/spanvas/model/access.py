"""An access: one recorded read of an execution, or several of the same kind within a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ALLOWED: Final = "allowed"
"""Content, or a link to a file, was given."""
STRUCTURE: Final = "structure"
"""An answer was given, and no content in it: there was none, or the caller may not read it."""
REFUSED: Final = "refused"
"""Nothing was given."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who read what of an execution, when, through which call; never content itself.

    `target`: the span or artifact id; empty where it is the whole execution. `span_id`: the span that the target is or
    belongs to. `count`: how many reads there were at least, the first at `time_unix_nano` and the last that is counted
    at `last_time_unix_nano` (0: there was one). `request_id` is that of the first. `principal` is the token's subject,
    `principal_name` what the issuer calls the person; empty where the token does not say it.
    """

    tenant: str
    execution_id: str
    access_id: str
    time_unix_nano: int
    principal: str
    action: str
    outcome: str
    request_id: str
    target: str = ""
    span_id: str = ""
    count: int = 1
    last_time_unix_nano: int = 0
    principal_name: str = ""

    def is_of_span(self, span_id: str) -> bool:
        """Returns whether this span, or a file of it, was read. Older records have the span as their target alone."""
        return span_id in (self.span_id, self.target)
