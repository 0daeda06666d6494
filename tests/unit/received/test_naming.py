"""Ids and names from what spans say."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.execution_update import ANY_SPAN, LOCAL_ROOT, ROOT
from spanvas.model.ids import as_name
from spanvas_api.received.naming import (
    attributed_execution_id,
    explicit_execution_id,
    external_id,
    workflow_identity_of,
)
from tests.support.builders import T0, make_span, span_id


def test_a_sender_s_id_becomes_the_same_id_as_by_the_layer() -> None:
    span = make_span(attributes={"spanvas.execution.id": " patients/7 "})
    assert explicit_execution_id(span) == "patients-7-bc57a4a9f41f"
    span = make_span(attributes={"session.id": "patients/7"})
    assert attributed_execution_id(span, ("session.id",)) == "patients-7-bc57a4a9f41f"


def test_what_a_sender_calls_its_execution_is_kept_where_it_is_no_id() -> None:
    spans = [
        make_span("a", attributes={"spanvas.execution.id": "other"}),
        make_span("b", resource={"spanvas.execution.id": " patients/7 "}),
        make_span("c", attributes={"app.ids.thread": "t/1"}),
    ]
    assert external_id(spans, ()) == "patients/7"
    assert external_id(spans[2:], ("app.ids.*",)) == "t/1"
    assert external_id(spans[2:], ()) == ""
    assert external_id(spans[:1], ()) == ""


def test_of_several_names_that_are_no_ids_the_first_in_the_order_of_text_is_kept() -> None:
    spans = [
        make_span(name, attributes={"spanvas.execution.id": name}) for name in ("b/1", "a/2", "c/0")
    ]
    assert [external_id(spans, ()), external_id(spans[::-1], ())] == ["a/2", "a/2"]


def test_what_was_redacted_or_is_private_calls_no_execution() -> None:
    spans = [
        make_span("a", attributes={"session.id": "[REDACTED:email]/7"}),
        make_span("b", attributes={"session.id": "chat/ada@example.org"}),
    ]
    assert external_id(spans, ("session.id",)) == ""
    assert attributed_execution_id(spans[1], ("session.id",)) == "digest-ab8c406564514fa12bb90244"


@pytest.mark.parametrize("blank", ["", "  ", None, True, []])
def test_a_blank_id_on_a_span_does_not_hide_what_its_resource_says(blank: Any) -> None:
    span = make_span(
        attributes={"spanvas.execution.id": blank}, resource={"spanvas.execution.id": "patients/7"}
    )
    assert external_id([span], ()) == "patients/7"
    assert explicit_execution_id(span) == "patients-7-bc57a4a9f41f"
    assert attributed_execution_id(span, ["spanvas.execution.id"]) == "patients-7-bc57a4a9f41f"


def test_the_arn_of_a_durable_execution_always_names_it() -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:f:1/durable-execution/n/ab"
    span = make_span(attributes={"durable.execution.arn": arn})
    assert (
        attributed_execution_id(span, ())
        == "arn:aws:lambda:us-east-1:123456789012:function:f:1-durable-execution-n-ab-e44149cce0f7"
    )
    assert external_id([span], ()) == arn
    named = make_span(attributes={"durable.execution.arn": arn, "app.run": "run-1"})
    assert attributed_execution_id(named, ("app.run",)) == "run-1"


def test_an_attribute_that_did_not_name_the_execution_does_not_say_what_it_is_called() -> None:
    span = make_span(attributes={"spanvas.execution.id": "run-1", "app.ids.thread": "t/1"})
    assert external_id([span], ("app.ids.*",)) == ""


def test_a_workflow_s_id_is_made_of_its_whole_name() -> None:
    identity = workflow_identity_of(
        make_span(attributes={"gen_ai.workflow.name": "Research Brief"}), ROOT
    )
    assert (identity.workflow_id, identity.workflow_name) == (
        "Research-Brief-9561202cfd16",
        "Research Brief",
    )
    long = "x" * 300
    identity = workflow_identity_of(make_span(attributes={"spanvas.workflow.name": long}), ROOT)
    assert (identity.workflow_id, identity.workflow_name) == (as_name(long), "x" * 200)


def test_the_span_s_own_id_goes_before_the_resource_s() -> None:
    resource = {"spanvas.execution.id": "of-resource"}
    assert explicit_execution_id(make_span(resource=resource)) == "of-resource"
    span = make_span(attributes={"spanvas.execution.id": "of-span"}, resource=resource)
    assert explicit_execution_id(span) == "of-span"
    assert explicit_execution_id(make_span()) == ""


def test_the_first_attribute_of_the_list_that_a_span_or_its_resource_has_counts() -> None:
    span = make_span(attributes={"session.id": "s1"}, resource={"gen_ai.conversation.id": "c1"})
    assert attributed_execution_id(span, ("gen_ai.conversation.id", "session.id")) == "c1"
    assert attributed_execution_id(span, ("session.id", "gen_ai.conversation.id")) == "s1"
    assert attributed_execution_id(span, ("thread.id",)) == ""
    assert attributed_execution_id(span, ()) == ""


def test_a_name_may_stand_for_all_below_it() -> None:
    span = make_span(
        attributes={"app.ids.user": "", "app.ids.thread": "t1", "app.id": "no"},
        resource={"app.ids.chat": "c1", "app.idsx": "no"},
    )
    assert attributed_execution_id(span, ("app.ids.*",)) == "c1"
    assert attributed_execution_id(span, ("thread.id", "app.ids.t.*", "app.ids.thread")) == "t1"
    assert attributed_execution_id(span, ("app.ids.user.*",)) == ""


def test_a_root_is_named_by_its_dialect_then_by_itself() -> None:
    def named(**attributes: str):
        return workflow_identity_of(
            make_span("root", attributes=attributes, resource={"service.version": "1.2"}),
            ROOT,
        )

    assert named().workflow_name == "root"
    assert named(**{"gen_ai.agent.name": "planner"}).workflow_name == "planner"
    identity = named(**{"gen_ai.workflow.name": "Trip planner", "gen_ai.agent.name": "planner"})
    assert (identity.workflow_id, identity.workflow_name, identity.workflow_version) == (
        "Trip-planner-eca3680c009f",
        "Trip planner",
        "1.2",
    )
    identity = named(
        **{
            "spanvas.workflow.id": "trip",
            "spanvas.workflow.name": "Trip",
            "spanvas.workflow.version": "3",
        }
    )
    assert (identity.workflow_id, identity.workflow_name, identity.workflow_version) == (
        "trip",
        "Trip",
        "3",
    )
    assert identity.key == f"0#{T0:020d}#{span_id('root')}"


def test_without_a_root_the_service_gives_the_name() -> None:
    identity = workflow_identity_of(
        make_span("b", parent="a", resource={"service.name": "planner"}), ANY_SPAN
    )
    assert (identity.workflow_id, identity.workflow_name, identity.key[:2]) == (
        "planner",
        "planner",
        "1#",
    )
    assert workflow_identity_of(make_span("b", parent="a"), ANY_SPAN).workflow_id == "unknown"


def test_a_local_root_is_named_as_a_root_is_and_comes_after_it() -> None:
    identity = workflow_identity_of(
        make_span("b", parent="a", resource={"service.name": "api"}), LOCAL_ROOT
    )
    assert (identity.workflow_name, identity.key) == ("b", f"0l#{T0:020d}#{span_id('b')}")
    assert (
        workflow_identity_of(make_span("z"), ROOT).key
        < identity.key
        < workflow_identity_of(make_span(), ANY_SPAN).key
    )


def test_expected_nodes_are_the_root_s_and_texts() -> None:
    attributes = {"spanvas.workflow.expected_nodes": ["a", 5, "b c"]}
    assert workflow_identity_of(make_span(attributes=attributes), ROOT).expected_nodes == (
        "a",
        as_name("b c"),
    )
    assert workflow_identity_of(make_span(attributes=attributes), ANY_SPAN).expected_nodes == ()
    odd = {"spanvas.workflow.expected_nodes": "a,b", "spanvas.workflow.name": 5}
    assert workflow_identity_of(make_span("n", attributes=odd), ROOT).expected_nodes == ()


def test_names_that_no_table_takes_are_mended() -> None:
    assert (
        workflow_identity_of(make_span(name="a\ud83d"), ROOT).workflow_name == "a\ufffd\ufffd\ufffd"
    )
    assert workflow_identity_of(make_span(name="  "), ROOT).workflow_name == "unknown"
    assert len(workflow_identity_of(make_span(name="x" * 999), ROOT).workflow_name) == 200
