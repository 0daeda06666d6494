"""One invocation of a wrapped function: its part of an execution, and the invocation's own span in it.

What is known of the function is said in the names of OpenTelemetry's FaaS and cloud conventions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from spanvas import attributes as names
from spanvas.environment import LambdaEnvironment
from spanvas.model import ids
from spanvas.model.durable import ENDED
from spanvas.model.units import MS
from spanvas.propagation.durable_functions import DurableRun
from spanvas.propagation.inbound import InboundContext, inbound_contexts
from spanvas.tracing.context import Invocation
from spanvas.tracing.engine import Engine
from spanvas.tracing.execution_state import ExecutionState, without_empty
from spanvas.tracing.handles import LiveRun, LiveSpan
from spanvas.tracing.health import guarded
from spanvas.tracing.instrumentations import watch_aws_retries
from spanvas.tracing.messages import Batch, message_attributes, parent_in

if TYPE_CHECKING:
    from spanvas.tracing.durable import DurableFunctions

RETRY: Final = "RETRY"
"""`durable.invocation.status` of an invocation that raised: Lambda repeats it."""
PROVISIONED: Final = "provisioned-concurrency"
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
MAX_RESPONSE_BYTES: Final = 6_291_556
"""Largest response that Lambda takes: 6 MB and 100 bytes. Source: AWS, "Lambda quotas", and Lambda's own message."""
TOO_LARGE: Final = "Function.ResponseSizeTooLarge"
EXITED: Final = "Runtime.ExitError"


class ResponseFault(Exception):
    """The caller gets this error although the handler has returned. `error_type` is Lambda's own word for it."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


class OpenInvocation(NamedTuple):
    """The handles of an invocation that is open."""

    root: LiveRun
    state: LiveSpan | None
    span: LiveSpan | None
    batch: Batch | None
    is_cold: bool = False
    ends: Callable[[], None] | None = None
    """Of a durable function: makes the execution end with this invocation."""

    def close(self, error: BaseException | None, result: Any = None) -> None:
        """Ends the invocation's spans. `error` is what the caller gets instead of the result."""
        if self.ends is not None:
            error = self._close_durable(error, result)
        if isinstance(error, ResponseFault):
            # It has its place here: a node that failed before was caught, and has nothing to do with it.
            self.root.run.note_failed_node(None)
        if self.span is not None:
            self.span.span.set_attributes(figures())
            if error is not None:
                self.span.fail(error)
        if self.batch is not None:
            # While the invocation is open, which gets a link to each part.
            self.batch.close(error, result)
        for handle in (self.span, self.state, self.root):
            if handle is None:
                continue
            if error is not None and handle is not self.span:
                handle.fail(error)  # the caller gets an error, also where it is control flow here
            handle.close(None)

    def _close_durable(self, error: BaseException | None, result: Any) -> BaseException | None:
        """Ends the execution where the answer says so; what is raised has Lambda invoke the function again."""
        from spanvas.tracing.durable import fault_of_durable, status_of

        status = status_of(result) if error is None else RETRY
        if self.span is not None:
            self.span.set_attribute(names.DURABLE_INVOCATION_STATUS, status)
        if status in ENDED and self.ends is not None:
            self.ends()
            self.root.set_attribute(names.DURABLE_EXECUTION_STATUS, status)
        return error or fault_of_durable(result)


