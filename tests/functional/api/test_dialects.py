"""Spans of every dialect through the API: the same content for those who may read it, and none for the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spanvas.storage.port import SpanBatch
from tests.support import story, story_expected
from tests.support.api_client import ALL_SCOPES, Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import make_execution
from tests.support.captured import captured

WITHOUT_CONTENT = ALL_SCOPES.replace("trace:content", "")
SAID = ("4711", "Lyon", "You answer questions", "in transit")


@pytest.mark.parametrize("name", sorted(story_expected.EXPECTED))
def test_what_was_said_is_shown_to_those_who_may_read_content_alone(
    name: str, api: Client, store: AuditedStore
) -> None:
    spans = [replace(span, trace_id="0" * 31 + "1") for span in captured(name)]
    store.start_execution(make_execution(trace_id="0" * 31 + "1"))
    store.write(SpanBatch("acme", "exec_1", spans))
    calls = story_expected.expected(name)["calls"]
    shown = []
    for span in spans:
        path = f"/v1/executions/exec_1/spans/{span.span_id}"
        granted = api.get(path).json
        denied = api.acting_as(scope=WITHOUT_CONTENT).get(path)
        assert [word for word in SAID if word in denied.text] == []
        assert "content" not in denied.json
        facts = {key: value for key, value in granted.items() if key != "content"}
        assert [word for word in SAID if word in str(facts)] == []
        shown.append(granted.get("content", {}).get("output_messages"))
    trace = api.acting_as(scope=WITHOUT_CONTENT).get("/v1/executions/exec_1/trace")

    assert [word for word in SAID if word in trace.text] == []
    if all(call["output_messages"] for call in calls):
        assert story.ANSWER["parts"] in [
            message["parts"] for messages in shown for message in messages or ()
        ]
