"""The second state: charges the customer. Now and then the bank does not answer, and Step Functions tries again."""

from __future__ import annotations

from typing import Any, Final

import spanvas

CENTS: Final = {"tea": 600, "teapot": 3_400, "cup": 900}


class PaymentTimeoutError(Exception):
    """The bank has not answered; the state machine's `Retry` names this class."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """`event["order"]` with the amount. Raises PaymentTimeoutError."""
    order = event["order"]
    amount = sum(CENTS[item] * number for item, number in order["items"].items())
    # The node has the state's own id, so it is the state: what is set here shows there.
    with spanvas.node("Charge", name="Charge the card", input={"cents": amount}) as node:
        with spanvas.span("POST /charges", kind="http") as call:
            call.set_attribute("http.request.method", "POST")
            ask_the_bank(order, tries=event["StepFunctions"]["State"]["RetryCount"])
        node.set_output({"charged_cents": amount})
    return {**order, "charged_cents": amount}


def ask_the_bank(order: dict[str, Any], tries: int) -> None:
    """Stands for a call of a bank: fails as often as the order says."""
    if tries < order.get("bank_fails", 0):
        raise PaymentTimeoutError("The bank did not answer.")
