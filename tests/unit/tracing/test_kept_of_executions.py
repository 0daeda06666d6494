"""What the layer keeps of an execution beside its spans obeys the content mode: names, ids and what it failed of."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

import spanvas
from spanvas.model.execution import Execution
from spanvas.tracing.durable import DurableFault
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import recording

LETTER = "Answer the letter of Ada Lovelace"


class Noting(MemoryTraceStore):
    """Notes every execution that it is told of."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Execution] = []

    def start_execution(self, execution: Execution) -> None:
        self.told.append(execution)
        super().start_execution(execution)

    def begin_execution(self, execution: Execution, sent: Any) -> bool:
        self.told.append(execution)
        return super().begin_execution(execution, sent)


def kept(mode: str, error: DurableFault | None = None, **workflow: Any) -> Execution:
    """Runs a workflow in a content mode and returns what is stored of it."""
    store = Noting()
    with recording(content=mode, store=store) as recorded:
        with (
            suppress(DurableFault),
            spanvas.workflow(**workflow),
            spanvas.node(LETTER),
        ):
            if error is not None:
                raise error
        spanvas.flush()
        stored = store.read_execution("default", recorded.runs[0].execution_id)
    assert stored is not None
    assert {(one.workflow_id, one.workflow_name, one.external_id) for one in store.told} == {
        (stored.workflow_id, stored.workflow_name, stored.external_id)
    }
    return stored


def test_in_none_no_word_of_a_workflow_that_is_a_text_is_kept() -> None:
    stored = kept(
        "none",
        workflow_id=LETTER,
        execution_id="letters of/Ada Lovelace",
        version="the one of Ada",
        expected_nodes=[LETTER, "send"],
    )

    assert stored.workflow_id == stored.workflow_name == "x-bd6d1c14557c"
    assert stored.workflow_version == "[REDACTED:content]"
    assert stored.execution_id == "digest-e56f416f19303672e79327ad"
    assert stored.external_id == ""
    assert stored.expected_nodes == ("x-bd6d1c14557c", "send")
    assert "Ada" not in repr(stored)
    assert "letter" not in repr(stored)


def test_in_none_the_spans_have_ids_without_the_words_of_names() -> None:
    with recording(content="none") as recorded, spanvas.workflow(LETTER), spanvas.node(LETTER):
        pass

    node, root = recorded.spans
    assert root.attributes["spanvas.workflow.id"] == "x-bd6d1c14557c"
    assert node.attributes["spanvas.node.id"] == "x-bd6d1c14557c"
    assert "Ada" not in repr(recorded.spans)


def test_in_none_names_and_ids_of_programs_stay() -> None:
    stored = kept(
        "none",
        workflow_id="support-triage",
        name="Support Triage",
        execution_id="patients/7",
        version="2026.11",
        expected_nodes=["classify"],
    )

    assert (stored.workflow_id, stored.workflow_name) == ("support-triage", "Support Triage")
    assert (stored.workflow_version, stored.expected_nodes) == ("2026.11", ("classify",))
    assert (stored.execution_id, stored.external_id) == ("patients-7-bc57a4a9f41f", "patients/7")


@pytest.mark.parametrize("mode", ["redacted", "full"])
def test_with_content_names_are_kept_without_what_the_rules_find(mode: str) -> None:
    stored = kept(
        mode, workflow_id="mail", name="Mail to ada@example.org", version="for ada@example.org"
    )

    assert stored.workflow_name == "Mail to [REDACTED:email]"
    assert stored.workflow_version == "for [REDACTED:email]"
    assert kept(mode, workflow_id="mail", name=LETTER).workflow_name == LETTER


@pytest.mark.parametrize("mode", ["none", "redacted", "full"])
def test_a_workflow_that_is_called_by_an_address_has_a_digest_for_its_id(mode: str) -> None:
    stored = kept(mode, workflow_id="ada@example.org", execution_id="ada@example.org")

    assert stored.workflow_id == stored.execution_id == "digest-3d6d442477f505a29388388a"
    assert "ada" not in repr(stored)


@pytest.mark.parametrize(
    ("mode", "message"),
    [("none", ""), ("redacted", "no [REDACTED:email]"), ("full", "no [REDACTED:email]")],
)
def test_the_cause_of_a_durable_execution_obeys_the_mode(mode: str, message: str) -> None:
    fault = DurableFault("NotFound", "no ada@example.org")
    stored = kept(mode, fault, workflow_id="mail")

    assert stored.cause is not None
    assert (stored.cause.error_type, stored.cause.message) == ("NotFound", message)


def test_in_none_a_cause_names_its_node_without_words_and_no_type_that_is_a_text() -> None:
    stored = kept("none", DurableFault("Ada was not found", "no Ada"), workflow_id="mail")

    assert stored.cause is not None
    assert (stored.cause.node_id, stored.cause.error_type) == (
        "x-bd6d1c14557c",
        "[REDACTED:content]",
    )
