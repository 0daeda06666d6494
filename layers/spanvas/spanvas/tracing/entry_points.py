"""What packages of the function bring for OpenTelemetry by name: resource detectors, propagators."""

from __future__ import annotations

from typing import Any


def made_by_name(group: str, name: str) -> Any:
    """Returns an object of the class that a package offers. Raises LookupError where none does, and whatever the
    package raises."""
    from importlib.metadata import entry_points

    entries = entry_points(group=group, name=name)
    if not entries:
        raise LookupError("no package of the function brings it")
    (entry, *_) = entries
    return entry.load()()
