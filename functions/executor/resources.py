"""What a running workflow needs from outside, as one argument: tracing, time, connections and the two networks."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from executor.tracing import Tracing

# Kept free before the function's own timeout, for ending spans and writing them.
RESERVE_MS = 1_500

# SnapStart clones the state of `random`: many executions would then wait in step.
_from_the_system = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What an HTTP request was answered. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


# method, URL, headers, body, timeout in seconds; raises NodeError for what is no answer (timeout, refused, too large)
Send = Callable[[str, str, Mapping[str, str], bytes | None, float], HttpAnswer]
# request of Bedrock's Converse API, timeout in seconds -> its response; raises NodeError
Converse = Callable[[Mapping[str, Any], int], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Resources:
    """Handed to every node. `remaining_ms` is the Lambda's time left; `chance` gives numbers in [0, 1)."""

    tracing: Tracing
    converse: Converse
    send: Send
    connections: Mapping[str, str]
    remaining_ms: Callable[[], int]
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = _from_the_system.random
    time_unix_nano: Callable[[], int] = time.time_ns

    def seconds_left(self) -> float:
        """Time that work may still take; 0 when what is left is needed for ending well."""
        return max(0, self.remaining_ms() - RESERVE_MS) / 1_000
