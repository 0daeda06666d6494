"""Model calls that are recorded with values of other types than the API names: each is recorded all the same."""

from __future__ import annotations

from typing import Any

import pytest

import spanvas
from spanvas.model.span import Span
from tests.support.recording import SECOND, Recording


class Closed:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


def recorded_call(recorded: Recording, **given: Any) -> Span:
    with spanvas.workflow("brief"):
        spanvas.record_generation(model="m", **given)
    return next(span for span in recorded.spans if span.kind == "model")


def test_one_finish_reason_is_one(recorded: Recording) -> None:
    span = recorded_call(recorded, finish_reasons="stop")

    assert span.attributes["gen_ai.response.finish_reasons"] == ["stop"]


@pytest.mark.parametrize("moment", ["2", float("nan"), True, object()])
def test_a_time_that_is_no_number_is_none(recorded: Recording, moment: Any) -> None:
    span = recorded_call(recorded, start_time_unix_nano=moment, end_time_unix_nano=3 * SECOND)

    assert (span.attributes["spanvas.not_timed"], span.end_time_unix_nano) == (True, 3 * SECOND)


def test_a_time_may_be_a_float(recorded: Recording) -> None:
    span = recorded_call(recorded, start_time_unix_nano=2e9, end_time_unix_nano=3e9)

    assert (span.start_time_unix_nano, span.end_time_unix_nano) == (2 * SECOND, 3 * SECOND)


@pytest.mark.parametrize("given", [{"usage": Closed()}, {"parameters": ["temperature"]}])
def test_what_cannot_be_read_is_left_out(recorded: Recording, given: dict[str, Any]) -> None:
    span = recorded_call(recorded, output_messages="Clouds.", **given)

    assert span.attributes["gen_ai.output.messages"] == (
        '[{"role": "assistant", "parts": [{"type": "text", "content": "Clouds."}]}]'
    )


def test_values_that_hold_themselves_twice_do_not_stop_the_function(recorded: Recording) -> None:
    state: dict[str, Any] = {"role": "user"}
    state["left"] = state["right"] = state
    with spanvas.workflow("brief"), spanvas.node("draft", input=state):
        spanvas.record_generation(model="m", input_messages=[state])

    call, node = recorded.spans[:2]
    assert node.attributes["spanvas.input"] == (
        '{"role": "user", "left": {"$deep": "dict"}, "right": {"$deep": "dict"}}'
    )
    assert '"left": "dict"' in call.attributes["gen_ai.input.messages"]
