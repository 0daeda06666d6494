from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas.model.errors import InvalidInputError
from spanvas_api.http.cursors import Cursors

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=5,
)


@given(JSON)
def test_what_was_sealed_is_unsealed(position: Any) -> None:
    cursors = Cursors("traces", ("acme", "ada"), "list_executions", {"status": "failed"})

    assert cursors.unseal(cursors.seal(position)) == position


@pytest.mark.parametrize(
    "other",
    [
        Cursors("other-table", ("acme", "ada"), "list", {"a": "1"}),
        Cursors("traces", ("globex", "ada"), "list", {"a": "1"}),
        Cursors("traces", ("acme", "bob"), "list", {"a": "1"}),
        Cursors("traces", ("acme",), "list", {"a": "1"}),
        Cursors("traces", ("acmeada",), "list", {"a": "1"}),
        Cursors("traces", ("acme", "ada"), "list_accesses", {"a": "1"}),
        Cursors("traces", ("acme", "ada"), "list", {"a": "2"}),
        Cursors("traces", ("acme", "ada"), "list", {}),
        Cursors("traces", ("acme", "ada"), "list", {"b": "1"}),
    ],
)
def test_it_is_good_for_one_deployment_caller_call_and_query(other: Cursors) -> None:
    cursor = Cursors("traces", ("acme", "ada"), "list", {"a": "1"}).seal("0001")

    with pytest.raises(InvalidInputError):
        other.unseal(cursor)


def test_the_order_of_the_query_does_not_matter() -> None:
    cursor = Cursors("traces", ("acme", "ada"), "list", {"a": "1", "b": "2"}).seal("0001")

    assert Cursors("traces", ("acme", "ada"), "list", {"b": "2", "a": "1"}).unseal(cursor) == "0001"


@given(st.data())
def test_no_changed_character_goes_unnoticed(data: st.DataObject) -> None:
    cursors = Cursors("traces", ("acme", "ada"), "list", {})
    cursor = cursors.seal("1790000000000000000#exec_1")
    index = data.draw(st.integers(0, len(cursor) - 2))
    letter = data.draw(st.sampled_from("ABCXYZabcxyz0189-_"))
    changed = cursor[:index] + letter + cursor[index + 1 :]

    if changed != cursor:
        with pytest.raises(InvalidInputError):
            cursors.unseal(changed)
