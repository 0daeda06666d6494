"""JMESPath of events: where a deployment says that execution ids and tenants are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanvas.lazy_pattern import LazyPattern

PLAIN_PATH: Final = LazyPattern(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def value_at(path: str, event: Any) -> Any:
    """Returns what a JMESPath finds in an event; None where there is nothing. Plain dotted paths need no `jmespath`.

    Raises ImportError for another path where `jmespath` is not installed, and what it raises for a wrong one.
    """
    if not path:
        return None
    if not PLAIN_PATH.fullmatch(path):
        import jmespath

        return jmespath.search(path, event)
    for name in path.split("."):
        if not isinstance(event, Mapping):
            return None
        event = event.get(name)
    return event


def text_at(path: str, event: Any) -> str | None:
    """Returns a text or a number at that path, as text."""
    value = value_at(path, event)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value).strip() or None
