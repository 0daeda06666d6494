"""The re-scan of objects: files of executions, and large details. Old versions go when the new one is in its place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, NamedTuple

from spanvas.model.artifact import DEFAULT_MEDIA_TYPE, Artifact
from spanvas.model.sniffing import HEAD_BYTES
from spanvas.privacy.text_files import blocks_of, redacted_blocks, text_encoding
from spanvas.storage import items
from spanvas.storage.item_reading import artifact_of
from spanvas_api.rescan.cleaning import Cleaner, NotCleanedError
from spanvas_api.rescan.store import Item, RescanStore

IN_MEMORY: Final = 8_000_000
ZSTD: Final = "application/zstd"
TEXTS: Final = frozenset({"application/json", "image/svg+xml", DEFAULT_MEDIA_TYPE})
"""Media types besides `text/…` that may be texts. A file of no known type is one if its bytes are."""


class Rescanned(NamedTuple):
    """What became of a file: attributes of its item that change, why it was left alone or "", and what is to be done
    when the item is written."""

    attributes: dict[str, Any]
    is_rewritten: bool
    why: str
    finish: Callable[[], None]
    undo: Callable[[], None]
    """What is to be done instead where the item is not there any more."""


class ArtifactRescan:
    """Redacts files that are texts. Raises StoreUnavailableError and NotCleanedError."""

    def __init__(self, store: RescanStore) -> None:
        self._store = store

    def rescan(self, item: Item, cleaner: Cleaner, *, is_dry: bool) -> Rescanned:
        """Redacts the name of a file and what is in it, without writing the item."""
        artifact = artifact_of(item)
        changed: dict[str, Any] = {}
        if (name := cleaner.text(artifact.name)) != artifact.name:
            changed["name"] = items.s(name)
        why = ""
        if artifact.bucket:
            why = "its file is in a bucket of others"
        elif not may_be_text(artifact.media_type):
            why = f"its file is no text but {artifact.media_type}"
        if why or cleaner.keeps_files:
            return Rescanned(changed, False, why, _nothing, _nothing)
        with SpooledTemporaryFile(IN_MEMORY) as copy:
            try:
                is_changed, digest = self._redacted(artifact, cleaner, copy)
            except NotCleanedError as error:
                return Rescanned(changed, False, f"its file: {error}", _nothing, _nothing)
            if not is_changed or is_dry:
                kept = artifact.version
                finish = (lambda: self.delete_older(artifact.key, kept)) if kept else _nothing
                return Rescanned(changed, is_changed, "", finish, _nothing)
            changed |= {"bytes": items.n(copy.tell()), "sha256": items.s(digest)}
            copy.seek(0)
            stored: Any = copy
            version = self._store.replace_object(artifact.key, stored, artifact.media_type)
        changed["s3_version"] = items.s(version)
        changed = {name: value for name, value in changed.items() if value != item.get(name)}
        return Rescanned(
            changed,
            True,
            "",
            lambda: self.delete_others(artifact.key, version),
            lambda: self._store.delete_versions(artifact.key, [version] if version else []),
        )

    def _redacted(
        self, artifact: Artifact, cleaner: Cleaner, copy: SpooledTemporaryFile[bytes]
    ) -> tuple[bool, str]:
        """Writes a file as it is after redaction. Returns whether that changes it, and its SHA-256."""
        body: IO[bytes] = self._store.read_object(artifact.key, artifact.version)
        head = body.read(HEAD_BYTES)
        encoding = text_encoding(head, artifact.media_type, artifact.name)
        if encoding is None:
            raise NotCleanedError("it is no text")
        digest, redaction = hashlib.sha256(), cleaner.file(artifact.media_type, artifact.name)
        for data in redacted_blocks(chain((head,), blocks_of(body)), encoding, redaction):
            digest.update(data)
            copy.write(data)
        cleaner.note(redaction.receipt)
        return bool(redaction.receipt), digest.hexdigest()

    def replace_detail(self, item: Item, data: bytes) -> None:
        """Stores another version of a large detail, and deletes the older ones.

        Where the detail was deleted meanwhile, the new version is deleted, too.
        """
        key = item["s3_key"]["S"]
        with SpooledTemporaryFile(IN_MEMORY) as copy:
            copy.write(data)
            copy.seek(0)
            stored: Any = copy
            version = self._store.replace_object(key, stored, ZSTD)
        if not self._store.replace(item, {"s3_key": item["s3_key"]}):
            self._store.delete_versions(key, self._store.versions(key))
            raise NotCleanedError("it was deleted meanwhile")
        self.delete_others(key, version)

    def delete_others(self, key: str, kept: str) -> None:
        """Deletes every version of an object but one."""
        # Without versions there is but the one that has been replaced.
        others = [version for version in self._store.versions(key) if kept and version != kept]
        self._store.delete_versions(key, others)

    def delete_older(self, key: str, kept: str) -> None:
        """Deletes the versions of an object that are older than one; than the newest, where none is named."""
        versions = self._store.versions(key)
        place = versions.index(kept) if kept in versions else 0 if not kept else len(versions)
        self._store.delete_versions(key, versions[place + 1 :])


def may_be_text(media_type: str) -> bool:
    """Returns whether files of this type are read to see whether they are texts."""
    return media_type.startswith("text/") or media_type in TEXTS


def _nothing() -> None:
    """There is nothing to be done."""
