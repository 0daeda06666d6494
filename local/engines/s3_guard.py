"""What stands before moto's S3: signatures, expiry, the bucket's policy and its CORS rules.

moto answers anything to anybody; a page or a function that only works because of that would fail on AWS. Every
request is signed or refused, and CORS headers come from the bucket's own configuration alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Protocol
from xml.sax.saxutils import escape

from local.engines.sigv4 import Credentials, SignatureError, Signed, verify
from local.http_message import Handler, Request, Response

CORS_PREFIX = "access-control-"


@dataclass(frozen=True, slots=True)
class CorsRule:
    """One CORS rule of a bucket."""

    origins: Sequence[str]
    methods: Sequence[str]
    headers: Sequence[str]
    exposed: Sequence[str]
    max_age_seconds: int | None


class Buckets(Protocol):
    """What the guard asks of the engine behind it."""

    def cors_rules(self, bucket: str) -> Sequence[CorsRule]:
        """Returns the CORS rules of a bucket."""


class S3Guard:
    """Handles every request to S3; what passes goes to `engine`."""

    def __init__(
        self,
        engine: Handler,
        buckets: Buckets,
        credentials: Mapping[str, Credentials],
        region: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._buckets = buckets
        self._credentials = credentials
        self._region = region
        self._clock = clock
        self._policies: dict[str, Mapping[str, Any]] = {}

    def handle(self, request: Request) -> Response:
        """Answers a request: refused here, or by the engine."""
        bucket = request.path.lstrip("/").partition("/")[0]
        if request.method == "OPTIONS":
            return self._preflight(request, bucket)
        try:
            signed = verify(request, self._credentials, self._region, self._clock())
            self._check_policy(request, bucket, signed)
        except SignatureError as error:
            response = refusal(error.status, error.code, str(error))
        else:
            is_policy = request.query.partition("=")[0] == "policy"
            response = self._policy(request, bucket) if is_policy else self._engine(request)
        self._add_cors(request, bucket, response)
        return response

    def _policy(self, request: Request, bucket: str) -> Response:
        """Bucket policies stay here: moto does not read conditions and would refuse everything that a Deny names."""
        if request.method == "PUT":
            self._policies[bucket] = json.loads(request.body)
            return Response(204)
        if request.method == "DELETE":
            self._policies.pop(bucket, None)
            return Response(204)
        if bucket not in self._policies:
            return refusal(404, "NoSuchBucketPolicy", "The bucket policy does not exist")
        return Response(
            200, json.dumps(self._policies[bucket]).encode(), [("content-type", "application/json")]
        )

    def _check_policy(self, request: Request, bucket: str, signed: Signed) -> None:
        """The policy's Deny statements on the age and kind of a signature; loopback counts as TLS."""
        for statement in self._policies.get(bucket, {}).get("Statement", []):
            if statement.get("Effect") != "Deny" or "Condition" not in statement:
                continue
            if all(holds(kind, keys, signed) for kind, keys in statement["Condition"].items()):
                raise SignatureError("AccessDenied", "Access Denied by the bucket's policy")

    def _preflight(self, request: Request, bucket: str) -> Response:
        headers = request.headers
        origin = headers.get("origin")
        method = headers.get("access-control-request-method")
        wanted = [
            name.strip().lower()
            for name in headers.get("access-control-request-headers").split(",")
            if name.strip()
        ]
        rule = find_rule(self._buckets.cors_rules(bucket), origin, method, wanted)
        if not origin or rule is None:
            message = "CORSResponse: This CORS request is not allowed."
            return refusal(403, "AccessForbidden", message)
        answer = [
            *cors_headers(rule, origin),
            ("access-control-allow-methods", ", ".join(rule.methods)),
        ]
        if wanted:
            answer.append(("access-control-allow-headers", ", ".join(wanted)))
        if rule.max_age_seconds is not None:
            answer.append(("access-control-max-age", str(rule.max_age_seconds)))
        return Response(200, b"", answer)

    def _add_cors(self, request: Request, bucket: str, response: Response) -> None:
        response.headers = [
            field for field in response.headers if not field[0].lower().startswith(CORS_PREFIX)
        ]
        origin = request.headers.get("origin")
        if not origin:
            return
        rule = find_rule(self._buckets.cors_rules(bucket), origin, request.method, [])
        if rule is not None:
            response.headers += cors_headers(rule, origin)


def holds(kind: str, keys: Mapping[str, Any], signed: Signed) -> bool:
    """Whether one operator of a policy's condition is met. An unknown one is met by nothing."""
    facts: dict[str, Any] = {
        "aws:SecureTransport": "true",
        "s3:signatureAge": signed.age / timedelta(milliseconds=1),
        "s3:authType": "REST-QUERY-STRING" if signed.is_presigned else "REST-HEADER",
    }
    for key, wanted in keys.items():
        if key not in facts:
            return False
        values = wanted if isinstance(wanted, list) else [wanted]
        fact = facts[key]
        if kind == "NumericGreaterThan":
            met = any(fact > float(value) for value in values)
        elif kind in ("Bool", "StringEquals"):
            met = str(fact) in [str(value) for value in values]
        elif kind == "StringNotEquals":
            met = str(fact) not in [str(value) for value in values]
        else:
            met = False
        if not met:
            return False
    return True


def find_rule(
    rules: Sequence[CorsRule], origin: str, method: str, wanted_headers: Sequence[str]
) -> CorsRule | None:
    """The first rule that allows origin, method and every header, as S3 picks it."""
    for rule in rules:
        allowed_headers = [pattern.lower() for pattern in rule.headers]
        if (
            any(fnmatchcase(origin, pattern) for pattern in rule.origins)
            and method in rule.methods
            and all(any(fnmatchcase(h, p) for p in allowed_headers) for h in wanted_headers)
        ):
            return rule
    return None


def cors_headers(rule: CorsRule, origin: str) -> list[tuple[str, str]]:
    """Returns the headers that a rule adds to an answer for an origin."""
    is_open = "*" in rule.origins
    headers = [("access-control-allow-origin", "*" if is_open else origin)]
    if rule.exposed:
        headers.append(("access-control-expose-headers", ", ".join(rule.exposed)))
    if not is_open:
        headers.append(("access-control-allow-credentials", "true"))
    varies = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
    return [*headers, ("vary", varies)]


def refusal(status: int, code: str, message: str) -> Response:
    """Returns S3's error document as a response."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>"
        f"<RequestId>{os.urandom(8).hex().upper()}</RequestId></Error>"
    )
    return Response(status, body.encode(), [("content-type", "application/xml")])


class MotoBuckets:
    """Reads a bucket's rules from moto's own memory; an unknown bucket has none."""

    def __init__(self, account_id: str) -> None:
        from moto.s3.models import s3_backends

        self._backend = s3_backends[account_id]["aws"]

    def cors_rules(self, bucket: str) -> list[CorsRule]:
        """Returns the CORS rules of a bucket, as moto keeps them."""
        found = self._backend.buckets.get(bucket)
        return [
            CorsRule(
                origins=as_list(rule.allowed_origins),
                methods=as_list(rule.allowed_methods),
                headers=as_list(rule.allowed_headers),
                exposed=as_list(rule.exposed_headers),
                max_age_seconds=int(rule.max_age_seconds) if rule.max_age_seconds else None,
            )
            for rule in (found.cors if found else [])
        ]


def as_list(value: object) -> list[str]:
    """Returns one value or several as a list of texts."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
