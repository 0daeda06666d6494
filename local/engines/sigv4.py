"""Signature Version 4 for S3, the checking side: headers and presigned URLs.

Source: Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote

from local.http_message import Request

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_EXPIRES_SECONDS = 604_800
MAX_SKEW = timedelta(minutes=15)
UNSIGNED = "UNSIGNED-PAYLOAD"
STREAMING = "STREAMING-"


class SignatureError(Exception):
    """The request is not signed as it has to be; `code` is S3's word for it."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys that a request may be signed with."""

    access_key: str
    secret_key: str
    session_token: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a checked signature says. `age` is the time since it was made; presigned: by URL."""

    access_key: str
    age: timedelta
    is_presigned: bool


def verify(
    request: Request, credentials: Mapping[str, Credentials], region: str, now: datetime
) -> Signed:
    """Check the one signature of a request. Raises SignatureError, also where there is none."""
    query = parse_qsl(request.query, keep_blank_values=True)
    names = {name for name, _ in query}
    has_header = "authorization" in request.headers
    if has_header and "X-Amz-Algorithm" in names:
        raise SignatureError("InvalidArgument", "Only one auth mechanism allowed", 400)
    if has_header:
        return verify_header(request, query, credentials, region, now)
    if "X-Amz-Algorithm" in names:
        return verify_presigned(request, query, credentials, region, now)
    if "AWSAccessKeyId" in names:
        message = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
        raise SignatureError("InvalidRequest", message, 400)
    raise SignatureError("AccessDenied", "Access Denied")


def verify_presigned(
    request: Request,
    query: list[tuple[str, str]],
    credentials: Mapping[str, Credentials],
    region: str,
    now: datetime,
) -> Signed:
    """Checks a presigned URL. Raises SignatureError."""
    values = dict(query)
    if len(values) != len(query):
        raise malformed_query("a parameter is given twice")
    try:
        scope = read_scope(values["X-Amz-Credential"], region)
        made_at = read_time(values["X-Amz-Date"])
        expires_seconds = int(values["X-Amz-Expires"])
        signed_headers = values["X-Amz-SignedHeaders"].split(";")
        signature = values["X-Amz-Signature"]
    except (KeyError, ValueError) as error:
        raise malformed_query("Query-string authentication needs all of its parameters") from error
    if values["X-Amz-Algorithm"] != ALGORITHM or not 0 < expires_seconds <= MAX_EXPIRES_SECONDS:
        raise malformed_query("X-Amz-Expires must be between 1 and 604800 seconds")
    if made_at - now > MAX_SKEW:
        raise SignatureError("AccessDenied", "Request is not yet valid")
    if now > made_at + timedelta(seconds=expires_seconds):
        raise SignatureError("AccessDenied", "Request has expired")
    key = find_key(credentials, scope.access_key, values.get("X-Amz-Security-Token", ""))
    rest = [(name, value) for name, value in query if name != "X-Amz-Signature"]
    payload = values.get("X-Amz-Content-Sha256", UNSIGNED)
    canonical = canonical_request(request, rest, signed_headers, payload)
    compare(signature, sign(key, scope, values["X-Amz-Date"], canonical))
    return Signed(scope.access_key, now - made_at, is_presigned=True)


def verify_header(
    request: Request,
    query: list[tuple[str, str]],
    credentials: Mapping[str, Credentials],
    region: str,
    now: datetime,
) -> Signed:
    """Checks a request that is signed in its headers. Raises SignatureError."""
    headers = request.headers
    algorithm, _, rest = headers.get("authorization").partition(" ")
    if algorithm != ALGORITHM:
        message = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
        raise SignatureError("InvalidRequest", message, 400)
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    try:
        scope = read_scope(fields["Credential"], region)
        signed_headers = fields["SignedHeaders"].split(";")
        signature = fields["Signature"]
        made_at = read_time(headers.get("x-amz-date"))
    except (KeyError, ValueError) as error:
        raise SignatureError(
            "AuthorizationHeaderMalformed", "The authorization header is malformed", 400
        ) from error
    if abs(now - made_at) > MAX_SKEW:
        message = "The difference between the request time and the current time is too large."
        raise SignatureError("RequestTimeTooSkewed", message)
    payload = headers.get("x-amz-content-sha256")
    if not payload:
        raise SignatureError("InvalidRequest", "Missing required header: x-amz-content-sha256", 400)
    key = find_key(credentials, scope.access_key, headers.get("x-amz-security-token"))
    canonical = canonical_request(request, query, signed_headers, payload)
    compare(signature, sign(key, scope, headers.get("x-amz-date"), canonical))
    is_hash = payload != UNSIGNED and not payload.startswith(STREAMING)
    if is_hash and hashlib.sha256(request.body).hexdigest() != payload:
        message = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise SignatureError("XAmzContentSHA256Mismatch", message, 400)
    return Signed(scope.access_key, now - made_at, is_presigned=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """The day, region and key that a signature is made for."""

    access_key: str
    date: str
    region: str

    @property
    def text(self) -> str:
        """The scope as it stands in a signature."""
        return f"{self.date}/{self.region}/s3/aws4_request"


def read_scope(credential: str, region: str) -> Scope:
    """`KEY/yyyymmdd/region/s3/aws4_request`. Raises ValueError."""
    access_key, date, scope_region, service, end = credential.rsplit("/", 4)
    if (service, end) != ("s3", "aws4_request") or scope_region != region:
        raise ValueError(f"not a scope of {region}/s3")
    return Scope(access_key, date, scope_region)


def read_time(text: str) -> datetime:
    """Returns the time of a signature. Raises ValueError."""
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def find_key(credentials: Mapping[str, Credentials], access_key: str, token: str) -> str:
    """Returns the secret key of an access key. Raises SignatureError."""
    found = credentials.get(access_key)
    if found is None:
        raise SignatureError(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        )
    if not hmac.compare_digest(found.session_token.encode(), token.encode()):
        raise SignatureError(
            "InvalidToken", "The provided token is malformed or otherwise invalid.", 400
        )
    return found.secret_key


def canonical_request(
    request: Request, query: list[tuple[str, str]], signed_headers: list[str], payload: str
) -> str:
    """S3 encodes the path once; header values are trimmed and their inner spaces collapsed."""
    if "host" not in signed_headers:
        raise SignatureError(
            "AccessDenied", "There were headers present in the request which were not signed"
        )
    parameters = sorted((encode(name), encode(value)) for name, value in query)
    lines = [
        request.method,
        quote(unquote(request.raw_path), safe="/-_.~"),
        "&".join(f"{name}={value}" for name, value in parameters),
        *(f"{name}:{' '.join(request.headers.get(name).split())}" for name in signed_headers),
        "",
        ";".join(signed_headers),
        payload,
    ]
    return "\n".join(lines)


def encode(text: str) -> str:
    """Returns a text with the percent encoding of signatures."""
    return quote(text, safe="-_.~")


def sign(secret_key: str, scope: Scope, time_text: str, canonical: str) -> str:
    """Returns the signature of a canonical request, in hex."""
    digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    to_sign = f"{ALGORITHM}\n{time_text}\n{scope.text}\n{digest}"
    key = f"AWS4{secret_key}".encode()
    for part in (scope.date, scope.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, to_sign.encode("utf-8"), hashlib.sha256).hexdigest()


def compare(given: str, expected: str) -> None:
    """Raises SignatureError where the signatures differ."""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise SignatureError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )


def malformed_query(message: str) -> SignatureError:
    """Returns the error of a presigned URL that cannot be read."""
    return SignatureError("AuthorizationQueryParametersError", message, 400)
