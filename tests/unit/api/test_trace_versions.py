"""A version names the chunks that a trace was made of, or is unknown."""

from __future__ import annotations

from spanvas.model.row import Row
from spanvas.semantics.field_class import FieldClass
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api.http.cursors import MAX_LENGTH
from spanvas_api.trace.version import Versions, rows_of, version_of
from tests.support.builders import T0, make_execution, make_row


def stored(*chunks: tuple[str, int]) -> StoredTrace:
    """Of chunks with a row each: their names, and when they were recorded."""
    rows: dict[str, list[Row]] = {
        name: [make_row(name, recorded_at_unix_nano=recorded)] for name, recorded in chunks
    }
    return StoredTrace.of(make_execution(), rows)


def names(rows: list[Row] | None) -> list[str] | None:
    return None if rows is None else [row.name for row in rows]


BEFORE = [("aaaaa1", 10), ("bbbbb1", 20), ("ccccc1", 30)]


def test_its_rows_are_found_again_among_later_ones() -> None:
    version = version_of(stored(*BEFORE), T0, up_to=FieldClass.RESTRICTED)
    later = stored(("ddddd1", 5), *BEFORE, ("eeeee1", 40))

    assert names(rows_of(version, later)) == ["aaaaa1", "bbbbb1", "ccccc1"]


def test_those_before_the_bound_are_not_listed() -> None:
    version = version_of(stored(*BEFORE), T0, up_to=FieldClass.RESTRICTED, listed=1)

    assert (version.bound, version.latest) == (20, "ccccc")
    assert names(rows_of(version, stored(*BEFORE, ("eeeee1", 40)))) == [
        "aaaaa1",
        "bbbbb1",
        "ccccc1",
    ]


def test_a_chunk_that_is_later_than_the_bound_allows_makes_it_unknown() -> None:
    version = version_of(stored(*BEFORE), T0, up_to=FieldClass.RESTRICTED, listed=1)

    assert rows_of(version, stored(*BEFORE, ("eeeee1", 15))) is None


def test_a_chunk_whose_name_begins_as_a_listed_one_makes_it_unknown() -> None:
    version = version_of(stored(*BEFORE), T0, up_to=FieldClass.RESTRICTED)

    assert rows_of(version, stored(*BEFORE, ("ccccc2", 40))) is None


def test_a_chunk_that_is_gone_makes_it_unknown() -> None:
    version = version_of(stored(*BEFORE), T0, up_to=FieldClass.RESTRICTED)

    assert rows_of(version, stored(*BEFORE[:2])) is None


def test_a_trace_without_chunks_has_a_version_too() -> None:
    version = version_of(stored(), T0, up_to=FieldClass.RESTRICTED)

    assert rows_of(version, stored(("aaaaa1", 10))) == []


def test_it_fits_into_an_address_however_many_chunks_there_are() -> None:
    many = stored(*((f"{number:020x}"[::-1], number) for number in range(5_000)))
    version = version_of(many, T0, up_to=FieldClass.STRUCTURE)
    versions = Versions("traces", "acme", "exec_1")
    text = versions.seal(version)

    assert len(text) <= MAX_LENGTH
    assert versions.unseal(text) == version
    assert rows_of(version, many) is not None
