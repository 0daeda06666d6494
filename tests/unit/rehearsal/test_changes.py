"""When a changed parameter counts as seen."""

from __future__ import annotations

import pytest

from tests.rehearsal.changes import in_texts

BEFORE = {
    "One": '{"Type": "AWS::Logs::LogGroup", "retentionInDays": 30}',
    "Two": '{"Type": "AWS::Logs::LogGroup", "retentionInDays": 30}',
    "Gone": '{"Type": "AWS::S3::Bucket"}',
}
AFTER = {
    "One": '{"Type": "AWS::Logs::LogGroup", "retentionInDays": 60}',
    "Two": '{"Type": "AWS::Logs::LogGroup", "retentionInDays": 30}',
}


def test_a_value_that_is_new_in_a_resource_is_seen():
    assert in_texts("One", '"retentionInDays": 60', BEFORE, AFTER) == []


@pytest.mark.parametrize(
    ("place", "text", "how"),
    [
        ("Two", '"retentionInDays": 60', 'has no "retentionInDays": 60'),
        ("Two", '"retentionInDays": 30', 'had "retentionInDays": 30 before'),
        ("Gone", "-", "is not there"),
    ],
)
def test_a_value_that_was_there_or_is_not_is_no_change(place: str, text: str, how: str):
    assert in_texts(place, text, BEFORE, AFTER) == [(place, how)]


def test_every_resource_of_a_type_has_to_have_it():
    found = in_texts("AWS::Logs::LogGroup", '"retentionInDays": 60', BEFORE, AFTER)
    assert found == [("Two", 'has no "retentionInDays": 60')]


def test_a_type_that_the_stack_has_not_is_no_proof():
    assert in_texts("AWS::WAF::Rule", "-", BEFORE, AFTER) == [
        ("AWS::WAF::Rule", "is not in the stack")
    ]


def test_a_resource_that_was_switched_off_has_to_be_gone():
    assert in_texts("Gone", None, BEFORE, AFTER) == []
    assert in_texts("One", None, BEFORE, AFTER) == [("One", "is still there")]
