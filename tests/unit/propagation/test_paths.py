"""JMESPath of events."""

from __future__ import annotations

import sys

import pytest

from spanvas.propagation.paths import text_at, value_at

EVENT = {"detail": {"order": {"id": "o-17"}, "count": 3, "flag": True}, "Records": [{"id": "r1"}]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("detail.order.id", "o-17"),
        ("detail.count", "3"),
        ("detail.flag", None),
        ("detail.order", None),
        ("detail.missing.id", None),
        ("Records[0].id", "r1"),
        ("detail.order.id.deeper", None),
        ("", None),
    ],
)
def test_text_at_a_path(path: str, expected: str | None) -> None:
    assert text_at(path, EVENT) == expected


def test_events_that_are_no_objects_have_nothing() -> None:
    assert value_at("a", ["a"]) is None
    assert value_at("a", None) is None


def test_plain_paths_do_not_need_jmespath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jmespath", None)
    assert text_at("detail.order.id", EVENT) == "o-17"
    with pytest.raises(ImportError):
        text_at("Records[0].id", EVENT)
