"""Payload format 2.0: a request as the event of a function, and the function's answer as a response.

Source: API Gateway developer guide, "AWS Lambda proxy integrations for HTTP APIs". `rawPath` and path parameters
arrive decoded, `rawQueryString` as sent.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from pybase64 import b64decode, b64encode_as_string

from local.gateway.authorizer import Grant
from local.gateway.definition import Route
from local.gateway.routing import decoded_path
from local.http_message import Request, Response

TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
NOT_PASSED = frozenset({"connection", "keep-alive", "transfer-encoding", "expect", "upgrade"})
HOP_BY_HOP = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})


class InvalidAnswerError(Exception):
    """The function's answer is not one that payload format 2.0 knows: the gateway answers 500."""


def build_event(
    request: Request,
    route: Route,
    parameters: dict[str, str],
    grant: Grant | None,
    *,
    api_id: str,
    account_id: str,
    request_id: str,
    trace_header: str,
) -> dict[str, Any]:
    """Returns the event of payload format 2.0 for a request."""
    now = time.time()
    headers = request.headers.as_dict()
    cookies = headers.pop("cookie", "")
    host = headers.get("host", "")
    for name in NOT_PASSED:
        headers.pop(name, None)
    headers.setdefault("content-length", str(len(request.body)))
    headers["x-amzn-trace-id"] = trace_header.partition(";")[0]
    headers["x-forwarded-for"] = request.client_address
    headers["x-forwarded-port"] = host.rpartition(":")[2] if ":" in host else "80"
    headers["x-forwarded-proto"] = "http"
    context: dict[str, Any] = {
        "accountId": account_id,
        "apiId": api_id,
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": decoded_path(request.raw_path),
            "protocol": "HTTP/1.1",
            "sourceIp": request.client_address,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": route.key,
        "stage": "$default",
        "time": f"{datetime.fromtimestamp(now, UTC):%d/%b/%Y:%H:%M:%S +0000}",
        "timeEpoch": int(now * 1000),
    }
    if grant is not None:
        context["authorizer"] = {"jwt": {"claims": grant.claims, "scopes": grant.scopes}}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": decoded_path(request.raw_path),
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": context,
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if request.query:
        event["queryStringParameters"] = joined_query(request.query)
    if parameters:
        event["pathParameters"] = parameters
    if request.body:
        event.update(encode_body(request.body, headers.get("content-type", "")))
    return event


def joined_query(query: str) -> dict[str, str]:
    """Decoded parameters; repeats joined with a comma."""
    joined: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def encode_body(body: bytes, content_type: str) -> dict[str, Any]:
    """Text as it is, everything else in base64."""
    if content_type.lower().startswith(TEXT_TYPES) or not content_type:
        try:
            return {"body": body.decode("utf-8"), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass  # said to be text and is not: base64 keeps it whole
    return {"body": b64encode_as_string(body), "isBase64Encoded": True}


def read_answer(payload: bytes) -> Response:
    """The function's answer as an HTTP response. Raises InvalidAnswerError."""
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise InvalidAnswerError("not JSON") from error
    if not isinstance(answer, dict) or "statusCode" not in answer:
        # API Gateway infers: any other JSON is the body of a 200.
        return Response(200, payload, [("content-type", "application/json")])
    try:
        status = int(answer["statusCode"])
        body = answer.get("body") or ""
        content = b64decode(body) if answer.get("isBase64Encoded") else body.encode("utf-8")
        fields = [
            (str(name), header_text(value))
            for name, value in dict(answer.get("headers") or {}).items()
        ]
        cookies = [("set-cookie", str(cookie)) for cookie in answer.get("cookies") or []]
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidAnswerError("not an answer of payload format 2.0") from error
    headers = [(name.lower(), value) for name, value in fields if name.lower() not in HOP_BY_HOP]
    if content and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=utf-8"))
    return Response(status, content, [*headers, *cookies])


def header_text(value: object) -> str:
    """Returns a header's value as text."""
    return value if isinstance(value, str) else json.dumps(value)
