"""What is known of a function and its invocation, in the names of OpenTelemetry's FaaS and cloud conventions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from spanvas import attributes as names
from spanvas.settings import LambdaEnvironment
from spanvas.tracing.recorder import present

MS: Final = 1_000_000
CONSOLES: Final = {"cn": "console.amazonaws.cn", "us-gov": "console.amazonaws-us-gov.com"}
"""Of the partitions that have their own, by the beginning of their regions' names."""
TRIGGERS: Final = {
    "aws:sqs": "pubsub",
    "aws:sns": "pubsub",
    "aws:kinesis": "pubsub",
    "aws:kafka": "pubsub",
    "SelfManagedKafka": "pubsub",
    "aws:mq": "pubsub",
    "aws:s3": "datasource",
    "aws:dynamodb": "datasource",
    "aws:docdb": "datasource",
}
"""`faas.trigger` by the event source of a record."""


def deadline(context: Any, now: int) -> int | None:
    """Unix nanoseconds at which the function's time ends."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return now + int(remaining()) * MS if callable(remaining) else None


def attributes(event: Any, context: Any, environment: LambdaEnvironment) -> dict[str, Any]:
    """Log group and stream are the context's, not the environment's as it was at the start: a restored snapshot has
    another stream."""
    arn = str(getattr(context, "invoked_function_arn", "") or "")
    parts = arn.split(":")
    group = str(getattr(context, "log_group_name", "") or "")
    stream = str(getattr(context, "log_stream_name", "") or "")
    request_id = str(getattr(context, "aws_request_id", "") or "")
    return present(
        {
            names.FAAS_INVOCATION_ID: request_id,
            names.FAAS_NAME: environment.function_name,
            names.FAAS_VERSION: environment.function_version,
            names.FAAS_MAX_MEMORY: environment.memory_mb * 1024 * 1024 or None,
            names.FAAS_INIT_TYPE: environment.init_type,
            names.FAAS_TRIGGER: trigger_of(event),
            names.CLOUD_RESOURCE_ID: arn,
            names.CLOUD_ACCOUNT_ID: parts[4] if len(parts) > 4 else "",
            names.CLOUD_REGION: environment.region,
            names.LOG_GROUP_NAMES: [group] if group else [],
            names.LOG_STREAM_NAMES: [stream] if stream else [],
            names.LOG_URL: log_url(environment.region, group, stream, request_id),
        }
    )


def figures() -> dict[str, int]:
    """What is known at the end alone: the most memory that the process has had, in bytes."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:
        return {}
    return {names.PEAK_MEMORY: getrusage(RUSAGE_SELF).ru_maxrss * 1024}


def log_url(region: str, group: str, stream: str, request_id: str) -> str:
    """The console's page of this invocation's log lines; empty where something of it is not known."""
    if not (region and group and stream):
        return ""
    host = next(
        (host for start, host in CONSOLES.items() if region.startswith(f"{start}-")),
        "console.aws.amazon.com",
    )
    url = f"https://{region}.{host}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/"
    url += f"{_twice(group)}/log-events/{_twice(stream)}"
    return f"{url}$3FfilterPattern$3D" + _twice(f'"{request_id}"') if request_id else url


def trigger_of(event: Any) -> str:
    """`faas.trigger`; empty where the event is one of a caller's own."""
    if not isinstance(event, Mapping):
        return ""
    records = event.get("Records")
    if isinstance(records, list) and records and isinstance(records[0], Mapping):
        source = records[0].get("eventSource") or records[0].get("EventSource")
        return TRIGGERS.get(str(source), "other")
    if isinstance(event.get("requestContext"), Mapping):
        return "http"
    if "detail-type" in event:
        return "timer" if event.get("detail-type") == "Scheduled Event" else "pubsub"
    return TRIGGERS.get(str(event.get("eventSource")), "")


def _twice(text: str) -> str:
    """As the console escapes what is in its fragment: percent-encoded twice, with `$` for the second `%`."""
    return quote(quote(text, safe=""), safe="").replace("%", "$")
