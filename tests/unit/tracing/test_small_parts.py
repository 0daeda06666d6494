"""Breaker, buffer, health, ids and content texts."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from spanvas.environment import LambdaEnvironment
from spanvas.model.span import Event
from spanvas.model.usage import Usage
from spanvas.settings import Settings
from spanvas.tracing.buffer import SpanBuffer
from spanvas.tracing.convert import copied, json_text, size_of
from spanvas.tracing.generation import generation_attributes, generation_content
from spanvas.tracing.handles import seen_below
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.provider import make_resource
from spanvas.tracing.span_ids import ExecutionIdGenerator
from spanvas.tracing.worker import Breaker
from tests.support.builders import make_span
from tests.support.recording import Seconds, make_run


def test_breaker_opens_after_two_failures_in_a_row_and_lets_one_try_through_later() -> None:
    clock = Seconds()
    breaker = Breaker(clock, failures=2, open_seconds=30)
    breaker.record(False)
    breaker.record(True)
    breaker.record(False)
    assert not breaker.is_open
    breaker.record(False)
    assert breaker.is_open
    clock.now += 30
    assert not breaker.is_open
    breaker.record(False)
    assert breaker.is_open
    clock.now += 30
    breaker.record(True)
    breaker.record(False)
    assert not breaker.is_open


def test_buffer_gives_up_the_oldest_beyond_its_number_and_its_bytes() -> None:
    run = make_run()
    lost: list[str] = []
    size = size_of(make_span("a"))
    buffer = SpanBuffer(2, 4 * size, lambda gone: lost.extend(item.span.name for item in gone))
    for label in "ab":
        buffer.append(run, make_span(label))
    assert lost == []
    buffer.append(run, make_span("c"))
    assert lost == ["a"]
    buffer.append(run, make_span("d", attributes={"long": "x" * (5 * size // 2)}))
    assert lost == ["a", "b", "c"]
    assert len(buffer) == 1


def test_buffer_hands_out_the_oldest_first_within_limits() -> None:
    run = make_run()
    buffer = SpanBuffer()
    for label in "abcde":
        buffer.append(run, make_span(label))
    size = size_of(make_span("a"))
    assert [item.span.name for item in buffer.drain(max_spans=2)] == ["a", "b"]
    assert [item.span.name for item in buffer.drain(max_bytes=size * 3 // 2)] == ["c"]
    assert [item.span.name for item in buffer.drain(max_bytes=size // 2)] == ["d"]
    assert [item.span.name for item in buffer.drain()] == ["e"]
    assert buffer.drain() == []


def test_health_says_a_thing_once_and_counts_it_always(caplog: pytest.LogCaptureFixture) -> None:
    health = Health()
    with caplog.at_level(logging.WARNING, "spanvas"):
        for number in range(3):
            health.say_once("store.failed", "no store: %s", number)
    health.count("spans.dropped", 5)
    assert [record.getMessage() for record in caplog.records] == ["no store: 0"]
    assert health.counts() == {"store.failed": 3, "spans.dropped": 5}


def test_guarded_methods_answer_their_fallback_and_log_the_trouble_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Guarded:
        def __init__(self) -> None:
            self.problems = Health()

        @guarded(fallback=-1)
        def divide(self, by: int) -> int:
            """Ten parts."""
            return 10 // by

    guarded_one = Guarded()
    assert [guarded_one.divide(5), guarded_one.divide(0), guarded_one.divide(0)] == [2, -1, -1]
    assert guarded_one.divide.__doc__ == "Ten parts."
    assert guarded_one.problems.counts() == {"problem.divide": 2}
    (record,) = caplog.records
    assert record.exc_info is not None


def test_random_ids_are_never_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [bytes(8), b"\0" * 7 + b"\5"]
    monkeypatch.setattr("os.urandom", lambda size: answers.pop(0))
    assert ExecutionIdGenerator().generate_span_id() == 5


def test_random_trace_ids_have_16_bytes() -> None:
    ids = {ExecutionIdGenerator().generate_trace_id() for _ in range(10)}
    assert len(ids) == 10
    assert max(ids).bit_length() > 100


class Ticket(BaseModel):
    number: int


@dataclass
class Answer:
    text: str
    ticket: Ticket


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", '"text"'),
        ({"a": [1, None, True]}, '{"a": [1, null, true]}'),
        ("Grüße", '"Grüße"'),
        (Ticket(number=3), '{"number": 3}'),
        (Answer("yes", Ticket(number=3)), '{"text": "yes", "ticket": {"number": 3}}'),
        ({1}, "[1]"),
        (b"abc", '{"$bytes": 3}'),
        (Ticket, '"' + str(Ticket) + '"'),
        ("lone \ud800", '"lone \ufffd\ufffd\ufffd"'),
        ({(1, 2): 3}, '{"(1, 2)": 3}'),
        (float("inf"), '{"$float": "inf"}'),
    ],
)
def test_content_becomes_json(value: object, expected: str) -> None:
    assert json_text(value) == expected


def test_cyclic_content_ends_somewhere() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    assert "$deep" in json_text(cycle)


def test_long_content_is_cut_and_says_so() -> None:
    cut = json.loads(json_text("x" * 1_000_001))
    assert cut == {"$truncated": '"' + "x" * 999_999, "characters": 1_000_003}


def test_attributes_of_a_span_that_is_being_written_are_copied_at_last() -> None:
    class Moving(dict[str, int]):
        """Changes under the reader's hands, so many times."""

        def __init__(self, times: int) -> None:
            super().__init__(a=1)
            self.times = times

        def items(self) -> Any:
            self.times -= 1
            if self.times >= 0:
                raise RuntimeError("dictionary changed size during iteration")
            return super().items()

    assert copied(Moving(4)) == {"a": 1}
    with pytest.raises(RuntimeError):
        copied(Moving(5))


