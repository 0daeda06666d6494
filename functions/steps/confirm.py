"""The last state: writes the receipt, which the trace keeps as an artifact."""

from __future__ import annotations

from typing import Any

import spanvas


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """`event["order"]` with the name of its receipt."""
    order = event["order"]
    with spanvas.node("Confirm"):
        name = f"receipt-{order['order_id']}.txt"
        spanvas.attach_artifact(name, receipt(order).encode(), media_type="text/plain")
    return {**order, "receipt": name}


def receipt(order: dict[str, Any]) -> str:
    """Returns the receipt as text."""
    lines = [f"Order {order['order_id']}"]
    lines += [f"  {number} x {item}" for item, number in sorted(order["items"].items())]
    lines.append(f"Paid: {order['charged_cents'] / 100:.2f} EUR")
    return "\n".join(lines) + "\n"
