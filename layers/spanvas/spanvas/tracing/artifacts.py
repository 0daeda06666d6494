"""Files that a span produced: measured, stored, and named on the span.

What says how a file is described is imported where it is used: most functions attach none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.sdk.trace import Span as SdkSpan

from spanvas import attributes as names
from spanvas.privacy.redact import NONE, Redactor
from spanvas.settings import Settings
from spanvas.storage.port import TraceStore
from spanvas.tracing.context import recorded_span
from spanvas.tracing.health import guarded
from spanvas.tracing.spans import SpanRecorder

if TYPE_CHECKING:
    from spanvas.model.artifact import Artifact
    from spanvas.tracing.artifact_handle import ArtifactHandle

MAX_NAME: Final = 255
NOTHING: Final[Mapping[str, int]] = {}


class ArtifactRecorder:
    """Stores files of the span that is open. Guarded: returns None instead of raising."""

    def __init__(
        self,
        spans: SpanRecorder,
        store: TraceStore | None,
        settings: Settings,
        redactor: Redactor,
        unobserved: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.problems = spans.problems
        self._spans = spans
        self._store = store
        self._settings = settings
        self._redactor = redactor
        self._unobserved = unobserved

    @guarded()
    def attach(
        self, name: str, data: Any, media_type: str = "", *, s3: str = "", version: str = ""
    ) -> ArtifactHandle | None:
        """Stores the file and names it on the span. Returns None where it could not be stored, or no content is kept,
        which the span says."""
        scope = self._spans.scope("attach_artifact")
        span = recorded_span(scope)
        if scope is None or span is None or self._store is None:
            return None
        if self._redactor.mode == NONE:
            self._withhold(span, str(name), data, media_type, is_in_s3=bool(s3))
            return None
        described = describe(
            self._redactor.redact_text(str(name)),
            media_type,
            f"{span.get_span_context().span_id:016x}",
            scope.node_id,
            tenant=scope.run.tenant,
            execution_id=scope.run.execution_id,
            created_at_unix_nano=self._spans.now(),
        )
        settings = self._settings
        try:
            with self._unobserved():
                if s3:
                    stored = refer_to_artifact(
                        self._store, described, s3, version, settings.artifact_buckets
                    )
                    receipt: Mapping[str, int] = {}
                else:
                    from spanvas.tracing.artifact_files import FileStore

                    files = FileStore(self._store, self._redactor, settings.max_artifact_bytes)
                    stored, receipt = files.put(described, data)
        except Exception as error:  # noqa: BLE001 - the span says so, the execution goes on
            mark_failed(span, described.name, error)
            self.problems.say_once("artifacts.failed", "an artifact was not stored: %s", error)
            return None
        mark_stored(span, stored, media_type, receipt)
        from spanvas.tracing.artifact_handle import ArtifactHandle

        return ArtifactHandle(
            stored.artifact_id, stored.name, stored.media_type, stored.bytes, stored.sha256
        )

    def _withhold(
        self, span: SdkSpan, name: str, data: Any, media_type: str, is_in_s3: bool
    ) -> None:
        """Writes on the span that there is a file, of which nothing is stored."""
        from spanvas.model.sniffing import checked_media_type
        from spanvas.tracing.artifact_files import Measured, measured

        file = Measured()
        if not is_in_s3:
            try:
                file = measured(data)
            except Exception as error:  # noqa: BLE001 - the span says so, the execution goes on
                mark_failed(span, name, error)
        mark_withheld(span, checked_media_type(media_type, file.head, name), file.size)


def new_artifact_id() -> str:
    """Returns a random id."""
    return f"art_{os.urandom(10).hex()}"


def refer_to_artifact(
    store: TraceStore, artifact: Artifact, uri: str, version: str, buckets: Collection[str]
) -> Artifact:
    """Lists a file that is in S3 already. Raises InvalidInputError, and whatever the store raises."""
    from spanvas.model.errors import InvalidInputError

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket or not key:
        raise InvalidInputError("s3", "expected s3://bucket/key")
    if bucket not in buckets:
        raise InvalidInputError("s3", f"bucket {bucket} is not among SPANVAS_ARTIFACT_BUCKETS")
    return store.refer_to_artifact(replace(artifact, bucket=bucket, key=key, version=version))


def describe(
    name: str, media_type: str, span_id: str, node_id: str | None, **execution: Any
) -> Artifact:
    """Returns the artifact before it is stored.

    A name may be any text: control characters and what is too long are cut.
    """
    from spanvas.model.artifact import Artifact

    shown = "".join(character for character in name if character.isprintable())[:MAX_NAME]
    return Artifact(
        artifact_id=new_artifact_id(),
        span_id=span_id,
        node_id=node_id,
        name=shown or "artifact",
        media_type=media_type,
        bytes=0,
        sha256="",
        **execution,
    )


def mark_stored(
    span: SdkSpan, artifact: Artifact, asked_for: str = "", receipt: Mapping[str, int] = NOTHING
) -> None:
    """Adds the file to the list of the span that produced it, and an event with its digest, or with where it was
    before.

    A media type that was asked for and refused is named there, and what was redacted from the file, which counts as
    redacted from the span.
    """
    from spanvas.model.artifact import essence_of
    from spanvas.model.sniffing import UNSAID

    listed = json.loads(str((span.attributes or {}).get(names.ARTIFACTS) or "[]"))
    listed.append(
        {
            "id": artifact.artifact_id,
            "name": artifact.name,
            "media_type": artifact.media_type,
            "bytes": artifact.bytes,
        }
    )
    span.set_attribute(names.ARTIFACTS, json.dumps(listed, ensure_ascii=False))
    said: dict[str, str | int] = {
        names.ARTIFACT_ID: artifact.artifact_id,
        names.ARTIFACT_NAME: artifact.name,
        names.ARTIFACT_MEDIA_TYPE: artifact.media_type,
        names.ARTIFACT_BYTES: artifact.bytes,
    }
    if artifact.bucket:
        said[names.ARTIFACT_SOURCE] = f"s3://{artifact.bucket}/{artifact.key}"
        said[names.ARTIFACT_VERSION] = artifact.version
        said[names.ARTIFACT_ETAG] = artifact.etag
    else:
        said[names.ARTIFACT_SHA256] = artifact.sha256
    if essence_of(asked_for) not in UNSAID | {artifact.media_type}:
        said[names.ARTIFACT_REFUSED_MEDIA_TYPE] = asked_for[:MAX_NAME]
    if receipt:
        said[names.ARTIFACT_REDACTION] = json.dumps(dict(receipt))
        total = json.loads(str((span.attributes or {}).get(names.REDACTION) or "{}"))
        for rule, count in receipt.items():
            total[rule] = total.get(rule, 0) + count
        span.set_attribute(names.REDACTION, json.dumps(total))
    span.add_event(names.ARTIFACT_EVENT, said)


def mark_withheld(span: SdkSpan, media_type: str, size: int | None) -> None:
    """Counts on the span a file that was not stored since no content is kept, and adds an event with its type and its
    size in bytes, where that is known."""
    before = (span.attributes or {}).get(names.ARTIFACTS_WITHHELD, 0)
    span.set_attribute(names.ARTIFACTS_WITHHELD, (before if isinstance(before, int) else 0) + 1)
    said: dict[str, str | int | bool] = {
        names.ARTIFACT_MEDIA_TYPE: media_type,
        names.ARTIFACT_WITHHELD: True,
    }
    if size is not None:
        said[names.ARTIFACT_BYTES] = size
    span.add_event(names.ARTIFACT_EVENT, said)


def mark_failed(span: SdkSpan, name: str, error: BaseException) -> None:
    """Writes on the span that produced the file what is missing and why."""
    reason = f"{type(error).__name__}: {error}"
    span.set_attribute(names.ARTIFACT_ERROR, f"{name}: {reason}"[:1_000])
    span.add_event(
        names.ARTIFACT_EVENT, {names.ARTIFACT_NAME: name, names.ERROR_TYPE: type(error).__name__}
    )