def test_attributes_become_lists_and_plain_objects() -> None:
    assert copied({"a": (1, ({"b": (2,)},))}) == {"a": [1, [{"b": [2]}]]}
    assert copied(None) == {}


def test_size_of_a_span_counts_its_texts() -> None:
    small = size_of(make_span())
    nested = {"a": ["x" * 100, {"b": b"y" * 100}], "c": 1}
    event = Event("e", 1, {"text": "z" * 100})
    assert size_of(make_span(attributes=nested, events=(event,))) > small + 300


def test_messages_come_in_many_forms() -> None:
    assert generation_content(None, "Why?", ("Because.",), None) == {
        "gen_ai.input.messages": (
            '[{"role": "user", "parts": [{"type": "text", "content": "Why?"}]}]'
        ),
        "gen_ai.output.messages": (
            '[{"role": "assistant", "parts": [{"type": "text", "content": "Because."}]}]'
        ),
    }
    assert generation_content(None, {"role": "user", "content": "x"}, None, None) == {
        "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "x"}]}]'
    }


def test_usage_comes_as_a_mapping_or_an_object_and_absent_tokens_stay_absent() -> None:
    by_object = generation_attributes("m", "p", "chat", usage=Usage(3, 2))
    assert by_object["gen_ai.usage.input_tokens"] == 3
    assert by_object["gen_ai.usage.reasoning.output_tokens"] == 0
    by_mapping = generation_attributes(
        "m", "", "chat", usage={"input_tokens": 3, "output_tokens": "2"}
    )
    assert by_mapping == {
        "spanvas.kind": "model",
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m",
        "gen_ai.usage.input_tokens": 3,
    }


def test_a_trail_of_causes_without_end_is_followed_for_a_while() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert seen_below(one) is None


def test_environment_of_a_function_is_its_resource() -> None:
    environment = LambdaEnvironment(
        {
            "AWS_LAMBDA_FUNCTION_NAME": "brief",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_REGION": "eu-central-1",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/brief",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        }
    )
    resource = make_resource(Settings(), environment)
    assert dict(resource.attributes) == {
        "service.name": "brief",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.language": "python",
        "telemetry.distro.name": "spanvas",
        "telemetry.distro.version": "0.1.0",
        "cloud.provider": "aws",
        "cloud.platform": "aws_lambda",
        "cloud.region": "eu-central-1",
        "faas.name": "brief",
        "faas.version": "7",
        "faas.instance": "stream",
        "faas.max_memory": 536_870_912,
        "aws.log.group.names": ("/aws/lambda/brief",),
    }
    named = make_resource(Settings(service_name="canvas"), LambdaEnvironment({}))
    assert named.attributes["service.name"] == "canvas"
