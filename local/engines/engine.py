"""What an engine is: a program of others that answers for services of AWS on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Engine:
    """A program that is started on a port of loopback, with a folder for what it keeps between starts."""

    name: str
    """Names its log, its folder and itself on the terminal."""
    variables: tuple[str, ...]
    """`AWS_ENDPOINT_URL_*` of each service that it answers for: they tell clients where it listens."""
    command: Callable[[int, Path], Sequence[str]]
    """Returns program and arguments for a port of loopback and a folder, which exists."""
    loses: str
    """What is gone when it ends by itself, as the terminal says it."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What it needs beside the credentials, the region and the account of the stack."""
    health_path: str = "/"
    """Answered with any status below 500 as soon as it serves."""

    def given(self) -> dict[str, str]:
        """Returns the services that our own environment sends elsewhere; the engine is not needed where that is all."""
        return {name: os.environ[name] for name in self.variables if os.environ.get(name)}
