"""One invocation of a wrapped function: the execution's root, and the invocation's own span in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from opentelemetry.trace import SpanContext, SpanKind

from spanvas.model import ids, kinds
from spanvas.semantics import attributes as names
from spanvas.tracing import event_fields
from spanvas.tracing.delivery import MS
from spanvas.tracing.engine import Engine
from spanvas.tracing.handles import LiveRun, LiveSpan
from spanvas.tracing.health import guarded
from spanvas.tracing.recorder import present

Handler = Callable[[Any, Any], Any]

PROVISIONED: Final = "provisioned-concurrency"


class _Open(NamedTuple):
    root: LiveRun
    invocation: LiveSpan | None

    def close(self, error: BaseException | None) -> None:
        if self.invocation is not None:
            self.invocation.close(error)
        self.root.close(error)


class TracedHandler:
    """Calls a function's own handler inside its execution. Result and exceptions are the handler's own."""

    def __init__(self, engine: Engine, handler: Handler) -> None:
        self.problems = engine.problems
        self._engine = engine
        self._handler = handler
        self._is_first = True

    def __call__(self, event: Any, context: Any) -> Any:
        opened = self._open(event, context)
        if opened is None:
            return self._handler(event, context)
        try:
            result = self._handler(event, context)
        except BaseException as error:
            opened.close(error)
            raise
        opened.close(None)
        return result

    @guarded()
    def _open(self, event: Any, context: Any) -> _Open | None:
        is_cold = self._is_first and self._engine.environment.init_type != PROVISIONED
        self._is_first = False
        parent = event_fields.caller_span(event, context)
        run = self._engine.new_run(
            self._workflow_id(event, context),
            self._execution_id(event, context, parent),
            self._at(self._engine.settings.tenant_path, event),
            _text(event, "started_by"),
            self._deadline(context),
        )
        run.workflow_version = _text(event, "workflow_version")
        # The handler may name its workflow; until it has, the execution waits for its registration.
        run.hold_until_unix_nano = (
            run.started_at_unix_nano + self._engine.settings.flush_interval_ms * MS
        )
        root = self._engine.open_root(run, parent=parent)
        if root is None:
            return None
        invocation = self._engine.open_span(
            name=str(getattr(context, "function_name", "") or "invocation"),
            kind=kinds.INVOCATION,
            attributes={
                **self._attributes(context, is_cold),
                names.DEADLINE: run.deadline_unix_nano,
            },
            otel_kind=SpanKind.SERVER,
        )
        return _Open(root, invocation)

    def _execution_id(self, event: Any, context: Any, parent: SpanContext | None) -> str:
        """From the setting's path, Step Functions, the caller's trace; the request's own id at last."""
        found = self._at(self._engine.settings.execution_id_path, event)
        found = found or event_fields.step_functions_execution(event)
        if not found and parent is not None:
            found = f"{parent.trace_id:032x}"
        return found or str(getattr(context, "aws_request_id", "") or ids.new_span_id())

    def _at(self, path: str, event: Any) -> str | None:
        try:
            return event_fields.text_at(path, event)
        except Exception as error:  # noqa: BLE001 - ImportError, or a path that is none
            self.problems.say_once(
                f"path.{path}", "the path %r cannot be read from events: %s", path, error
            )
            return None

    def _workflow_id(self, event: Any, context: Any) -> str:
        """What the event says, as events of our own API do, until a `workflow()` says it; the function's name else."""
        named = _text(event, "workflow_id")
        return named or self._engine.environment.function_name or "lambda"

    def _deadline(self, context: Any) -> int | None:
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        return self._engine.now() + int(remaining()) * MS if callable(remaining) else None

    def _attributes(self, context: Any, is_cold: bool) -> dict[str, Any]:
        arn = str(getattr(context, "invoked_function_arn", "") or "")
        parts = arn.split(":")
        environment = self._engine.environment
        return {
            names.FAAS_COLDSTART: is_cold,
            **present(
                {
                    "faas.invocation_id": getattr(context, "aws_request_id", None),
                    "faas.name": environment.function_name,
                    "faas.version": environment.function_version,
                    "faas.max_memory": environment.memory_mb * 1024 * 1024 or None,
                    "faas.init_type": environment.init_type,
                    "cloud.resource_id": arn,
                    "cloud.account.id": parts[4] if len(parts) > 4 else "",
                    "cloud.region": environment.region,
                    "aws.log.group.names": _listed(context, "log_group_name"),
                    "aws.log.stream.names": _listed(context, "log_stream_name"),
                }
            ),
        }


def _listed(context: Any, field: str) -> list[str]:
    """From the context, not the environment as it was at the start: a restored snapshot has another log stream."""
    text = getattr(context, field, None)
    return [str(text)] if text else []


def _text(event: Any, key: str) -> str:
    value = event.get(key) if isinstance(event, dict) else None
    return value if isinstance(value, str) else ""
