"""The two headers that carry an execution on."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.propagation.carriers import (
    NOTHING,
    Parent,
    RemoteContext,
    carried,
    parent_of,
    remote_context_in,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{SPAN}-01"


def test_what_is_carried_is_read_back() -> None:
    headers = carried(
        Parent(TRACE, SPAN),
        {
            "customer": "Åse & sons",
            "spanvas.execution.id": "arn:aws:states:eu-central-1:1:execution:m:r",
            "spanvas.tenant": "acme",
            "spanvas.workflow.id": "order-flow",
        },
    )
    assert headers == {
        "traceparent": TRACEPARENT,
        "baggage": "customer=%C3%85se%20%26%20sons,"
        "spanvas.execution.id=arn:aws:states:eu-central-1:1:execution:m:r,"
        "spanvas.tenant=acme,spanvas.workflow.id=order-flow",
    }
    assert remote_context_in(headers) == RemoteContext(
        Parent(TRACE, SPAN), "arn:aws:states:eu-central-1:1:execution:m:r", "acme", "order-flow"
    )


def test_names_are_read_in_any_case() -> None:
    headers = {"Traceparent": TRACEPARENT, "BAGGAGE": "spanvas.execution.id=e1;ttl=5 , broken"}
    assert remote_context_in(headers) == RemoteContext(Parent(TRACE, SPAN, 1), "e1")


@pytest.mark.parametrize("carrier", [None, [], "x", {}, {"traceparent": 3}, {3: TRACEPARENT}])
def test_what_carries_nothing(carrier: Any) -> None:
    assert remote_context_in(carrier) == NOTHING


@pytest.mark.parametrize(
    "header",
    [
        "",
        "00-" + "0" * 32 + f"-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-0-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
    ],
)
def test_malformed_traceparent_is_nobodys(header: str) -> None:
    assert parent_of(header) is None


def test_a_future_version_may_say_more() -> None:
    assert parent_of(f" 01-{TRACE}-{SPAN}-00-more ") == Parent(TRACE, SPAN, 0)


def test_baggage_stays_within_its_limit() -> None:
    headers = carried(Parent(TRACE, SPAN), {"a": "x" * 8_000, "b": "y" * 500, "c": "z"})
    assert headers["baggage"] == "a=" + "x" * 8_000 + ",c=z"


def test_no_baggage_is_no_header() -> None:
    assert carried(Parent(TRACE, SPAN, 0), {}) == {"traceparent": f"00-{TRACE}-{SPAN}-00"}
