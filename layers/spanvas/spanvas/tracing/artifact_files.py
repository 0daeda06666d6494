"""The bytes of files: measured, redacted where they are text, and uploaded."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, TypeVar, cast

from spanvas.model.artifact import Artifact
from spanvas.model.errors import TooLargeError
from spanvas.model.sniffing import HEAD_BYTES
from spanvas.privacy.redact import FULL, Redactor
from spanvas.storage.port import TraceStore

BLOCK: Final = 1024 * 1024
"""Bytes of a copy that are kept in memory; what is more goes to a temporary file."""
T = TypeVar("T")
FileData = bytes | bytearray | memoryview | str | os.PathLike[str] | BinaryIO


StoredFile = tuple[Artifact, Mapping[str, int]]
"""A file as it was stored, and how often each rule of redaction has found something in it."""


class FileStore:
    """Uploads files of up to `max_bytes`. Text is redacted on its way where the redactor's mode says so."""

    def __init__(self, store: TraceStore, redactor: Redactor, max_bytes: int) -> None:
        self._store = store
        self._redactor = redactor
        self._max_bytes = max_bytes

    def put(self, artifact: Artifact, data: FileData) -> StoredFile:
        """Uploads a file. Raises TooLargeError before anything is sent, and whatever the store raises."""
        return opened(data, lambda stream: self._put(artifact, stream))

    def _put(self, artifact: Artifact, stream: BinaryIO) -> StoredFile:
        if not (stream.seekable() and stream.tell() == 0):
            with _temporary_file() as copy:
                self._copy(stream, copy)
                return self._put(artifact, copy)
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if size > self._max_bytes:
            raise self._too_large()
        encoding = None
        if self._redactor.mode != FULL:
            from spanvas.privacy.text_files import text_encoding

            encoding = text_encoding(stream.read(HEAD_BYTES), artifact.media_type, artifact.name)
            stream.seek(0)
        if encoding is None:
            return self._store.put_artifact(artifact, stream), {}
        return self._put_redacted(artifact, stream, encoding)

    def _put_redacted(self, artifact: Artifact, stream: BinaryIO, encoding: str) -> StoredFile:
        from spanvas.privacy.text_files import blocks_of, redacted_blocks, stream_redaction

        redaction = stream_redaction(self._redactor, artifact.media_type, artifact.name)
        with _temporary_file() as copy:
            for block in redacted_blocks(blocks_of(stream), encoding, redaction):
                copy.write(block)
            copy.seek(0)
            stored = self._store.put_artifact(artifact, copy)
        return stored, dict(sorted(redaction.receipt.items()))

    def _copy(self, stream: BinaryIO, copy: BinaryIO) -> None:
        """Copies a stream that cannot be measured from where it stands, up to the limit."""
        while block := stream.read(BLOCK):
            copy.write(block)
            if copy.tell() > self._max_bytes:
                raise self._too_large()
        copy.seek(0)

    def _too_large(self) -> TooLargeError:
        return TooLargeError(
            "data", f"more than {self._max_bytes} bytes (SPANVAS_MAX_ARTIFACT_BYTES)"
        )


def _temporary_file() -> BinaryIO:
    from tempfile import SpooledTemporaryFile

    return cast("BinaryIO", SpooledTemporaryFile(BLOCK))


class Measured(NamedTuple):
    """What is known of a file that is not kept: its size in bytes, None where that cannot be told, and its first
    bytes."""

    size: int | None = None
    head: bytes = b""


def measured(data: FileData) -> Measured:
    """Returns the size and the first bytes of a file. A stream stays where it stands; nothing is read of one that
    cannot be set back."""
    return opened(data, _measured)


def _measured(stream: BinaryIO) -> Measured:
    if not stream.seekable():
        return Measured()
    before = stream.tell()
    head = stream.read(HEAD_BYTES)
    size = stream.seek(0, io.SEEK_END) - before
    stream.seek(before)
    return Measured(size, head)


def opened(data: FileData, use: Callable[[BinaryIO], T]) -> T:
    """Calls `use` with a file as a stream: bytes, the path of a file, or a stream that is open."""
    if isinstance(data, (str, os.PathLike)):
        with Path(data).open("rb") as stream:
            return use(stream)
    if isinstance(data, (bytes, bytearray, memoryview)):
        return use(io.BytesIO(data))
    return use(data)
