"""Content that expires before structure: prompts after seven days, bills after four hundred."""

from __future__ import annotations

import pytest

from spanvas.model.execution import Cause
from spanvas.storage.dynamo import DynamoTraceStore
from tests.functional.storage.batches import batch, model_span
from tests.functional.storage.conftest import WITH_DYNAMODB
from tests.functional.storage.received import TRACE, root, send
from tests.support.builders import (
    SECOND,
    T0,
    Clock,
    make_artifact,
    make_execution,
    make_span,
    span_id,
)
from tests.support.what_is_stored import stored_items

DAY = 86_400
SAID = "the patient is called Mathilda"
MESSAGES = [{"role": "user", "parts": [{"type": "text", "content": SAID}]}]


@pytest.fixture
def short(real: DynamoTraceStore, clock: Clock) -> DynamoTraceStore:
    return DynamoTraceStore(
        real._table,
        real._bucket,
        retention_days=400,
        content_retention_days=7,
        dynamodb=real._dynamodb,
        s3=real._s3,
        clock=clock,
    )


def run(store: DynamoTraceStore) -> None:
    store.start_execution(make_execution())
    store.write(
        batch(
            model_span("chat", attributes={"gen_ai.input.messages": MESSAGES}),
            make_span("b", status="error", status_message=SAID),
        )
    )
    store.put_artifact(make_artifact(), b"a,b")
    store.end_execution("acme", "exec_1", "succeeded", T0 + 1)


@pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
class TestContentRetention:
    def test_within_its_time_all_is_there(self, short: DynamoTraceStore) -> None:
        run(short)
        trace = short.read_trace("acme", "exec_1")
        assert trace is not None
        previews = {row.name: row.input_preview for row in trace.rows}
        assert previews["chat"] is not None
        assert SAID in previews["chat"]
        assert short.read_versions("acme", "exec_1", span_id("chat"))

    def test_after_it_times_tokens_and_cost_are_left(
        self, short: DynamoTraceStore, clock: Clock
    ) -> None:
        run(short)
        clock.advance(8 * DAY)

        trace = short.read_trace("acme", "exec_1")
        assert trace is not None
        assert SAID not in repr(trace.rows)
        assert [row.usage.input_tokens for row in trace.rows if row.usage] == [1000]
        assert trace.execution.counters.cost_nano_usd == 4_500_000
        assert short.read_versions("acme", "exec_1", span_id("chat")) == []
        page = short.read_spans("acme", "exec_1", max_bytes=10**7)
        assert (page.items, page.expired) == ([], 2)
        assert short.list_artifacts("acme", "exec_1").items == []

        clock.advance(393 * DAY)
        assert short.read_trace("acme", "exec_1") is None

    def test_after_it_what_is_said_of_the_execution_is_gone_too(
        self, short: DynamoTraceStore, clock: Clock
    ) -> None:
        for name, status in (("exec_1", "failed"), ("exec_2", "running")):
            named = make_execution(name, workflow_name=SAID, external_id=f"{SAID}/7")
            short.start_execution(named)
            if status == "failed":
                cause = Cause("ValueError", SAID, "chat")
                short.end_execution("acme", name, status, T0 + SECOND, cause)
        found = short.read_execution("acme", "exec_1")
        assert found is not None
        assert found.workflow_name == SAID
        clock.advance(7 * DAY + 2)

        trace = short.read_trace("acme", "exec_1")
        assert trace is not None
        assert trace.execution == short.read_execution("acme", "exec_1")
        assert SAID not in repr(short.list_executions("acme", status="failed").items)
        assert trace.execution.cause == Cause("ValueError", "", "chat")
        assert trace.execution.workflow_name == "support-triage"
        assert trace.execution.external_id == ""

    def test_an_execution_that_is_held_keeps_what_is_said_of_it(
        self, short: DynamoTraceStore, clock: Clock
    ) -> None:
        run(short)
        cause = Cause("ValueError", SAID)
        short.end_execution("acme", "exec_1", "failed", T0 + 2, cause)
        short.deletions.holds.hold("acme", "exec_1", "ada")
        clock.advance(8 * DAY)
        found = short.read_execution("acme", "exec_1")
        assert found is not None
        assert found.cause == cause

    def test_a_name_of_a_span_that_is_a_text_expires_with_the_content(
        self, short: DynamoTraceStore, clock: Clock
    ) -> None:
        short.start_execution(make_execution())
        short.write(batch(make_span("a", name=SAID), make_span("b", "a", name="plan")))
        clock.advance(8 * DAY)
        trace = short.read_trace("acme", "exec_1")
        assert trace is not None
        names = sorted(row.name for row in trace.rows)
        assert SAID not in names
        assert "plan" in names

    def test_what_outlives_it_in_the_table_holds_no_content(self, short: DynamoTraceStore) -> None:
        run(short)
        limit = T0 // 10**9 + 7 * DAY
        lasting = {
            item["sk"]["S"].partition("#")[0]
            for item in stored_items(short)
            if int(item["expires_at"]["N"]) > limit
        }
        assert lasting == {"META", "ROWS"}

    def test_a_trace_over_otlp_that_is_joined_keeps_both_times(
        self, short: DynamoTraceStore, clock: Clock
    ) -> None:
        attributes = {"gen_ai.input.messages": MESSAGES}
        send(short, make_span("b", "a", kind="model", attributes=attributes))
        send(short, root("a"), wanted="run-1")
        trace = short.read_trace("acme", TRACE)
        assert trace is not None
        assert SAID in repr(trace.rows)
        assert trace.execution.counters.spans == 2
        clock.advance(8 * DAY)
        trace = short.read_trace("acme", TRACE)
        assert trace is not None
        assert SAID not in repr(trace.rows)
        assert len(trace.rows) == 2
