"""PutObject and GetObject straight over HTTP; the rest of S3 is botocore's, whose client is made when that is asked."""

from __future__ import annotations

import io
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any, BinaryIO, Final, NamedTuple
from urllib.parse import quote, urlsplit

from spanvas.http.connections import Body, Endpoint, HttpRequest
from spanvas.http.credentials import AwsEndpoint
from spanvas.http.exchange import HttpResponse
from spanvas.http.failures import CallError, is_passing
from spanvas.http.signature import Signer

SECONDS: Final = 5.0
BYTES_PER_SECOND: Final = 2_000_000
"""What an upload's time allows for, on top of `SECONDS`."""
BLOCK: Final = 256 * 1024
EMPTY: Final = sha256(b"").hexdigest()
REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}")
ELSEWHERE: Final = frozenset({301, 307, 400})
"""Statuses of an answer that names the region of the bucket (S3 API reference, "Error responses": PermanentRedirect,
TemporaryRedirect, AuthorizationHeaderMalformed)."""
FOUND: Final = {
    "content-range": "ContentRange",
    "content-type": "ContentType",
    "etag": "ETag",
    "x-amz-version-id": "VersionId",
}
"""Headers of GetObject's answer that are given on, by the names that boto3 has for them."""


class _Call(NamedTuple):
    """A request to S3 without its bucket and key. `digest`: the SHA-256 of the body, in hex."""

    method: str
    headers: Mapping[str, str]
    digest: str = EMPTY
    body: Body = lambda: (b"",)
    size: int = 0
    query: str = ""


class DirectS3:
    """A client of S3: `put_object` and `get_object` are ours, everything else is boto3's client.

    Both take the parameters that the store uses, and raise CallError.
    """

    def __init__(self, aws: AwsEndpoint, make_client: Callable[[], Any]) -> None:
        self._aws = aws
        self._make_client = make_client
        self._endpoints: dict[str, Endpoint] = {}
        self._signers: dict[str, Signer] = {}
        self._regions: dict[str, str] = {}
        """Of buckets that have turned out to be in another region than the function."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    @cached_property
    def _client(self) -> Any:
        return self._make_client()

    def close(self) -> None:
        """Closes the open connections of every bucket."""
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
        """Uploads an object. A stream is sent from its position and has to be seekable; without a checksum it is read
        twice."""
        stream = io.BytesIO(Body) if isinstance(Body, bytes) else Body
        start = stream.tell()
        size = stream.seek(0, io.SEEK_END) - start
        digest = b64decode(ChecksumSHA256) if ChecksumSHA256 else digest_of(stream, start)
        headers = {
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

        seconds = SECONDS + size / BYTES_PER_SECOND
        call = _Call("PUT", headers, digest.hex(), blocks, size)
        answer = self._answer(Bucket, Key, call, seconds)
        if answer.status != 200:
            raise CallError(code_of(answer))
        return {"VersionId": answer.headers.get("x-amz-version-id", "")}

    def get_object(
        self, *, Bucket: str, Key: str, Range: str = "", VersionId: str = ""
    ) -> dict[str, Any]:
        """Returns an object with its body in memory: what the store reads is small, or a range."""
        query = f"versionId={quote(VersionId, safe='~')}" if VersionId else ""
        headers = {"x-amz-content-sha256": EMPTY}
        if Range:
            headers["range"] = Range
        answer = self._answer(Bucket, Key, _Call("GET", headers, query=query), SECONDS)
        if answer.status not in {200, 206}:
            raise CallError(code_of(answer))
        found = {
            name: answer.headers[header]
            for header, name in FOUND.items()
            if header in answer.headers
        }
        return {"Body": io.BytesIO(answer.body), **found}

    def _answer(self, bucket: str, key: str, call: _Call, seconds: float) -> HttpResponse:
        """S3's answer; asked again, once, where S3 says that the bucket is in another region. Raises CallError."""
        region = self._regions.get(bucket, self._aws.region)
        try:
            answer = self._sent(bucket, key, region, call, seconds)
            other = region_of(answer)
            if other and other != region:
                answer = self._sent(bucket, key, other, call, seconds)
                self._regions[bucket] = other
        except OSError as error:
            raise CallError(type(error).__name__, is_answer=False) from error
        return answer

    def _sent(
        self, bucket: str, key: str, region: str, call: _Call, seconds: float
    ) -> HttpResponse:
        endpoint, path = self._target(bucket, quote(key, safe="/~"), region)
        headers = {"host": endpoint.host, **call.headers}
        signer = self._signers.setdefault(region, Signer(self._aws.credentials, region, "s3"))

        def sign() -> HttpRequest:
            signed = signer.signed(call.method, path, headers, call.digest, time.time(), call.query)
            target = f"{path}?{call.query}" if call.query else path
            return HttpRequest(call.method, target, signed, call.body, call.size)

        return endpoint.send(sign, seconds, _is_retried)

    def _target(self, bucket: str, key: str, region: str) -> tuple[Endpoint, str]:
        """Virtual-hosted on AWS; by path at an endpoint that was given, and for names that TLS cannot check."""
        given = self._aws.endpoints.get("s3")
        regional = f"s3.{region}.{self._aws.suffix}"
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
    """Returns the SHA-256 of a stream from a position on."""
    digest = sha256()
    stream.seek(start)
    while block := stream.read(BLOCK):
        digest.update(block)
    return digest.digest()


def code_of(answer: HttpResponse) -> str:
    """Returns the error code of a response in XML, or the status where there is none."""
    return _element(answer, "Code") or f"HTTP {answer.status}"


def region_of(answer: HttpResponse) -> str:
    """Returns the bucket's region, where a response says that the request went to another one; else an empty text.

    What is no name of a region is ignored: the next request is signed, and must not go to another host.
    """
    if answer.status not in ELSEWHERE:
        return ""
    named = answer.headers.get("x-amz-bucket-region") or _element(answer, "Region")
    return named if REGION.fullmatch(named) else ""


def _element(answer: HttpResponse, name: str) -> str:
    """Text of the first such element of an answer in XML; empty where there is none."""
    _, opened, rest = answer.body.decode("utf-8", "replace").partition(f"<{name}>")
    text, closed, _ = rest.partition(f"</{name}>")
    return text if opened and closed else ""


def _is_retried(answer: HttpResponse) -> bool:
    # Any other body is an object, which may be large: it holds no code.
    return answer.status >= 500 or (answer.status >= 400 and is_passing(code_of(answer)))
