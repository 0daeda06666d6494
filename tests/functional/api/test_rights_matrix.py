"""The policy's table is what the API does: at least 2,000 cells of caller x execution x call x class of fields."""

from __future__ import annotations

from spanvas_api.policy import FIELDS, POLICY, RELATIONS
from spanvas_api.routes import ALL_ROUTES
from tests.support.rights_matrix import CALLS, PLACES, cells, world


def test_every_cell_is_answered_as_the_table_says() -> None:
    with world() as found:
        asked = list(cells(found))

    assert [cell for cell in asked if cell.expected != cell.found] == []
    assert len(asked) >= 2_000


def test_the_table_has_every_call_every_relation_and_every_class() -> None:
    assert {rule.call for rule in POLICY} == {route.operation for route in ALL_ROUTES}
    assert {rule.call for rule in POLICY} - set(CALLS) == {"ingest_traces"}
    assert {relation.name for relation in RELATIONS} == set(PLACES)
    assert [fields.scope for fields in FIELDS] == [
        "",
        "trace:content",
        "trace:content:restricted",
    ]