class Invocations:
    """Opens and closes invocations. Guarded: what fails here is counted, and the handler runs all the same."""

    def __init__(self, engine: Engine) -> None:
        self.problems = engine.problems
        self._engine = engine
        self._is_first = True
        self._watches_aws = False
        self._durable: DurableFunctions | None = None

    @guarded()
    def open_invocation(self, event: Any, context: Any) -> OpenInvocation | None:
        """Opens this function's part of an execution; None where tracing has failed: the handler runs without."""
        engine = self._engine
        is_cold = self._is_first and engine.environment.init_type != PROVISIONED
        self._is_first = False
        self._watches_aws = self._watches_aws or watch_aws_retries(engine.problems)
        messages = engine.messages
        whole, parts = inbound_contexts(
            event, context, messages.execution_id_in, messages.tenant_in
        )
        run = messages.new_part(
            whole,
            workflow_id=_text(event, "workflow_id"),
            execution_id=str(getattr(context, "aws_request_id", "") or ids.new_span_id()),
            workflow_version=_text(event, "workflow_version"),
            started_by=_text(event, "started_by"),
            deadline_unix_nano=deadline(context, engine.spans.now()),
        )
        is_of_one_message = whole.message is not None and len(parts) == 1
        invocation = Invocation(is_of_one_message)
        root = engine.executions.open_root(run, parent=parent_in(whole, run), invocation=invocation)
        if root is None:
            return None
        if whole.machine is not None and whole.machine.state is not None:
            engine.spans.open_state(whole.machine.state)
        span = engine.spans.open_invocation(
            LiveSpan,
            str(getattr(context, "function_name", "") or "invocation"),
            self._attributes(event, context, run, whole, is_cold),
        )
        batch = None
        if whole.message is None and parts:
            batch = Batch(messages, parts, run.deadline_unix_nano, span)
            invocation.open_message = batch.open
        ends = None
        if whole.durable is not None and span is not None:
            ends = self._enter_durable(whole.durable, root, span)
        return OpenInvocation(root, invocation.state, span, batch, is_cold, ends)

    def _enter_durable(
        self, durable: DurableRun, root: LiveRun, span: LiveSpan
    ) -> Callable[[], None]:
        """Has the operations of a durable function recorded. Returns what lets its execution end here."""
        from spanvas.tracing.durable import DurableFunctions

        root.set_attribute(names.DURABLE_EXECUTION_ARN, durable.arn)
        span.set_attribute(names.DURABLE_EXECUTION_ARN, durable.arn)
        span.set_attribute(names.DURABLE_INVOCATION_FIRST, durable.is_first)
        if self._durable is None:
            self._durable = DurableFunctions(self._engine.spans, self._engine.processor.leave)
        self._durable.enter()
        return self._engine.executions.end_execution

    def _attributes(
        self, event: Any, context: Any, run: ExecutionState, whole: InboundContext, is_cold: bool
    ) -> dict[str, Any]:
        attributes = {
            **faas_attributes(event, context, self._engine.environment),
            names.FAAS_COLDSTART: is_cold,
            names.DEADLINE: run.deadline_unix_nano,
        }
        if whole.message is not None:
            attributes |= message_attributes(whole.message)
        if whole.machine is not None:
            attributes[names.STATE_MACHINE_EXECUTION] = whole.machine.arn
            if whole.machine.state is not None:
                attributes[names.ATTEMPT] = whole.machine.state.attempt
        return attributes

    @guarded()
    def close_invocation(
        self, opened: OpenInvocation, error: BaseException | None, result: Any
    ) -> None:
        """Ends an invocation. `error` is what the caller gets instead of the result."""
        metrics = self._engine.metrics
        if metrics is not None and opened.is_cold:
            metrics.note_cold_start(opened.root.run)
        opened.close(error, result)


def deadline(context: Any, now: int) -> int | None:
    """Returns the Unix nanoseconds at which the function's time ends; None where the context does not say."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return now + int(remaining()) * MS if callable(remaining) else None


def faas_attributes(event: Any, context: Any, environment: LambdaEnvironment) -> dict[str, Any]:
    """Returns what is known of the function and its invocation.

    Log group and stream are the context's, not the environment's: a restored snapshot has another stream.
    """
    arn = str(getattr(context, "invoked_function_arn", "") or "")
    parts = arn.split(":")
    group = str(getattr(context, "log_group_name", "") or "")
    stream = str(getattr(context, "log_stream_name", "") or "")
    request_id = str(getattr(context, "aws_request_id", "") or "")
    return without_empty(
        {
            names.FAAS_INVOCATION_ID: request_id,
            names.FAAS_NAME: environment.function_name,
            names.FAAS_VERSION: environment.function_version,
            names.FAAS_MAX_MEMORY: environment.memory_mb * 1024 * 1024 or None,
            names.INIT_TYPE: environment.init_type,
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
    """Returns what is known only at the end: the most memory that the process has had, in bytes."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:
        return {}
    return {names.PEAK_MEMORY: getrusage(RUSAGE_SELF).ru_maxrss * 1024}


def log_url(region: str, group: str, stream: str, request_id: str) -> str:
    """Returns the console's page of this invocation's log lines; empty where a part of it is not known."""
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
    """Returns `faas.trigger` of an event; empty where its form is not one of AWS's."""
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
    """Returns a text as the console escapes fragments: percent-encoded twice, with `$` for the second `%`."""
    return quote(quote(text, safe=""), safe="").replace("%", "$")


def fault_of(error: BaseException) -> BaseException:
    """Returns what the runtime reports when its marshaller raises: its own faults by their type and message, others as
    they are."""
    kind, message = getattr(error, "exception_type", None), getattr(error, "msg", None)
    if isinstance(kind, str) and isinstance(message, str):
        return ResponseFault(kind, message)
    return error


def fault_of_response(marshalled: Any) -> ResponseFault | None:
    """Returns why a marshalled response, `(body, content type)`, cannot be delivered; None where it can.

    The runtime sends a text as UTF-8, and its process ends where that has no such form (half of a surrogate pair).
    """
    body = marshalled[0]
    try:
        size = len(body) if isinstance(body, bytes) or body.isascii() else len(body.encode())
    except UnicodeEncodeError as error:
        return ResponseFault(EXITED, f"Runtime exited with error: exit status 1: {error}")
    if size <= MAX_RESPONSE_BYTES:
        return None
    message = (
        f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
    )
    return ResponseFault(TOO_LARGE, message)


def _text(event: Any, key: str) -> str:
    value = event.get(key) if isinstance(event, Mapping) else None
    return value if isinstance(value, str) else ""
