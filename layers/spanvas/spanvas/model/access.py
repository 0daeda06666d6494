"""An access: one recorded read of content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ALLOWED: Final = "allowed"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Access:
    """Who read which content, when, through what. `target` is the span or artifact id; never content itself."""

    tenant: str
    execution_id: str
    access_id: str
    time_unix_nano: int
    principal: str
    action: str
    outcome: str
    request_id: str
    target: str = ""
