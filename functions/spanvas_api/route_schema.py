"""What a call of the API is: scopes, limits, how a route is described, and the parameters that several have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from spanvas.model import ids

EXECUTIONS_READ: Final = "executions:read"
EXECUTIONS_START: Final = "executions:start"
TRACE_READ: Final = "trace:read"
TRACE_CONTENT: Final = "trace:content"
TRACE_CONTENT_RESTRICTED: Final = "trace:content:restricted"
TRACE_ARTIFACT: Final = "trace:artifact"
AUDIT_READ: Final = "audit:read"
TRACE_DELETE: Final = "trace:delete"
TRACE_HOLD: Final = "trace:hold"
TRACE_INGEST: Final = "trace:ingest"

UNIX_NANO_PATTERN: Final = r"^[0-9]{1,19}$"

NEWEST_FIRST: Final = "newest_first"
OLDEST_FIRST: Final = "oldest_first"
ORDERS: Final = (NEWEST_FIRST, OLDEST_FIRST)
EXPORT_FORMATS: Final = ("otlp",)
FULL: Final = "full"
PREVIEW: Final = "preview"
NO_CONTENT: Final = "none"
EXPORT_CONTENTS: Final = (FULL, PREVIEW, NO_CONTENT)
"""How much content an export holds, for a caller that may read content."""
THROTTLED: Final = 429
"""The gateway's answer to too many requests, whatever the call."""
READ_ERRORS: Final = (400, 401, 403, 404, 409, 502, 503, 504)
"""Of calls that read an execution: 502 and 504 come from the backend that its spans may be read from."""
GATEWAY_STATUSES: Final = frozenset({401, 403, 413, THROTTLED, 503})
"""That the gateway answers by itself, too, in words of its own: it refuses a token before any function sees it."""
EXECUTIONS: Final = "/v1/executions"
GREEDY_PATH: Final = f"{EXECUTIONS}/{{proxy+}}"
"""Takes what an HTTP API finds no route for, since it has decoded a `/` in an id: see `event_path`."""
TEMPO: Final = "/api"
"""What the paths of Tempo's API begin with."""
TEMPO_TRACES: Final = (f"{TEMPO}/traces/", f"{TEMPO}/v2/traces/")
TEMPO_GREEDY_PATH: Final = f"{TEMPO}/{{proxy+}}"
"""Takes the paths of Tempo's API that are not answered here, to say so in its own way."""
PLAIN_TEXT: Final = "text/plain"
DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 200
MAX_ROWS: Final = 10_000
"""Of one page of a trace: some 6 MB of JSON, of which zstd leaves 1 MB, and no more than a browser takes in at once."""
MIN_QUERY: Final = 2
MAX_QUERY: Final = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a call. `schema` is JSON Schema. Those of the path are always required."""

    name: str
    location: str
    description: str
    schema: dict[str, object]
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """One call: how it is reached, what it needs and which wire models it takes and gives."""

    method: str
    path: str
    operation: str
    scope: str
    summary: str
    response: str
    """A wire model; "" for a plain text."""
    status: int = 200
    request: str | None = None
    is_request_required: bool = False
    parameters: tuple[Parameter, ...] = ()
    errors: tuple[int, ...] = (401, 403, 503)
    description: str = ""
    response_headers: dict[str, str] = field(default_factory=dict)
    other_media_types: tuple[str, ...] = ()
    """Of request and answers besides JSON, with the same meaning."""
    error: str = "Problem"
    error_media_type: str = "application/problem+json"
    is_read_by_tab: bool = False
    """Whether a person waits for the answer in the Trace tab or the history. Its time is then in the metric
    `ReadLatency`."""
    more_scopes: tuple[str, ...] = ()
    """That the call needs besides `scope`. The gateway asks for `scope` alone."""

    @property
    def is_of_one_execution(self) -> bool:
        """Whether the function alone checks the scope, since it records who was refused which execution."""
        return self.path.startswith((f"{EXECUTIONS}/", *TEMPO_TRACES))


ANY_TEXT: Final[dict[str, object]] = {"type": "string", "minLength": 1}
EXECUTION_PARAMETER = Parameter(
    "execution_id",
    "path",
    "The execution: its `execution_id`, or the id that its sender uses, percent-encoded; encoded twice where that has "
    "`/` or `?` in it, since a gateway decodes once, before it looks for the route.",
    ANY_TEXT,
)
SPAN_PARAMETER = Parameter(
    "span_id",
    "path",
    "The span.",
    {"type": "string", "pattern": f"^{ids.SPAN_ID.pattern}$"},
)
ARTIFACT_PARAMETER = Parameter(
    "artifact_id", "path", "The artifact.", {"type": "string", "pattern": f"^{ids.NAME.pattern}$"}
)
WORKFLOW_PARAMETER = Parameter(
    "workflow_id", "path", "The workflow: its id, or its name.", ANY_TEXT
)
LIMIT_PARAMETER = Parameter(
    "limit",
    "query",
    "The most items to answer.",
    {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE},
)
CURSOR_PARAMETER = Parameter(
    "cursor",
    "query",
    "`next_cursor` of the page before; good for the same caller and the same query only.",
    {"type": "string", "maxLength": 2048},
)
IF_NONE_MATCH_PARAMETER = Parameter(
    "If-None-Match",
    "header",
    "The `ETag` of the last answer: 304 while nothing has changed.",
    {"type": "string"},
)

NANO_SCHEMA: Final[dict[str, object]] = {"type": "string", "pattern": UNIX_NANO_PATTERN}
