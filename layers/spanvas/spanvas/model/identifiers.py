"""Ids that come from a user's code, made to fit: they are parts of keys, and must never be a reason to fail."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any, Final

from spanvas.model import ids

UNFIT: Final = re.compile(r"[^A-Za-z0-9._:-]+")
UNFIT_FOR_EXECUTION: Final = re.compile(r"[^A-Za-z0-9._:@-]+")
KEPT: Final = 100


def as_execution_id(value: Any) -> str:
    text = str(value)
    return text if ids.is_execution_id(text) else _fitted(text, UNFIT_FOR_EXECUTION)


def as_name(value: Any) -> str:
    """The id of a tenant, a workflow or a node."""
    text = str(value)
    return text if ids.is_name(text) else _fitted(text, UNFIT)


def _fitted(text: str, unfit: re.Pattern[str]) -> str:
    """What is legible of it, and a digest of the whole, so that different ids stay different."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    legible = unfit.sub("-", text[:KEPT]).strip("-._:@")
    return f"{legible}-{digest}" if legible else f"x-{digest}"
