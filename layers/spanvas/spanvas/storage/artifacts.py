"""Artifacts: bytes in the bucket, what they are in the table, and links that serve them for a short while."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import quote

from spanvas.model.artifact import Artifact
from spanvas.model.errors import StoreUnavailableError, UnreadableItem
from spanvas.model.sniffing import HEAD_BYTES, checked_media_type
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.decoding import Report, attempted
from spanvas.storage.item_reading import artifact_of, unexpired
from spanvas.storage.pages import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

BLOCK: Final = 1024 * 1024


class ArtifactItems:
    """Stores, lists, reads and signs artifacts. `s3` makes the client when it is first needed.

    Raises StoreUnavailableError.
    """

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        s3: Callable[[], S3Client],
        bucket: str,
        retention_days: int,
        clock: Callable[[], int],
        report: Report,
    ) -> None:
        self._report = report
        self._dynamodb = dynamodb
        self._table = table
        self._s3 = s3
        self._bucket = bucket
        self._retention_seconds = retention_days * DAY_SECONDS
        self._clock = clock

    def put(self, artifact: Artifact, body: bytes | BinaryIO) -> Artifact:
        """Uploads the object, then writes the item that makes it visible. S3 checks the sha256 that is sent."""
        with measured(body) as (stream, sha256, size, head):
            artifact = replace(
                artifact,
                media_type=checked_media_type(artifact.media_type, head, artifact.name),
                bytes=size,
                sha256=sha256.hex(),
                key=object_key(artifact),
            )
            with translate_errors("writing an artifact"):
                answer = self._s3().put_object(
                    Bucket=self._bucket,
                    Key=artifact.key,
                    Body=stream,
                    ContentType=artifact.media_type,
                    ContentDisposition="attachment",
                    ChecksumSHA256=b64encode(sha256).decode(),
                )
        artifact = replace(artifact, version=answer.get("VersionId", ""))
        self._keep(artifact)
        return artifact

    def refer(self, artifact: Artifact) -> Artifact:
        """Writes the item of an object that stays in its bucket, with what its first bytes and headers say now."""
        looked_at = seen_object(artifact, self._start_of(artifact))
        self._keep(looked_at)
        return looked_at

    def _keep(self, artifact: Artifact) -> None:
        expires_at = self._clock() // NANO + self._retention_seconds
        with translate_errors("listing an artifact with its execution"):
            self._dynamodb.put_item(
                TableName=self._table, Item=items.artifact_item(artifact, expires_at)
            )

    def _start_of(self, artifact: Artifact) -> Mapping[str, Any]:
        """Returns GetObject's response for an object's first bytes; HeadObject would need the same permission."""
        wanted: dict[str, Any] = {"Bucket": artifact.bucket, "Key": artifact.key}
        if artifact.version:
            wanted["VersionId"] = artifact.version
        try:
            with translate_errors("looking at an object"):
                part = f"bytes=0-{HEAD_BYTES - 1}"
                return dict(self._s3().get_object(**wanted, Range=part))
        except StoreUnavailableError as error:
            if error.code != "InvalidRange":
                raise
        with translate_errors("looking at an empty object"):
            return dict(self._s3().get_object(**wanted))

    def list(self, tenant: str, execution_id: str) -> Page[Artifact]:
        """Returns all unexpired artifacts of an execution on one page, the oldest first."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :artifact)",
            "ExpressionAttributeValues": {
                ":pk": items.s(items.partition(tenant, execution_id)),
                ":artifact": items.s(items.ARTIFACT),
            },
        }
        found: list[Artifact | UnreadableItem] = []
        while True:
            with translate_errors("listing artifacts"):
                answer = self._dynamodb.query(**request)
            now = self._clock()
            found += [
                artifact
                for item in answer["Items"]
                if (artifact := attempted(unexpired, item, now, artifact_of))
            ]
            if "LastEvaluatedKey" not in answer:
                return oldest_first(found, self._report)
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def read(self, tenant: str, execution_id: str, artifact_id: str) -> Artifact | None:
        """Returns one artifact; None where there is none or it has expired. Raises UnreadableItemError."""
        with translate_errors("reading an artifact"):
            answer = self._dynamodb.get_item(
                TableName=self._table,
                Key=items.key(tenant, execution_id, items.ARTIFACT + artifact_id),
            )
        item = answer.get("Item")
        return None if item is None else unexpired(item, self._clock(), artifact_of)

    def sign(self, artifact: Artifact, disposition: str, expires_seconds: int) -> str:
        """Returns a presigned URL.

        Type, disposition and caching are part of the signature; the name is encoded (RFC 6266).
        """
        parameters: dict[str, Any] = {
            "Bucket": artifact.bucket or self._bucket,
            "Key": artifact.key,
            "ResponseContentType": artifact.media_type,
            "ResponseContentDisposition": f"{disposition}; filename*=UTF-8''{encoded_name(artifact.name)}",
            "ResponseCacheControl": "private, no-store",
        }
        if artifact.version:
            parameters["VersionId"] = artifact.version
        with translate_errors("signing a link"):
            return self._s3().generate_presigned_url(
                "get_object", Params=parameters, ExpiresIn=expires_seconds
            )


def oldest_first(entries: Iterable[Artifact | UnreadableItem], report: Report) -> Page[Artifact]:
    """Returns a page of artifacts by time and id; what could not be decoded is reported and counted."""
    page = Page.of(entries, None, report)
    page.items.sort(key=lambda artifact: (artifact.created_at_unix_nano, artifact.artifact_id))
    return page


def object_key(artifact: Artifact) -> str:
    """Returns the object's key, made of ids alone: the name is for people, and may be anything."""
    return f"artifacts/{artifact.tenant}/{artifact.execution_id}/{artifact.artifact_id}"


def encoded_name(name: str) -> str:
    """Returns a file name percent-encoded as UTF-8, as `filename*` has it (RFC 5987)."""
    return quote(name.encode("utf-8", "replace"), safe="")


def seen_object(artifact: Artifact, answer: Mapping[str, Any]) -> Artifact:
    """Returns the artifact with what GetObject has returned for its first bytes.

    Without a type of its own, it has the object's.
    """
    head = answer["Body"].read()
    _, _, total = answer.get("ContentRange", "").rpartition("/")
    return replace(
        artifact,
        media_type=checked_media_type(
            artifact.media_type or answer.get("ContentType", ""), head, artifact.name
        ),
        bytes=int(total) if total.isdigit() else len(head),
        version=artifact.version or answer.get("VersionId", ""),
        etag=answer.get("ETag", "").strip('"'),
    )


@contextmanager
def measured(body: bytes | BinaryIO) -> Iterator[tuple[bytes | BinaryIO, bytes, int, bytes]]:
    """Returns the body with its sha256, its size in bytes and its first bytes.

    A stream that cannot seek is copied to a temporary file once it is longer than 1 MiB.
    """
    if isinstance(body, bytes):
        yield body, hashlib.sha256(body).digest(), len(body), body[:HEAD_BYTES]
        return
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(BLOCK) as copy:
        digest = hashlib.sha256()
        size = 0
        head = b""
        while block := body.read(BLOCK):
            digest.update(block)
            size += len(block)
            head = head or block[:HEAD_BYTES]
            if not body.seekable():
                copy.write(block)
        stream: Any = body if body.seekable() else copy
        stream.seek(0)
        yield stream, digest.digest(), size, head
