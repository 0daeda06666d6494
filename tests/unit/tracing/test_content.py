"""Content and files: redacted, marked or left out before they go anywhere."""

from __future__ import annotations

import math

import spanvas
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import Recording, recording
from tests.support.stored_spans import stored_span


def test_content_is_redacted_before_it_goes_anywhere(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1", input="mail ada@example.org"):
        pass
    root = recorded.span("brief")
    assert root.attributes["spanvas.input"] == '"mail [REDACTED:email]"'
    assert root.attributes["spanvas.redaction"] == {"email": 1}
    stored = stored_span(recorded.store, "default", "e1", root.span_id)
    assert stored is not None
    assert stored.attributes == root.attributes


def test_mode_none_does_not_even_encode_content() -> None:
    class Untouchable:
        def __str__(self) -> str:
            raise AssertionError("was encoded")

    with (
        recording(content="none") as recorded,
        spanvas.workflow("brief", input=Untouchable()) as run,
    ):
        run.set_output(Untouchable())
        spanvas.record_generation(model="m", input_messages=[Untouchable()])
    assert "spanvas.input" not in recorded.span("brief").attributes
    assert "gen_ai.input.messages" not in recorded.spans[0].attributes


def test_values_that_json_has_no_form_for_are_kept_marked(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1") as run:
        run.set_output({"nan": math.nan, "bytes": b"abc", 3: {1, 2}, "\ud800": "\udfff"})
        run.set_attribute("big", 10**400)
    assert stored_span(recorded.store, "default", "e1", run.span_id) is not None


def test_an_artifact_is_stored_and_named_on_its_span(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft") as node:
        one = spanvas.attach_artifact("brief.md", b"# Rain", media_type="text/markdown")
        spanvas.attach_artifact("page.bin", b"\x00", media_type="application/x-evil")
    assert one is not None
    assert (one.name, one.media_type, one.bytes) == ("brief.md", "text/markdown", 6)
    stored, other = recorded.store.list_artifacts("default", "e1").items
    assert stored.artifact_id == one.artifact_id
    assert (stored.span_id, stored.node_id) == (node.span_id, "draft")
    assert other.media_type == "application/octet-stream"
    span = recorded.span("draft")
    assert span.attributes["spanvas.artifacts"] == [
        {"id": one.artifact_id, "name": "brief.md", "media_type": "text/markdown", "bytes": 6},
        {
            "id": other.artifact_id,
            "name": "page.bin",
            "media_type": "application/octet-stream",
            "bytes": 1,
        },
    ]
    assert span.events[0].name == "spanvas.artifact"
    assert span.events[0].attributes["spanvas.artifact.sha256"] == one.sha256


def test_a_failed_upload_marks_the_span_and_not_the_execution(recorded: Recording) -> None:
    assert isinstance(recorded.store, MemoryTraceStore)
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
        recorded.store.down = True
        assert spanvas.attach_artifact("a.md", b"x") is None
        recorded.store.down = False
    span = recorded.span("draft")
    assert span.status == "ok"
    assert span.attributes["spanvas.artifact.error"].startswith("a.md: StoreUnavailableError")
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.status == "succeeded"


def test_artifacts_outside_of_a_workflow_are_not_stored(recorded: Recording) -> None:
    assert spanvas.attach_artifact("a.md", b"x") is None
