"""PutObject and GetObject straight over HTTP; the rest of S3 is botocore's, whose client is made when that is asked."""

from __future__ import annotations

import io
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from functools import cached_property
from hashlib import sha256
from typing import Any, BinaryIO, Final
from urllib.parse import quote, urlsplit

from spanvas.storage.direct.connections import Endpoint, Request
from spanvas.storage.direct.exchange import Answer
from spanvas.storage.direct.failures import CallError, is_passing
from spanvas.storage.direct.place import Place
from spanvas.storage.direct.signature import Signer

SECONDS: Final = 5.0
BYTES_PER_SECOND: Final = 2_000_000
"""What an upload's time allows for, on top of `SECONDS`."""
BLOCK: Final = 256 * 1024
EMPTY: Final = sha256(b"").hexdigest()
FOUND: Final = {
    "content-range": "ContentRange",
    "content-type": "ContentType",
    "etag": "ETag",
    "x-amz-version-id": "VersionId",
}
"""Headers of GetObject's answer that are given on, by the names that boto3 has for them."""


class DirectS3:
    """`put_object` and `get_object` as boto3's client has them, for the parameters that the store uses. Raises
    CallError."""

    def __init__(self, place: Place, make_client: Callable[[], Any]) -> None:
        self._place = place
        self._make_client = make_client
        self._endpoints: dict[str, Endpoint] = {}
        self._signer = Signer(place.credentials, place.region, "s3")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    @cached_property
    def _client(self) -> Any:
        return self._make_client()

    def close(self) -> None:
        for endpoint in self._endpoints.values():
            endpoint.close()

    def put_object(
        self,
        *,
        Bucket: str,
        Key: str,
        Body: bytes | BinaryIO,
        ContentType: str,
        ContentDisposition: str = "",
        ChecksumSHA256: str = "",
    ) -> dict[str, Any]:
        """A stream has to be seekable, and is sent from where it stands. Without a checksum it is read twice."""
        stream = io.BytesIO(Body) if isinstance(Body, bytes) else Body
        start = stream.tell()
        size = stream.seek(0, io.SEEK_END) - start
        digest = b64decode(ChecksumSHA256) if ChecksumSHA256 else digest_of(stream, start)
        endpoint, path = self._target(Bucket, quote(Key, safe="/~"))
        headers = {
            "host": endpoint.host,
            "content-type": ContentType,
            "x-amz-content-sha256": digest.hex(),
            "x-amz-checksum-sha256": b64encode(digest).decode(),
        }
        if ContentDisposition:
            headers["content-disposition"] = ContentDisposition

        def blocks() -> Iterable[bytes]:
            stream.seek(start)
            yield stream.read(BLOCK)
            while block := stream.read(BLOCK):
                yield block

        def sign() -> Request:
            signed = self._signer.signed("PUT", path, headers, digest.hex(), time.time())
            return Request("PUT", path, signed, blocks, size)

        try:
            answer = endpoint.send(sign, SECONDS + size / BYTES_PER_SECOND, _is_retried)
        except OSError as error:
            raise CallError(type(error).__name__, is_answer=False) from error
        if answer.status != 200:
            raise CallError(code_of(answer))
        return {"VersionId": answer.headers.get("x-amz-version-id", "")}

    def get_object(
        self, *, Bucket: str, Key: str, Range: str = "", VersionId: str = ""
    ) -> dict[str, Any]:
        """The body is in memory: what the store reads is small, or a part."""
        endpoint, path = self._target(Bucket, quote(Key, safe="/~"))
        query = f"versionId={quote(VersionId, safe='~')}" if VersionId else ""
        headers = {"host": endpoint.host, "x-amz-content-sha256": EMPTY}
        if Range:
            headers["range"] = Range

        def sign() -> Request:
            signed = self._signer.signed("GET", path, headers, EMPTY, time.time(), query)
            return Request("GET", f"{path}?{query}" if query else path, signed, lambda: (b"",), 0)

        try:
            answer = endpoint.send(sign, SECONDS, _is_retried)
        except OSError as error:
            raise CallError(type(error).__name__, is_answer=False) from error
        if answer.status not in {200, 206}:
            raise CallError(code_of(answer))
        found = {
            name: answer.headers[header]
            for header, name in FOUND.items()
            if header in answer.headers
        }
        return {"Body": io.BytesIO(answer.body), **found}

    def _target(self, bucket: str, key: str) -> tuple[Endpoint, str]:
        """Virtual-hosted on AWS; by path at an endpoint that was given, and for names that TLS cannot check."""
        given = self._place.endpoints.get("s3")
        regional = f"s3.{self._place.region}.{self._place.suffix}"
        if given:
            base = urlsplit(given).path.rstrip("/")
            return self._endpoint(given), f"{base}/{bucket}/{key}"
        if "." in bucket:
            return self._endpoint(f"https://{regional}"), f"/{bucket}/{key}"
        return self._endpoint(f"https://{bucket}.{regional}"), f"/{key}"

    def _endpoint(self, url: str) -> Endpoint:
        known = self._endpoints.get(url)
        if known is None:
            known = self._endpoints[url] = Endpoint(url)
        return known


def digest_of(stream: BinaryIO, start: int) -> bytes:
    digest = sha256()
    stream.seek(start)
    while block := stream.read(BLOCK):
        digest.update(block)
    return digest.digest()


def code_of(answer: Answer) -> str:
    """Error code of an answer in XML; the status where there is none."""
    _, opened, rest = answer.body.decode("utf-8", "replace").partition("<Code>")
    code, closed, _ = rest.partition("</Code>")
    return code if opened and closed else f"HTTP {answer.status}"


def _is_retried(answer: Answer) -> bool:
    return answer.status >= 500 or is_passing(code_of(answer))
