"""Tolerant readers: what is decoded, what is not, and that nothing but UnreadableItemError leaves them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.errors import NewerItemError, UnreadableItem, UnreadableItemError
from spanvas.model.execution import STATUSES, Execution
from spanvas.model.row import Row
from spanvas.storage.codec import decode_spans
from spanvas.storage.decoding import (
    MalformedError,
    Reading,
    attempted,
    built,
    json_value,
    padded,
)
from spanvas.storage.item_reading import access_of, artifact_of, execution_of
from spanvas.storage.row_codec import decode_rows
from tests.support.golden_stored import lacking
from tests.support.stored_cases import FOLDER, Json


class Point(NamedTuple):
    x: int
    y: int = 7


@dataclass(frozen=True)
class Shape:
    name: str
    points: tuple[Point, ...] = ()
    labels: Mapping[str, str] | None = None
    size: int | None = None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": "a"}, Shape("a")),
        ({}, Shape("")),
        ({"name": None, "points": None}, Shape("")),
        ({"name": "a", "colour": "red"}, Shape("a")),
        ({"points": [[1], [1, 2, 3], {"y": 4, "z": 5}]}, Shape("", (Point(1), Point(1, 2), Point(0, 4)))),
        ({"labels": {"k": "v"}, "size": 3}, Shape("", (), {"k": "v"}, 3)),
        (["a", [], None, 3, "more"], Shape("a", (), None, 3)),
    ],
)  # fmt: skip
def test_unknown_is_dropped_missing_has_its_default_tuples_are_padded_and_trimmed(
    values: Any, expected: Shape
) -> None:
    assert built(Shape, values) == expected


@pytest.mark.parametrize("value", [{"a": ["b", 1, None]}, "half of \ud83d", [float("inf")]])
def test_json_is_read_as_the_standard_library_has_written_it(value: Any) -> None:
    assert json_value(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "error"), [("{", ValueError), (7, TypeError), ("[" * 10_000, RecursionError)]
)
def test_what_is_no_json_is_refused_as_the_standard_library_does(
    text: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        json_value(text)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": 1}, "name: int where str belongs"),
        ({"size": True}, "size: bool where int belongs"),
        ({"size": 1.5}, "size: float where int belongs"),
        ({"points": 7}, "points: int where a list belongs"),
        ({"points": [["one"]]}, "points: x: str where int belongs"),
        ({"labels": {"k": 1}}, "labels: int where str belongs"),
        ({"labels": []}, "labels: list where an object belongs"),
        ("text", "a tuple is no list"),
    ],
)
def test_a_value_of_another_type_is_told_by_its_field_and_never_itself(
    values: Any, message: str
) -> None:
    with pytest.raises(MalformedError) as raised:
        built(Shape, values)
    assert str(raised.value) == message


def test_what_is_required_must_be_there() -> None:
    with pytest.raises(MalformedError, match="name is missing"):
        built(Shape, {"name": None}, ("name",))


def test_integers_of_more_than_64_bits_are_read_as_integers_again() -> None:
    assert built(Point, [float(2**70)]) == Point(2**70)


def test_tuples_have_as_many_positions_as_are_known() -> None:
    assert padded([1], 3) == [1, None, None]
    assert padded((1, 2, 3), 2) == [1, 2]


@pytest.mark.parametrize(
    ("version", "is_newer"), [(None, False), (1, False), (2, True), (10**9, True)]
)
def test_a_version_is_read(version: Any, is_newer: bool) -> None:
    with Reading("pk", "sk") as reading:
        reading.saw(version)
    assert reading.is_newer is is_newer


@pytest.mark.parametrize("version", ["2", 0, -1, True, 1.0, [2]])
def test_what_is_no_version_makes_the_item_unreadable(version: Any) -> None:
    with pytest.raises(UnreadableItemError), Reading("pk", "sk") as reading:
        reading.saw(version)


def test_whatever_goes_wrong_inside_is_one_kind_of_error_without_the_value() -> None:
    for error in (KeyError("hunter2"), ValueError("hunter2"), RecursionError(), MemoryError()):
        with pytest.raises(UnreadableItemError) as raised, Reading("pk", "sk"):
            raise error
        assert raised.value.item == UnreadableItem("pk", "sk", type(error).__name__)
        assert raised.value.__cause__ is None
    with pytest.raises(NewerItemError) as newer, Reading("pk", "sk") as reading:
        reading.saw(3)
        raise KeyError("hunter2")
    assert str(newer.value) == "pk sk: written in version 3: KeyError"
    with pytest.raises(KeyboardInterrupt), Reading("pk", "sk"):
        raise KeyboardInterrupt


def golden(name: str) -> Json:
    loaded: Json = json.loads(Path(FOLDER / "v1" / f"{name}.json").read_text("utf-8"))
    return loaded


def golden_item(name: str, prefix: str) -> Json:
    (item,) = [item for item in golden(name)["items"] if item["sk"]["S"].startswith(prefix)]
    return dict(item)


def inflated(prefix: str) -> Json:
    found = golden("rows-and-details")["inflated"]
    (chunk,) = [value for name, value in found.items() if name.startswith(prefix)]
    return dict(chunk)


ATTRIBUTES = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(max_size=20) | st.sampled_from(["{", "[1]", "{}"])),
    st.builds(lambda number: {"N": str(number)}, st.integers() | st.floats(allow_nan=False)),
    st.sampled_from([{"BOOL": True}, {"NULL": True}, {"SS": ["a"]}, {"M": {}}, {"B": b"?"}, {"L": []}]),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**22), 10**22) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_an_execution_with_any_attributes_is_one_that_can_be_answered_or_unreadable(
    data: st.DataObject,
) -> None:
    item = golden_item("succeeded", "META")
    names = st.sampled_from([name for name in item if name not in ("pk", "sk")])
    item |= data.draw(
        st.dictionaries(names | st.text(min_size=1, max_size=5), ATTRIBUTES, max_size=3)
    )

    found = attempted(execution_of, item)

    if isinstance(found, Execution):
        assert found.status in STATUSES
        assert 0 <= found.started_at_unix_nano < 10**20
        assert all(type(node) is str for node in found.expected_nodes)
    else:
        assert (found.pk, found.sk) == ("T#acme#E#exec_1", "META")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_artifacts_and_accesses_of_any_attributes_are_read_or_unreadable(
    data: st.DataObject,
) -> None:
    for name, prefix, decode in (
        ("kept-artifact", "ARTIFACT#", artifact_of),
        ("accesses", "ACCESS#01790000000000000000#", access_of),
    ):
        item = golden_item(name, prefix)
        names = st.sampled_from([name for name in item if name not in ("pk", "sk")])
        item |= data.draw(st.dictionaries(names, ATTRIBUTES, max_size=2))
        attempted(decode, item)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_chunk_of_any_columns_has_rows_that_can_be_answered_or_is_unreadable(
    data: st.DataObject,
) -> None:
    chunk = inflated("ROWS#")
    columns = st.sampled_from(sorted(chunk))
    chunk |= data.draw(st.dictionaries(columns, JSON, max_size=2))
    payload = json.dumps(chunk, allow_nan=False, default=str) if is_json(chunk) else "{"

    def decode() -> list[Row]:
        with Reading("pk", "sk") as reading:
            return decode_rows(payload.encode(), "chunk", reading)

    found = attempted(decode)

    if isinstance(found, list):
        for row in found:
            assert type(row.name) is type(row.span_id) is str
            assert 0 <= row.start_time_unix_nano < 10**20
            assert row.usage is None or all(type(number) is int for number in row.usage)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_detail_of_any_members_has_spans_or_is_unreadable(data: st.DataObject) -> None:
    chunk = inflated("DETAIL#")
    span = chunk["spans"][1]
    span |= data.draw(st.dictionaries(st.sampled_from(sorted(span)), JSON, max_size=2))
    chunk |= data.draw(
        st.dictionaries(st.sampled_from(["scopes", "resources", "content", "v"]), JSON, max_size=1)
    )
    payload = json.dumps(chunk, allow_nan=False) if is_json(chunk) else "{"

    def decode() -> list[Any]:
        with Reading("pk", "sk") as reading:
            return decode_spans(payload.encode(), None, reading)

    attempted(decode)


def is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def test_the_comparison_with_golden_files_finds_what_is_gone_or_another() -> None:
    expected = {"a": 1, "b": [[1, 2], {"c": None}]}
    assert lacking(expected, {"a": 1, "b": [[1, 2, 3], {"c": None, "d": 4}], "e": 5}) == []
    assert lacking(expected, {"b": [[1, 2], {}]}) == ["/a is not there", "/b/1/c is not there"]
    assert lacking(expected, {"a": "1", "b": [[1, 2], {"c": None}]}) == ["/a was 1 and is '1'"]
    assert lacking({"b": [1, 2]}, {"b": [1]}) == ["/b was [1, 2] and is [1]"]
