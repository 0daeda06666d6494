"""What goes along with an execution besides its ids."""

from __future__ import annotations

import spanvas
from spanvas.tracing.bootstrap import TracedHandler
from tests.support.recording import Recording

CALLED = {
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "tracestate": "rojo=1,congo=2",
    "baggage": "spanvas.execution.id=e1,spanvas.tenant=acme",
}


def test_the_tracestate_of_the_caller_goes_along(recorded: Recording) -> None:
    found: dict[str, str] = {}

    def handle(_event: object, _context: object) -> None:
        with spanvas.node("draft"):
            spanvas.inject(found)

    TracedHandler(recorded.engine, handle)(CALLED, None)
    assert found["tracestate"] == "rojo=1,congo=2"


def test_a_message_has_it_where_there_is_room_for_it(recorded: Recording) -> None:
    found: list[list[str]] = []

    def handle(_event: object, _context: object) -> None:
        for given in (7, 8):
            taken: dict[str, dict[str, str]] = {f"a{number}": {} for number in range(given)}
            found.append(list(spanvas.message_attributes(taken))[given:])

    TracedHandler(recorded.engine, handle)(CALLED, None)
    assert found == [["traceparent", "baggage", "tracestate"], ["traceparent", "baggage"]]
