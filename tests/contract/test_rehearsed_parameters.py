"""`make rehearse` changes every parameter that the template has."""

from __future__ import annotations

from tests.rehearsal.parameters import CHANGES, KEPT_ALIKE, OFF
from tests.support.aws_from_template import translated_template


def test_every_parameter_is_changed_in_the_rehearsal():
    declared = translated_template().document["Parameters"]
    listed = {*CHANGES, *OFF, *KEPT_ALIKE}
    assert sorted(declared.keys() ^ listed) == [], "list them in tests/rehearsal/parameters.py"


def test_only_a_parameter_of_one_value_stays_as_it_is():
    declared = translated_template().document["Parameters"]
    single = {
        name for name, given in declared.items() if len(given.get("AllowedValues", "  ")) == 1
    }
    assert single == KEPT_ALIKE


def test_each_change_is_looked_for():
    changes = {**CHANGES, **OFF}
    assert [
        name for name, change in changes.items() if not {**change.seen, **change.in_template}
    ] == []
