"""How calls fail, and which failures pass by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

PASSING: Final = frozenset(
    {
        "InternalServerError", "LimitExceededException", "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "ServiceUnavailable", "SlowDown", "ThrottledException", "Throttling",
        "ThrottlingException", "RequestTimeout", "TransactionInProgressException",
    }
)  # fmt: skip


class CallError(Exception):
    """`code` is AWS's own, or the status of an answer without one; `is_answer` is False where there was no answer,
    and `code` is the name of what happened to the connection."""

    def __init__(self, code: str, is_answer: bool = True) -> None:
        super().__init__(code)
        self.code = code
        self.is_answer = is_answer


class ConditionalCheckFailedException(Exception):
    """A condition did not hold: an answer, not a failure. Its name is the service's, as on boto3's clients, and so is
    `response`, whose `Item` is what was there, where that was asked for."""

    def __init__(self, response: Mapping[str, Any] | None = None) -> None:
        super().__init__("a condition did not hold")
        self.response = response or {}


def is_passing(code: str) -> bool:
    """Whether the same call may succeed a moment later."""
    return code in PASSING
