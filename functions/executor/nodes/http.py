"""`http`: one request to a connection of the deployment.

A document names connections, never hosts: where a request may go is the deployment's decision. Values that a template
puts into the path are percent-encoded, and a path that climbs out of the connection's base is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from executor.document import HttpCall, HttpNode
from executor.errors import NodeError
from executor.expressions import evaluate
from executor.resources import HttpAnswer, Resources
from executor.templates import render
from executor.tracing import SpanHandle
from spanvas import attributes as names

MAX_KEPT_BYTES = 2_000
"""Of the body of a refusal: it is kept as content of the request's span."""


def run(
    node: HttpNode, variables: Mapping[str, Any], resources: Resources, _span: SpanHandle
) -> dict[str, Any]:
    """Sends the node's request and returns its response. Raises NodeError."""
    return request(node, variables, resources)


def request(call: HttpCall, variables: Mapping[str, Any], resources: Resources) -> dict[str, Any]:
    """`{status, body}` of a 2xx answer, its body decoded where it is JSON.

    Raises NodeError: `HTTP 503` and the like for other answers, retryable for 408, 429 and 5xx; what `send` raises.
    """
    base = resources.connections.get(call.connection)
    if base is None:
        raise NodeError("UnknownConnection", f"no connection {call.connection!r} is configured")
    path = _path(call, variables)
    headers, body = _content(call, variables)
    parts = urlsplit(base)
    url = base.rstrip("/") + path
    attributes: dict[str, Any] = {
        names.HTTP_METHOD: call.method,
        names.SERVER_ADDRESS: parts.hostname or "",
        names.URL_FULL: _without_secrets(url),
        names.URL_PATH: path.partition("?")[0],
        names.CONNECTION: call.connection,
    }
    if parts.port:
        attributes[names.SERVER_PORT] = parts.port
    if body is not None:
        attributes[names.HTTP_REQUEST_SIZE] = len(body)
    name = f"{call.method} {attributes[names.URL_PATH]}"
    with resources.tracing.span(name, kind="http", attributes=attributes) as span:
        timeout = min(call.timeout_seconds, resources.seconds_left())
        if timeout <= 0:
            raise NodeError("Timeout", f"{name} was not sent: the function's time is over")
        answer = resources.send(call.method, url, headers, body, timeout)
        span.set_attribute(names.HTTP_STATUS_CODE, answer.status)
        span.set_attribute(names.HTTP_RESPONSE_SIZE, len(answer.body))
        if not 200 <= answer.status < 300:
            span.set_attribute(
                names.OUTPUT, answer.body[:MAX_KEPT_BYTES].decode("utf-8", "replace")
            )
            raise _refusal(f"{call.connection}: {name}", answer)
        return {"status": answer.status, "body": _decoded(name, answer)}


def _without_secrets(url: str) -> str:
    """Returns a URL without what may be secret in it: who asks, and the query."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _path(call: HttpCall, variables: Mapping[str, Any]) -> str:
    path = render("path", call.path, variables, "url_path")
    if any(part in (".", "..") for part in path.split("/")):
        raise NodeError(
            "UnsafePath", f"a path of {len(path)} characters leaves the connection's base"
        )
    query = {}
    for name, expression in call.query.items():
        value = evaluate(f"query.{name}", expression, variables)
        if value is not None:
            query[name] = value if isinstance(value, str) else json.dumps(value)
    return f"{path}?{urlencode(query)}" if query else path


def _content(call: HttpCall, variables: Mapping[str, Any]) -> tuple[dict[str, str], bytes | None]:
    headers = {"accept": "application/json", "user-agent": "spanvas-executor", **call.headers}
    if call.body is None:
        return headers, None
    value = evaluate("body", call.body, variables)
    return {"content-type": "application/json", **headers}, json.dumps(value).encode()


def _decoded(name: str, answer: HttpAnswer) -> Any:
    text = answer.body.decode("utf-8", "replace")
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        return text
    try:
        return json.loads(text) if text else None
    except json.JSONDecodeError as error:
        raise NodeError(
            "InvalidResponse",
            f"{name} answered {len(answer.body)} bytes that are no valid JSON (at character {error.pos})",
        ) from error


def _refusal(name: str, answer: HttpAnswer) -> NodeError:
    return NodeError(
        f"HTTP {answer.status}",
        f"{name} answered {answer.status}{_described(answer)}",
        is_retryable=answer.status in (408, 429) or answer.status >= 500,
        retry_after_seconds=_retry_after(answer),
    )


def _described(answer: HttpAnswer) -> str:
    """Returns size and type of an answer's body. What it says is content, and may be about anybody."""
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not answer.body:
        return ""
    return f" with {len(answer.body)} bytes" + (f" of {media_type}" if media_type else "")


def _retry_after(answer: HttpAnswer) -> float:
    """Seconds that the service asks to wait; its other form, a date, is not worth a clock here."""
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isdigit() else 0.0
