"""What the models on loopback say, whichever API they are asked by.

The story: a user asks for parcels, the model calls `lookup_parcel` for each that was named, all at once, and answers
from the results. A question of FAIL401 is refused, one of CTXLEN is too long, one of RETRY429 is refused once, one of
FILTER is cut by the content filter. So the traces of all libraries can be held against the same expectation.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

ANSWER: Final = "Parcel 4711 is in Lyon, on its way to you."
THOUGHT: Final = "I should look."
STATUS: Final = "in transit"
"""Words of a result of the tool: a request that has them, or repeats its call, is to be answered."""
FIRST_CALL: Final = "call_parcel_1"
TRANSFER: Final = "call_transfer_1"
REFUSAL: Final = {
    "message": "Incorrect API key provided: sk-fake.",
    "type": "invalid_request_error",
    "code": "invalid_api_key",
}
SLOW_DOWN: Final = {"message": "Slow down.", "type": "rate_limit_error", "code": "rate_limit"}
TOO_LONG: Final = {
    "message": "This model's maximum context length is 128000 tokens.",
    "type": "invalid_request_error",
    "code": "context_length_exceeded",
}
ERRORS: Final = {400: TOO_LONG, 401: REFUSAL, 429: SLOW_DOWN}

# prompt (cached tokens included), completion (reasoning included), cached, reasoning
FIRST: Final = (812, 24, 512, 8)
SECOND: Final = (870, 31, 768, 0)


@dataclass(frozen=True)
class Call:
    call_id: str
    name: str
    arguments: dict[str, str]


@dataclass(frozen=True)
class Turn:
    """One answer of a model: calls of tools, or else a text."""

    usage: tuple[int, int, int, int]
    calls: tuple[Call, ...] = ()
    text: str = ANSWER
    is_filtered: bool = False


@dataclass
class Script:
    """Says what comes next, and remembers whom it has refused once."""

    refused: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def status(self, request: Any) -> int:
        """200, or the status with which this request is refused."""
        text = json.dumps(request)
        if "FAIL401" in text:
            return 401
        if "CTXLEN" in text:
            return 400
        with self._lock:
            if "RETRY429" in text and text not in self.refused:
                self.refused.add(text)
                return 429
        return 200


def turn_for(request: Any, tools: Sequence[str]) -> Turn:
    """What a model with these tools answers to a request of any API."""
    text = json.dumps(request)
    is_second = any(said in text for said in (STATUS, FIRST_CALL))
    usage = SECOND if is_second or any(said in text for said in (TRANSFER, ANSWER)) else FIRST
    if "FILTER" in text:
        return Turn(usage, text="", is_filtered=True)
    return Turn(usage, tuple(_calls(tools, text, is_second)), _text(text))


def _calls(tools: Sequence[str], text: str, is_second: bool) -> list[Call]:
    for name in tools:
        if name.startswith("transfer_to"):
            return [Call(TRANSFER, name, {})]
        if name == "final_answer" and is_second:
            return [Call("call_final_1", name, {"answer": ANSWER})]
        if name.endswith("lookup_parcel") and not is_second:
            parcels = dict.fromkeys(re.findall(r"\b47\d\d\b", text))
            numbered = enumerate(parcels, 1)
            return [Call(f"call_parcel_{n}", name, {"parcel_id": p}) for n, p in numbered]
    return []


def _text(asked: str) -> str:
    """The answer, in the form that DSPy asks for where it does."""
    if "[[ ## " not in asked:
        return ANSWER
    return (
        "[[ ## reasoning ## ]]\nIt is known.\n\n"
        f"[[ ## answer ## ]]\n{ANSWER}\n\n[[ ## completed ## ]]"
    )
