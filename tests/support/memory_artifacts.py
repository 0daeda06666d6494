"""The part of the fake store that keeps artifacts and accesses; as `artifacts` and `accesses`."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import urlencode

from spanvas.model.access import Access
from spanvas.model.artifact import Artifact
from spanvas.model.errors import StoreUnavailableError, UnreadableItem
from spanvas.model.sniffing import HEAD_BYTES, checked_media_type
from spanvas.model.units import NANO
from spanvas.storage import items
from spanvas.storage.accesses import (
    access_item,
    page_of_accesses,
    position_of_access,
)
from spanvas.storage.artifacts import (
    encoded_name,
    measured,
    object_key,
    oldest_first,
    seen_object,
)
from spanvas.storage.decoding import attempted
from spanvas.storage.item_reading import artifact_of
from spanvas.storage.pages import Page

Key = tuple[str, str]


class MemoryArtifacts:
    _clock: Callable[[], int]
    _audit_retention_seconds: int

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.objects: dict[tuple[str, str], tuple[bytes, str]] = {}
        """What there is in other buckets, by bucket and key: bytes and content type."""
        self._artifacts: dict[Key, dict[str, Artifact]] = {}
        self._accesses: dict[Key, list[items.Item]] = {}
        self._formers: dict[Key, list[str]] = {}
        """Of ids: those whose executions have moved there."""

    def put_artifact(self, artifact: Artifact, body: bytes | BinaryIO) -> Artifact:
        self._check()
        with measured(body) as (stream, sha256, size, head):
            stored = replace(
                artifact,
                media_type=checked_media_type(artifact.media_type, head, artifact.name),
                bytes=size,
                sha256=sha256.hex(),
                key=object_key(artifact),
                version="1",
            )
            content = stream if isinstance(stream, bytes) else stream.read()
            self.bodies[stored.key] = content
        self._keep(stored)
        return stored

    def refer_to_artifact(self, artifact: Artifact) -> Artifact:
        """Of what is in `objects`, by bucket and key: bytes and type."""
        self._check()
        found = self.objects.get((artifact.bucket, artifact.key))
        if found is None:
            raise StoreUnavailableError("the store failed looking at an object: NoSuchKey")
        body, content_type = found
        answer = {
            "Body": io.BytesIO(body[:HEAD_BYTES]),
            "ContentRange": f"bytes 0-{HEAD_BYTES - 1}/{len(body)}",
            "ContentType": content_type,
            "ETag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"',
            "VersionId": "1",
        }
        stored = seen_object(artifact, answer)
        self._keep(stored)
        return stored

    def _keep(self, artifact: Artifact) -> None:
        owner = (artifact.tenant, artifact.execution_id)
        self._artifacts.setdefault(owner, {})[artifact.artifact_id] = artifact

    def list_artifacts(self, tenant: str, execution_id: str) -> Page[Artifact]:
        self._check()
        found = self._artifacts.get((tenant, execution_id), {}).values()
        return oldest_first([attempted(self._kept_artifact, kept) for kept in found], self._report)

    def _kept_artifact(self, artifact: Artifact) -> Artifact:
        return artifact_of(self._overlaid(items.artifact_item(artifact, 0)))

    def read_artifact(self, tenant: str, execution_id: str, artifact_id: str) -> Artifact | None:
        self._check()
        artifact = self._artifacts.get((tenant, execution_id), {}).get(artifact_id)
        return None if artifact is None else self._kept_artifact(artifact)

    def sign_artifact_url(self, artifact: Artifact, disposition: str, expires_seconds: int) -> str:
        query = urlencode(
            {
                "response-content-type": artifact.media_type,
                "response-content-disposition": (
                    f"{disposition}; filename*=UTF-8''{encoded_name(artifact.name)}"
                ),
                "X-Amz-Expires": expires_seconds,
            }
        )
        return f"memory://{artifact.bucket}/{artifact.key}?{query}"

    def record_access(self, access: Access) -> None:
        self._check()
        expires_at = self._clock() // NANO + self._audit_retention_seconds
        kept = self._accesses.setdefault((access.tenant, access.execution_id), [])
        item = access_item(access, expires_at)
        if all(item["sk"] != other["sk"] for other in kept):
            kept.append(item)

    def list_accesses(
        self,
        tenant: str,
        execution_id: str,
        *,
        limit: int = 100,
        after: str | None = None,
        span_id: str | None = None,
    ) -> Page[Access]:
        self._check()
        ids = (execution_id, *self._formers.get((tenant, execution_id), []))
        found = sorted(
            (
                self._overlaid(item)
                for one in ids
                for item in self._accesses.get((tenant, one), [])
                if after is None or position_of_access(item) < after
            ),
            key=lambda item: (position_of_access(item), item["sk"]["S"]),
            reverse=True,
        )
        return page_of_accesses(found, limit, self._clock(), self._report, span_id)

    def _overlaid(self, item: items.Item) -> items.Item:
        raise NotImplementedError  # pragma: no cover - the store's own

    def _report(self, item: UnreadableItem) -> None:
        raise NotImplementedError  # pragma: no cover - the store's own

    def _check(self) -> None:
        raise NotImplementedError  # pragma: no cover - the store's own
