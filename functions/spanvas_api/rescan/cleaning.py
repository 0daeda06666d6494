"""Applies rules of redaction to stored chunks, in place: members that this version does not know stay as they are.

A chunk of a newer version is not changed: what it holds beside the known members may be what is looked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from spanvas.model.errors import UnreadableItem, UnreadableItemError
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.model.values import jsonable
from spanvas.privacy.redact import FULL, Redactor
from spanvas.privacy.span_redaction import UNSCANNED
from spanvas.privacy.text_files import stream_redaction
from spanvas.privacy.text_stream import TextStream
from spanvas.semantics.summary import row_of
from spanvas.storage import codec
from spanvas.storage.decoding import Reading
from spanvas.storage.row_codec import decode_rows, value_column

MARKER: Final = re.compile(r"\[REDACTED:([a-z0-9_]+)\]")
ROW_TEXTS: Final = (
    "name",
    "node_id",
    "error_type",
    "error_message",
    "model",
    "provider",
    "input_preview",
    "output_preview",
    "scores",
)
"""Columns of rows that hold texts of others."""
REDACTED: Final = "redacted"
"""Mark of a row whose span has a receipt of redaction."""
ARTIFACT_NAME: Final = 1
"""Place of the name in an artifact of a row."""


class NotCleanedError(Exception):
    """Something may not be rewritten; the message says why, and quotes nothing of it."""


Spans = Mapping[tuple[str, str], tuple[Span, Span]]
"""By detail and span id: a span before and after redaction."""


class Cleaner:
    """Redacts stored texts, and counts by rule what it has replaced since `counts` was emptied."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self.counts: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """Returns a text without what the rules find. Raises NotCleanedError where it could not be scanned."""
        cleaned = self._redactor.redact_text(text)
        self._count(text, cleaned)
        return cleaned

    @property
    def keeps_files(self) -> bool:
        """Whether files stay as they are, as all content does."""
        return self._redactor.mode == FULL

    def file(self, media_type: str, name: str) -> TextStream:
        """Returns the redaction of a file; what it has found is counted by `note`."""
        return stream_redaction(self._redactor, media_type, name)

    def note(self, receipt: Mapping[str, int]) -> None:
        """Counts what was found in a file. Raises NotCleanedError where a part of it could not be scanned."""
        if receipt.get(UNSCANNED):
            raise NotCleanedError("it is too large to be scanned whole")
        self.counts.update(receipt)

    def details(self, pk: str, sk: str, payload: bytes) -> tuple[bytes, Spans]:
        """Returns a detail's JSON after redaction, the same bytes where nothing was found, and its spans.

        Raises UnreadableItemError and NotCleanedError.
        """
        with Reading(pk, sk) as reading:
            chunk = codec.loaded_chunk(payload, reading)
            _check_version(reading)
            spans = codec.decode_spans(payload)
            pairs = [(span, self._span(span)) for span in spans]
            name = sk.partition("#")[2]
            found = {(name, before.span_id): (before, after) for before, after in pairs}
            if all(before == after for before, after in pairs):
                return payload, found
            for item, (_, after) in zip(chunk["spans"], pairs, strict=True):
                _write(item, after, chunk)
            _forget_unused(chunk)
            cleaned = codec.dump(chunk)
        self._count(payload.decode(), cleaned.decode())
        return cleaned, found

    def rows(self, pk: str, sk: str, payload: bytes, spans: Spans) -> bytes:
        """Returns a chunk of rows as JSON after redaction, the same bytes where nothing was found.

        A preview is a piece of its span: where half of a secret is in it, only the whole span shows that. Raises as
        `details` does.
        """
        with Reading(pk, sk) as reading:
            chunk = codec.loaded_chunk(payload, reading)
            _check_version(reading)
            rows = decode_rows(payload, sk.partition("#")[2])
            cleaned = [self._row(row, spans.get((row.detail, row.span_id))) for row in rows]
            if cleaned == rows:
                return payload
            for name in ROW_TEXTS:
                values = [getattr(row, name) for row in cleaned]
                if values != [getattr(row, name) for row in rows]:
                    chunk[name] = value_column(values)
            if [row.marks for row in cleaned] != [row.marks for row in rows]:
                chunk["marks"] = [row.marks or None for row in cleaned]
            for stored, row in zip(chunk.get("artifacts") or (), cleaned, strict=False):
                _write_artifact_names(stored, row)
            result = codec.dump(chunk)
        self._count(payload.decode(), result.decode())
        return result

    def _span(self, span: Span) -> Span:
        known = _unscanned(span)
        cleaned = self._redactor.redact(span)
        if _unscanned(cleaned) > known:
            raise NotCleanedError("a span is too large to be scanned whole")
        return replace(
            cleaned,
            scope_name=self._redactor.redact_text(span.scope_name),
            scope_version=self._redactor.redact_text(span.scope_version),
        )

    def _row(self, row: Row, pair: tuple[Span, Span] | None) -> Row:
        before, after = (None, None) if pair is None or pair[0] == pair[1] else map(row_of, pair)
        texts: dict[str, Any] = {}
        for name in ROW_TEXTS:
            stored = getattr(row, name)
            if not stored:
                continue
            if after is not None and stored == getattr(before, name):
                stored = getattr(after, name)
            texts[name] = stored and self._redactor.redact_text(stored)
        artifacts = tuple(
            one._replace(name=self._redactor.redact_text(one.name)) for one in row.artifacts
        )
        if after is not None and REDACTED in after.marks and REDACTED not in row.marks:
            texts["marks"] = (*row.marks, REDACTED)
        return row._replace(artifacts=artifacts, **texts)

    def _count(self, before: str, after: str) -> None:
        if before == after:
            return
        found = Counter(MARKER.findall(after))
        found.subtract(MARKER.findall(before))
        if found[UNSCANNED] > 0:
            raise NotCleanedError("it is too large to be scanned whole")
        self.counts.update(+found)


def _unscanned(span: Span) -> int:
    return repr(span).count(f"[REDACTED:{UNSCANNED}]")


def _check_version(reading: Reading) -> None:
    if reading.is_newer:
        reason = f"written in version {reading.version}"
        raise UnreadableItemError(UnreadableItem(reading.pk, reading.sk, reason, is_newer=True))


def _write(item: dict[str, Any], span: Span, chunk: dict[str, Any]) -> None:
    """Writes the texts of a span into its stored object; what has more members than are known keeps them."""
    scopes: list[Any] = []
    written = codec.span_object(span, 0, scopes, chunk.setdefault("content", {}))
    item["name"], item["status_message"] = written["name"], written["status_message"]
    item["attributes"] = written["attributes"]
    for name in ("events", "links"):
        for known, new in zip(item.get(name) or (), written[name], strict=True):
            if isinstance(known, dict):
                raise NotCleanedError(f"{name} have a form that is not known")
            known[: len(new)] = new
    if item.get("resource") is not None:
        chunk["resources"][item["resource"]] = jsonable(span.resource)
    if item.get("scope") is not None:
        known = chunk["scopes"][item["scope"]]
        known[:3] = scopes[0][: len(known)]


def _forget_unused(chunk: dict[str, Any]) -> None:
    """Takes away contents that no span refers to any more: their texts have been replaced."""
    used = {
        value["$ref"]
        for item in chunk["spans"]
        for value in (item.get("attributes") or {}).values()
        if isinstance(value, dict) and isinstance(value.get("$ref"), str)
    }
    content = chunk.get("content") or {}
    chunk["content"] = {digest: text for digest, text in content.items() if digest in used}


def _write_artifact_names(stored: Any, row: Row) -> None:
    for known, artifact in zip(stored or (), row.artifacts, strict=True):
        if isinstance(known, dict):
            known["name"] = artifact.name
        elif len(known) > ARTIFACT_NAME:
            known[ARTIFACT_NAME] = artifact.name
