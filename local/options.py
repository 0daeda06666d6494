"""What a stack is started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.project import PROJECT
from local.resolve import DEFAULT_REGION
from local.state import DEFAULT_PORT


@dataclass(frozen=True, slots=True)
class Options:
    """`port` 0 takes a free one. `parameters` override the template's. `state` has logs and what was received; None:
    the folder of the port. `kept` has what the next start continues; None: nothing is. `fresh` begins anew."""

    port: int = DEFAULT_PORT
    parameters: Mapping[str, str] = field(default_factory=dict)
    state: Path | None = None
    kept: Path | None = None
    fresh: bool = False
    template: Path = PROJECT / "template.yaml"
    files: Path = PROJECT / "frontend" / "dist"
    latency: float = 1.0
    region: str = DEFAULT_REGION
    mount_layers: bool = True
