"""Restricted fields are found by the path of names that leads to them, wherever they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas.model.execution import Cause
from spanvas.model.span import Event, Link
from spanvas.semantics.content_split import is_structure
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.restricted import RESTRICTED_MARK, without_restricted
from spanvas.semantics.structure_names import forget_names
from spanvas.semantics.withheld import shown_execution, shown_row, shown_span
from tests.support.builders import make_execution, make_row, make_span

MARK = "[REDACTED:restricted]"
SECRET = "ada@example.com"


@pytest.fixture(autouse=True, scope="module")
def names() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPANVAS_RESTRICTED_ATTRIBUTES", "customer.*, patient.name, *ssn")
        forget_names()
        yield
    forget_names()


def attribute(value: Any, name: str = "spanvas.input") -> Any:
    return without_restricted(make_span("a", attributes={name: value})).attributes[name]


@pytest.mark.parametrize(
    "name", ["customer.email", "customer.a.b", "customer", "patient.name", "user_ssn"]
)
def test_an_attribute_of_such_a_name_is_replaced_whatever_its_value(name: str) -> None:
    for value in (SECRET, 7, True, [SECRET], {"a": SECRET}, None):
        assert attribute(value, name) == MARK


@pytest.mark.parametrize(
    "name", ["customers.email", "my.customer.email", "Customer.email", "patient.names", "patient"]
)
def test_an_attribute_of_another_name_stays(name: str) -> None:
    assert attribute("text", name) == "text"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"customer": {"email": SECRET}, "n": 1}, {"customer": MARK, "n": 1}),
        ({"order": {"customer": SECRET}}, {"order": {"customer": MARK}}),
        ([{"customer": [SECRET]}, 2], [{"customer": MARK}, 2]),
        ({"customer.email": SECRET}, {"customer.email": MARK}),
        ({"patient": {"name": SECRET, "bed": 4}}, {"patient": {"name": MARK, "bed": 4}}),
        ({"patient": [{"name": SECRET}]}, {"patient": [{"name": MARK}]}),
        ({"name": "Report"}, {"name": "Report"}),
        ({"a": json.dumps({"customer": SECRET})}, {"a": '{"customer": "[REDACTED:restricted]"}'}),
        ('{"customer": {"email": "ada@example.com"}}', '{"customer": "[REDACTED:restricted]"}'),
        ('\ufeff [{"ssn": 7, "ü": 1.50}]', '[{"ssn": "[REDACTED:restricted]", "ü": 1.5}]'),
        ('{"a": 1,  "b": 2}', '{"a": 1,  "b": 2}'),
        (json.dumps(json.dumps({"customer": SECRET})), '"{\\"customer\\": \\"[REDACTED:restricted]\\"}"'),
        ('{"customer": "ada@example.com", "customer": null}', '{"customer": "[REDACTED:restricted]"}'),
        ('{"a": {"customer": "ada@example.com"}, "a": 1}', '{"a": 1}'),
        ('{"customer": {"email": "ada@exam', MARK),
        ('Look: {"customer": {"email": "ada@example.com"}}', MARK),
        ("{'customer': {'email': 'ada@example.com'}}", MARK),
        ('say {\\"customer\\": \\"ada@example.com\\"}', MARK),
        ('{"patient": {"name": "Ada', MARK),
        ('{"patient": {"bed": 4', '{"patient": {"bed": 4'),
        ("The customer is asked.", "The customer is asked."),
        (SECRET, SECRET),
        ({"bytes": b"x"}, {"bytes": b"x"}),
    ],
)  # fmt: skip
def test_a_field_in_a_value_is_replaced_and_the_rest_stays(value: Any, kept: Any) -> None:
    assert attribute(value) == kept


def test_the_name_of_an_attribute_is_the_beginning_of_the_path() -> None:
    assert attribute({"name": SECRET, "bed": 4}, "patient") == {"name": MARK, "bed": 4}
    assert attribute('{"name": "Ada", "bed": 4}', "patient") == (
        '{"name": "[REDACTED:restricted]", "bed": 4}'
    )
    assert attribute('{"name": "Ada', "patient") == MARK


def test_every_place_of_a_span_is_looked_through() -> None:
    fields = {"customer.email": SECRET, "kept": 1}
    whole = make_span(
        "a",
        attributes=fields,
        resource=fields,
        events=(Event("asked", 1, fields),),
        links=(Link("1" * 32, "2" * 16, fields),),
        status_message='failed for {"customer": "ada@example.com"}',
    )

    left = shown_span(whole, FieldClass.CONTENT)

    assert SECRET not in repr(left)
    for place in (
        left.attributes,
        left.resource,
        left.events[0].attributes,
        left.links[0].attributes,
    ):
        assert place == {"customer.email": MARK, "kept": 1}
    assert left.status_message == MARK
    assert shown_span(whole, FieldClass.RESTRICTED) is whole
    assert SECRET not in repr(shown_span(whole, FieldClass.STRUCTURE))


def test_a_restricted_field_is_content_whatever_its_value() -> None:
    assert not is_structure("customer.age", 36)
    assert is_structure("order.age", 36)


def test_a_row_has_no_previews_since_nothing_says_of_which_fields_they_are() -> None:
    row = make_row("a", input_preview="Ada", output_preview="Hello", error_message="no")

    left = shown_row(row, FieldClass.CONTENT)

    assert (left.input_preview, left.output_preview, left.error_message) == (None, None, "no")
    assert shown_row(row, FieldClass.RESTRICTED) is row


def test_a_cause_is_looked_through_as_a_text() -> None:
    cause = Cause("ValueError", "bad: {'ssn': 7}")

    left = shown_execution(make_execution(cause=cause), FieldClass.CONTENT)

    assert left.cause == Cause("ValueError", MARK)


def test_structures_of_any_depth_are_cut_and_not_looked_through_forever() -> None:
    deep: Any = {"customer": SECRET}
    for _ in range(2_000):
        deep = [deep]

    assert SECRET not in json.dumps(attribute(deep))
    assert SECRET not in attribute("[" * 100_000 + '{"customer": "ada@example.com"}')


KEYS = st.sampled_from(["customer", "patient", "name", "note", "ssn", "a"])
VALUES = st.recursive(
    st.sampled_from([1, "text", None]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.builds(json.dumps, inner)
    ),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([["customer"], ["patient", "name"], ["ssn"]]), st.data())
def test_a_secret_under_restricted_keys_is_never_left(
    around: Any, keys: list[str], data: st.DataObject
) -> None:
    held: Any = SECRET
    for key in reversed(keys):
        held = {key: held}
        if data.draw(st.booleans()):
            held = [held]
        if data.draw(st.booleans()):
            held = json.dumps(held)
    value = data.draw(st.sampled_from([held, [around, held], {"note": held, "a": around}]))

    for written in (value, json.dumps(value)):
        assert SECRET not in json.dumps(attribute(written))


@given(VALUES)
def test_what_has_no_such_key_stays_as_it_is(value: Any) -> None:
    text = json.dumps(value)
    if not any(name in text for name in ("customer", "ssn", "name")):
        assert attribute(value) == value
        assert RESTRICTED_MARK not in text
