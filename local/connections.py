"""Where the demo services of the shipped workflows are, which the stand-ins answer for."""

from __future__ import annotations

DEMO_SERVICES = ("library", "orders", "shipping")


def connections(base_url: str) -> dict[str, str]:
    """Returns the address of each demo service, by the name that workflows call it by."""
    return {name: f"{base_url}/{name}" for name in DEMO_SERVICES}
