"""The stage's access log: its format with `$context` variables filled in, one line a request.

Source: API Gateway developer guide, "Customize HTTP API access logs".
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from local.http_message import Request, Response
from local.lambdas.invocation import new_request_id
from local.logs import append_line

VARIABLE = re.compile(r"\$context\.([A-Za-z.]+)")
CLAIMS = "authorizer.claims."


@dataclass(slots=True)
class Entry:
    """What is known of one request while it is answered."""

    request_id: str
    source_ip: str
    method: str
    path: str
    began: float
    time_ms: int
    route_key: str = "-"
    authorizer_error: str = "-"
    integration_error: str = "-"
    integration_ms: float = 0.0
    claims: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, request: Request) -> Entry:
        """Returns the entry of a request that has just come."""
        return cls(
            new_request_id(),
            request.client_address,
            request.method,
            request.path,
            time.perf_counter(),
            int(time.time() * 1000),
        )


def write(path: Path, log_format: str, entry: Entry, response: Response) -> None:
    """Appends the line of a request to the access log; nothing where the stage has no format."""
    if not log_format:
        return
    append_line(path, render(log_format, entry, response) + "\n")


def render(log_format: str, entry: Entry, response: Response) -> str:
    """Values are escaped as within a JSON string; what is not known is `-`, as on API Gateway."""
    values = {
        "requestId": entry.request_id,
        "requestTimeEpoch": str(entry.time_ms),
        "identity.sourceIp": entry.source_ip,
        "httpMethod": entry.method,
        "path": entry.path,
        "routeKey": entry.route_key,
        "status": str(response.status),
        "responseLength": str(len(response.body)),
        "responseLatency": str(int((time.perf_counter() - entry.began) * 1000)),
        "integrationLatency": str(int(entry.integration_ms)),
        "integrationErrorMessage": entry.integration_error,
        "authorizer.error": entry.authorizer_error,
    }

    def value(match: re.Match[str]) -> str:
        name = match[1]
        known = entry.claims if name.startswith(CLAIMS) else values
        return json.dumps(known.get(name.removeprefix(CLAIMS), "-"))[1:-1]

    return VARIABLE.sub(value, log_format)
