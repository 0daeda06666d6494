"""A batch of messages: every message has a part in its own execution."""

from __future__ import annotations

import json
from typing import Any

import pytest

import spanvas
from tests.functional.tracing.functions import Functions, fails, works
from tests.support.recording import recording
from tests.support.sqs_records import sqs_record


class TestBatches:
    def test_every_message_has_a_part_in_its_own_execution(self) -> None:
        def handler(event: Any, context: Any) -> None:
            for record in event["Records"]:
                with spanvas.message(record) as part, spanvas.node("work"):
                    part.set_output(record["messageId"])

        functions = Functions()
        functions.call(handler, {"Records": batch()}, "consumer")
        assert functions.tree("e1", "acme") == ["invocation process orders #2 ok", "  node work ok"]
        assert functions.tree("e2") == [
            "workflow consumer ok",
            "  invocation process orders #2 ok",
            "    node work ok",
        ]
        assert (functions.status("e1", "acme"), functions.status("e2")) == ("running", "succeeded")
        whole = "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d"
        assert functions.tree(whole) == ["workflow consumer ok", "  invocation consumer ok"]
        invocation = functions.invocation()
        parts = [span for span in functions.recorded.spans if span.name == "process orders"]
        assert [link.span_id for link in invocation.links] == [part.span_id for part in parts]
        assert {link.span_id for part in parts for link in part.links} == {invocation.span_id}
        assert [part.attributes["spanvas.output"] for part in parts] == ['"m1"', '"m2"']
        assert parts[0].attributes["messaging.message.id"] == "m1"
        assert parts[0].attributes["messaging.destination.name"] == "orders"
        assert parts[0].otel_kind == "consumer"

    def test_without_a_line_of_code_the_parts_are_as_long_as_the_invocation(self) -> None:
        functions = Functions()
        functions.call(works, {"Records": batch()}, "consumer")
        parts = [span for span in functions.recorded.spans if span.name == "process orders"]
        invocation = functions.invocation()
        assert len(parts) == 2
        assert [link.span_id for link in invocation.links] == [part.span_id for part in parts]
        assert functions.status("e2") == "succeeded"

    def test_a_handler_that_fails_fails_every_part(self) -> None:
        functions = Functions()
        with pytest.raises(TimeoutError):
            functions.call(fails, {"Records": batch()}, "consumer")
        assert functions.tree("e2") == [
            "workflow consumer error",
            "  invocation process orders #2 error",
        ]
        assert functions.status("e2") == "failed"
        events = [len(span.events) for span in functions.recorded.spans]
        assert sum(events) == 1

    def test_messages_that_go_back_to_the_queue_have_failed(self) -> None:
        def handler(event: Any, context: Any) -> dict[str, Any]:
            return {"batchItemFailures": [{"itemIdentifier": "m2"}, "x"]}

        functions = Functions()
        functions.call(handler, {"Records": batch()}, "consumer")
        assert functions.status("e2") == "failed"
        parts = [span for span in functions.recorded.spans if span.name == "process orders"]
        assert [part.status for part in parts] == ["ok", "error"]
        assert parts[1].status_message == "the message was returned to its queue"
        assert functions.invocation().status == "ok"

    @pytest.mark.parametrize("answer", [{"batchItemFailures": "all"}, {}, None])
    def test_other_answers_say_nothing_of_messages(self, answer: Any) -> None:
        functions = Functions()
        functions.call(lambda event, context: answer, {"Records": batch()}, "consumer")
        assert functions.status("e2") == "succeeded"

    def test_a_block_that_fails_fails_its_message_alone(self) -> None:
        def handler(event: Any, context: Any) -> dict[str, Any]:
            for record in event["Records"]:
                try:
                    with spanvas.message(record) as part:
                        part.add_event("seen")
                        part.set_attribute("a", 1)
                        part.set_input(record["messageId"])
                        assert part.span_id
                        assert part.trace_id
                        if record["messageId"] == "m2":
                            part.fail("unreadable")
                except ValueError:
                    pass
            return {}

        functions = Functions()
        functions.call(handler, {"Records": batch()}, "consumer")
        assert (functions.status("e1", "acme"), functions.status("e2")) == ("running", "failed")

    def test_messages_of_one_execution_are_spans_of_it(self) -> None:
        def handler(event: Any, context: Any) -> None:
            for record in event["Records"]:
                with spanvas.message(record), spanvas.node("work"):
                    pass

        functions = Functions()
        functions.call(handler, {"Records": [sqs_record("m1"), sqs_record("m2")]}, "consumer")
        trace = functions.store.read_trace("acme", "e1")
        assert trace is not None
        assert [row.kind for row in trace.rows if row.name == "process orders"] == ["other"] * 2
        assert [row.attempt for row in trace.rows if row.kind == "invocation"] == [2]

    def test_a_message_that_is_handled_twice_has_two_parts(self) -> None:
        def handler(event: Any, context: Any) -> None:
            for _ in range(2):
                with spanvas.message(event["Records"][1]):
                    pass

        functions = Functions()
        functions.call(handler, {"Records": batch()}, "consumer")
        assert functions.tree("e2").count("  invocation process orders #2 ok") == 2
        assert functions.status("e2") == "succeeded"

    def test_a_message_that_was_fetched_by_hand(self) -> None:
        with recording() as recorded, spanvas.message(sqs_record()), spanvas.node("work"):
            pass
        assert [(run.tenant, run.execution_id) for run in recorded.runs] == [("acme", "e1")] * 2
        execution = recorded.store.read_execution("acme", "e1")
        assert execution is not None
        assert execution.status == "running"

    def test_what_is_no_message_is_said_once(self, caplog: pytest.LogCaptureFixture) -> None:
        with recording(), spanvas.message({"order": 17}) as part:
            assert part.span_id == ""
        assert "not a record of SQS, SNS or EventBridge" in caplog.text

    def test_more_messages_than_can_be_told_are_counted(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("spanvas.tracing.messages.MAX_UNTOUCHED", 1)
        functions = Functions()
        functions.call(works, {"Records": batch()}, "consumer")
        assert functions.recorded.engine.health()["messages.without_part"] == 1

    def test_trouble_of_ours_leaves_the_messages_alone(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def handler(event: Any, context: Any) -> str:
            with monkeypatch.context() as patch:
                patch.setattr(
                    functions.recorded.engine.executions, "open_root", lambda run, **options: None
                )
                with spanvas.message(event["Records"][0]) as part:
                    assert part.span_id == ""
            with monkeypatch.context() as patch:
                patch.setattr(functions.recorded.engine.spans, "open_invocation", lambda *_: None)
                with spanvas.message(event["Records"][1]) as part:
                    assert part.span_id == ""
            monkeypatch.setattr(
                functions.recorded.engine.executions, "open_root", lambda run, **options: None
            )
            return "fine"

        functions = Functions()
        records = [*batch(), sqs_record("m3", body='{"execution_id": "e3"}')]
        assert functions.call(handler, {"Records": records}, "consumer") == "fine"
        assert functions.store.read_execution("default", "e3") is None


def batch() -> list[dict[str, Any]]:
    """A message of a caller's execution, and one that begins its own."""
    body = json.dumps({"execution_id": "e2"})
    return [sqs_record("m1"), sqs_record("m2", body=body, messageAttributes={})]
