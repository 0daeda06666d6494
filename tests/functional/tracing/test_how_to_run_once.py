"""`docs/how-to/run-an-event-once.md` as it is written, over Powertools and moto."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest

from spanvas.model.execution import Execution
from spanvas.tracing.bootstrap import TracedHandler
from tests.support.aws_from_template import ROOT
from tests.support.aws_in_process import mocked_aws
from tests.support.lambda_function import make_context
from tests.support.recording import Recording, recording
from tests.support.sqs_records import sqs_record

PAGE = (ROOT / "docs" / "how-to" / "run-an-event-once.md").read_text("utf-8")
WITH_POWERTOOLS, OF_ONES_OWN, MESSAGES = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
EVENT = {"execution_id": "e1", "question": "what is light?"}


def handler_of(code: str, **given: Any) -> Callable[[Any, Any], Any]:
    names: dict[str, Any] = {"__name__": "app", **given}
    exec(code, names)
    found: Callable[[Any, Any], Any] = names["handler"]
    return found


def execution_of(recorded: Recording, execution_id: str = "e1") -> Execution | None:
    return recorded.store.read_execution("default", execution_id)


@pytest.fixture
def claims(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("CLAIMS_TABLE", "claims")
    with mocked_aws():
        table = boto3.resource("dynamodb").create_table(
            TableName="claims",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield table


def test_with_powertools_a_repetition_gets_the_answer_and_leaves_no_trace(claims: Any) -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "a wave"

    with recording() as recorded:
        traced = TracedHandler(recorded.engine, handler_of(WITH_POWERTOOLS, answer=answer))
        assert traced(EVENT, make_context()) == {"text": "a wave"}
        before, spans = execution_of(recorded), len(recorded.spans)
        assert traced(EVENT, make_context()) == {"text": "a wave"}
    assert asked == ["what is light?"]
    assert before is not None
    assert (before.status, before.workflow_id) == ("succeeded", "research-brief")
    assert execution_of(recorded) == before
    assert len(recorded.spans) == spans
    assert recorded.engine.health() == {"executions.disowned": 1}


def test_with_powertools_an_event_that_somebody_is_running_goes_back(claims: Any) -> None:
    def answer(question: str) -> str:
        """Meanwhile the event comes again."""
        with pytest.raises(Exception, match="already in progress"):
            traced(EVENT, make_context())
        return "a wave"

    with recording() as recorded:
        traced = TracedHandler(recorded.engine, handler_of(WITH_POWERTOOLS, answer=answer))
        assert traced(EVENT, make_context()) == {"text": "a wave"}
    execution = execution_of(recorded)
    assert execution is not None
    assert execution.status == "succeeded"
    assert recorded.engine.health() == {"executions.disowned": 1}
    (kept,) = claims.scan()["Items"]
    assert json.loads(kept["data"]) == {"text": "a wave"}
    assert datetime.fromtimestamp(int(kept["expiration"])) > datetime.now()


def test_a_question_of_ones_own() -> None:
    taken: set[str] = set()

    def take_claim(name: str) -> bool:
        return name not in taken and not taken.add(name)

    with recording() as recorded:
        own = handler_of(
            f"import spanvas\n{OF_ONES_OWN}", take_claim=take_claim, run=lambda event, _: "run"
        )
        traced = TracedHandler(recorded.engine, own)
        assert [traced(EVENT, make_context()) for _ in range(2)] == ["run", None]
    assert [span.kind for span in recorded.spans] == ["invocation", "workflow"]


def test_messages() -> None:
    processed: list[str] = []

    with recording() as recorded:
        own = handler_of(
            f"import spanvas\n{MESSAGES}",
            take_claim=lambda name: name == "m1",
            process=lambda record: processed.append(record["messageId"]),
        )
        records = [sqs_record(name) for name in ("m1", "m2")]
        TracedHandler(recorded.engine, own)({"Records": records}, make_context())
    assert processed == ["m1"]
    spans = [span for span in recorded.spans if span.name == "process orders"]
    assert [span.attributes.get("spanvas.disowned") for span in spans] == [None, True]
    assert recorded.store.read_execution("acme", "e1") is not None
    assert recorded.engine.health() == {"executions.disowned": 1}
