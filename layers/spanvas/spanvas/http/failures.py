"""How calls of AWS fail, and which failures pass by themselves."""

from __future__ import annotations

from typing import Final

PASSING: Final = frozenset(
    {
        "InternalServerError", "LimitExceededException", "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "ServiceUnavailable", "SlowDown", "ThrottledException", "Throttling",
        "ThrottlingException", "RequestTimeout", "TransactionInProgressException",
    }
)  # fmt: skip


class CallError(Exception):
    """A call of AWS has failed. `code` is AWS's own, or the HTTP status of an error without one.

    `is_answer` is False where nothing was answered; `code` is the name of the connection's error then.
    """

    def __init__(self, code: str, is_answer: bool = True) -> None:
        super().__init__(code)
        self.code = code
        self.is_answer = is_answer


def is_passing(code: str) -> bool:
    """Returns whether the same call may succeed a moment later."""
    return code in PASSING
