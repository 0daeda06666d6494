"""Files obey the content mode: in `none` nothing of them is stored, in `redacted` text is redacted on its way."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest

import spanvas
from spanvas.model.span import Span
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import Recording, recording

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR of ada@example.org"


class Pipe(io.RawIOBase):
    """A stream that cannot be set back."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        return self._data.readinto(buffer)


def attached(recorded: Recording, *files: tuple[str, object, str]) -> Span:
    """Attaches files to one span and returns it."""
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
        for name, data, media_type in files:
            spanvas.attach_artifact(name, data, media_type=media_type)  # type: ignore[arg-type]
    return recorded.span("draft")


def stored(recorded: Recording) -> list[bytes]:
    """Returns the bytes of all stored files, the oldest first."""
    store = recorded.store
    assert isinstance(store, MemoryTraceStore)
    return [store.bodies[artifact.key] for artifact in store.list_artifacts("default", "e1").items]


def test_in_none_no_file_is_stored_and_the_span_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ada.csv"
    path.write_bytes(b"id,name\n1,Ada\n")
    with recording(content="none", artifact_buckets=("reports",)) as recorded:
        with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
            assert (
                spanvas.attach_artifact("for Ada.md", b"# Ada", media_type="text/markdown") is None
            )
            assert spanvas.attach_artifact("ada.csv", path) is None
            assert spanvas.attach_artifact("ada.png", io.BytesIO(PNG)) is None
            assert spanvas.attach_artifact("ada", Pipe(b"Ada")) is None  # type: ignore[arg-type]
            assert spanvas.attach_artifact("ada.pdf", s3="s3://reports/ada.pdf") is None
            assert spanvas.attach_artifact("ada.txt", tmp_path / "absent") is None
        assert recorded.store.list_artifacts("default", "e1").items == []
    span = recorded.span("draft")
    assert span.attributes["spanvas.artifacts.withheld"] == 6
    assert "spanvas.artifacts" not in span.attributes
    assert [event.attributes for event in span.events if len(event.attributes) > 1] == [
        {"spanvas.artifact.media_type": "text/markdown", "spanvas.artifact.withheld": True,
         "spanvas.artifact.bytes": 5},
        {"spanvas.artifact.media_type": "text/csv", "spanvas.artifact.withheld": True,
         "spanvas.artifact.bytes": 14},
        {"spanvas.artifact.media_type": "image/png", "spanvas.artifact.withheld": True,
         "spanvas.artifact.bytes": 35},
        {"spanvas.artifact.media_type": "application/octet-stream", "spanvas.artifact.withheld": True},
        {"spanvas.artifact.media_type": "application/pdf", "spanvas.artifact.withheld": True},
        {"spanvas.artifact.media_type": "text/plain", "spanvas.artifact.withheld": True},
    ]  # fmt: skip
    assert "Ada" not in repr(recorded.spans)
    assert "ada" not in repr(recorded.spans)


def test_in_none_the_row_of_the_span_is_marked() -> None:
    with recording(content="none") as recorded:
        attached(recorded, ("a.md", b"a", ""))
        trace = recorded.store.read_trace("default", "e1")
    assert trace is not None
    assert [row.marks for row in trace.rows if row.name == "draft"] == [("artifact_withheld",)]


@pytest.mark.parametrize(
    ("name", "data", "media_type", "expected"),
    [
        ("a.md", b"to ada@example.org", "text/markdown", b"to [REDACTED:email]"),
        ("a.json", b'{"password": "hunter2"}', "", b'{"password":"[REDACTED:key]"}'),
        ("a.csv", b"user,password\nada,corr3cthorse\n", "text/csv",
         b"user,password\nada,[REDACTED:table_column]\n"),
        ("a.html", b"<p>ada@example.org</p>", "text/html", b"<p>[REDACTED:email]</p>"),
        ("a.log", b"\xff ada@example.org", "", b"\xff [REDACTED:email]"),
        ("a.bin", b"to ada@example.org", "application/x-own", b"to [REDACTED:email]"),
        ("a.png", PNG, "image/png", PNG),
        ("a.md", b"# Rain", "text/markdown", b"# Rain"),
    ],
)  # fmt: skip
def test_text_is_redacted_before_it_is_stored_and_other_files_are_not(
    name: str, data: bytes, media_type: str, expected: bytes
) -> None:
    with recording() as recorded:
        span = attached(recorded, (name, data, media_type))
        assert stored(recorded) == [expected]
    [event] = span.events
    assert event.attributes["spanvas.artifact.bytes"] == len(expected)
    assert event.attributes["spanvas.artifact.sha256"] == hashlib.sha256(expected).hexdigest()
    assert ("spanvas.redaction" in span.attributes) is (expected != data)


def test_in_full_files_are_stored_as_they_are() -> None:
    with recording(content="full") as recorded:
        span = attached(recorded, ("a.md", b"to ada@example.org", "text/markdown"))
        assert stored(recorded) == [b"to ada@example.org"]
    assert "spanvas.redaction" not in span.attributes


def test_what_was_redacted_from_files_is_in_the_receipt_of_the_span() -> None:
    with recording() as recorded:
        with (
            spanvas.workflow("brief", execution_id="e1"),
            spanvas.node("draft", input="x@y.example"),
        ):
            for name in ("a.md", "b.md"):
                spanvas.attach_artifact(name, b"ada@example.org bob@example.org")
        span = recorded.span("draft")
    assert span.attributes["spanvas.redaction"] == {"email": 5}
    assert [
        json.loads(event.attributes["spanvas.artifact.redaction"]) for event in span.events
    ] == [
        {"email": 2},
        {"email": 2},
    ]


def test_streams_and_paths_are_redacted_too(tmp_path: Path) -> None:
    text = b"to ada@example.org\n"
    (tmp_path / "a.txt").write_bytes(text)
    skipped = io.BytesIO(b"skip" + text)
    skipped.seek(4)
    with recording() as recorded:
        attached(
            recorded,
            ("a.txt", tmp_path / "a.txt", ""),
            ("b.txt", io.BytesIO(text), ""),
            ("c.txt", Pipe(text), ""),
            ("d.txt", skipped, ""),
        )
        assert stored(recorded) == [b"to [REDACTED:email]\n"] * 4
