"""Spanvas: one trace for every workflow execution.

The door for authors of executor functions. Everything here does nothing, and loads nothing, unless the environment
says `SPANVAS_ENABLED=true`; and whatever goes wrong inside Spanvas, the function's own result does not change.

    import spanvas

    def handler(event, context):
        with spanvas.workflow("research-brief", execution_id=event["execution_id"]) as run:
            with spanvas.node("draft", name="Draft the brief", input=event) as node:
                answer = converse(event["question"])
                spanvas.record_generation(
                    model="anthropic.claude-sonnet-4-5",
                    provider="aws.bedrock",
                    input_messages=[{"role": "user", "content": event["question"]}],
                    output_messages=[{"role": "assistant", "content": answer.text}],
                    usage={"input_tokens": answer.tokens_in, "output_tokens": answer.tokens_out},
                )
                node.set_output(answer.text)
            spanvas.attach_artifact("brief.md", answer.text.encode(), media_type="text/markdown")
            run.set_output({"words": len(answer.text.split())})

`workflow`, `node`, `attempt` and `span` are context managers and decorators alike. Exceptions of the code inside pass
through unchanged, and are recorded on their way; one that has an `error_type` is counted by that.
"""

from __future__ import annotations

from _thread import allocate_lock

from spanvas.handles import Handle, RunHandle, Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any, BinaryIO, ParamSpec, TypeVar

    from spanvas.tracing.artifacts import ArtifactHandle
    from spanvas.tracing.engine import Engine

    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = [
    "Handle",
    "RunHandle",
    "attach_artifact",
    "attempt",
    "bind",
    "flush",
    "health",
    "node",
    "record_generation",
    "span",
    "workflow",
]

_engine: Engine | None = None
_is_asked = False
_asking = allocate_lock()


def workflow(
    workflow_id: str,
    *,
    execution_id: str | None = None,
    tenant: str | None = None,
    version: str = "",
    name: str = "",
    expected_nodes: Sequence[str] = (),
    input: Any = None,
    started_by: str = "",
    attributes: Mapping[str, Any] | None = None,
) -> Scope[RunHandle]:
    """One execution of a workflow: the root of its trace.

    Without `execution_id` a new one is made (`run.execution_id` says which). The same id on several functions, or on
    a retry, leads to the same trace. Inside a handler that the layer has wrapped, the execution that the wrapper
    opened is the one, and gets the workflow's id, name and version.

    `expected_nodes` lets readers see which nodes never ran. `input` and `run.set_output(value)` take anything that
    JSON can hold, and much that it cannot.

        with spanvas.workflow("triage", execution_id="order-17", expected_nodes=("read", "answer")) as run:
            ...
            run.set_output(result)

        @spanvas.workflow("triage")
        def triage(ticket): ...

    An exception that leaves the block makes the execution `failed`, with the deepest failing node as its cause; so
    does `run.fail(error)` where the block ends normally. When the block ends, spans that wait are written, within the
    time that the function has left.
    """
    return Scope(
        current_engine,
        "open_workflow",
        RunHandle(execution_id or ""),
        workflow_id=workflow_id,
        execution_id=execution_id,
        tenant=tenant,
        version=version,
        name=name,
        expected_nodes=expected_nodes,
        input=input,
        started_by=started_by,
        attributes=attributes,
    )


def node(
    node_id: str,
    *,
    name: str = "",
    kind: str = "",
    input: Any = None,
    attempt: int | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Scope[Handle]:
    """A step of the workflow's graph. `node_id` is its id there; `kind` is what the workflow calls such steps.

        with spanvas.node("draft", name="Draft the brief", kind="generate", input=facts) as node:
            node.set_output(write(facts))
            node.set_attribute("draft.words", 420)
            node.add_event("outline ready", {"sections": 5})

    Node spans are stored when they start: a function that is killed leaves behind where it was.
    """
    return Scope(
        current_engine,
        "open_node",
        Handle(),
        node_id=node_id,
        name=name,
        kind=kind,
        input=input,
        attempt=attempt,
        attributes=attributes,
    )


def attempt(
    number: int, *, backoff_ms: int | None = None, attributes: Mapping[str, Any] | None = None
) -> Scope[Handle]:
    """One try of the node that is open. `backoff_ms` is how long was waited before it.

    with spanvas.node("escalate"):
        for number in (1, 2, 3):
            try:
                with spanvas.attempt(number, backoff_ms=waited):
                    return call()
            except Throttled:
                ...
    """
    return Scope(
        current_engine,
        "open_attempt",
        Handle(),
        number=number,
        backoff_ms=backoff_ms,
        attributes=attributes,
    )


def span(
    name: str,
    *,
    kind: str = "other",
    input: Any = None,
    attributes: Mapping[str, Any] | None = None,
    start_time_unix_nano: int | None = None,
) -> Scope[Handle]:
    """Anything else: `kind` is one of tool, retrieval, agent, http, map, item, artifact, other.

    with spanvas.span("GET orders", kind="http", attributes={"http.request.method": "GET"}) as span:
        span.set_attribute("http.response.status_code", 200)
    """
    return Scope(
        current_engine,
        "open_span",
        Handle(),
        name=name,
        kind=kind,
        input=input,
        attributes=attributes,
        start_time_unix_nano=start_time_unix_nano,
    )


def record_generation(
    *,
    model: str,
    provider: str = "",
    system: Any = None,
    input_messages: Sequence[Any] | None = None,
    output_messages: Sequence[Any] | None = None,
    usage: Any = None,
    finish_reasons: Sequence[str] | None = None,
    tool_definitions: Any = None,
    parameters: Mapping[str, Any] | None = None,
    response_model: str = "",
    response_id: str = "",
    operation: str = "chat",
    error: BaseException | str | None = None,
    attributes: Mapping[str, Any] | None = None,
    start_time_unix_nano: int | None = None,
    end_time_unix_nano: int | None = None,
) -> None:
    """One model call, as a finished span under the one that is open.

    Messages are `{"role", "parts"}` as OpenTelemetry has them, or `{"role", "content"}` as most providers do; a plain
    text is a message too. `usage` has `input_tokens` (cached ones included), `output_tokens` (reasoning included),
    `cache_read_tokens`, `cache_write_tokens`, `reasoning_tokens`. `parameters` are `temperature`, `max_tokens`, ….
    Not needed where an OpenTelemetry instrumentation traces the client already.
    """
    engine = current_engine()
    if engine is not None:
        engine.record_generation(
            model=model,
            provider=provider,
            system=system,
            input_messages=input_messages,
            output_messages=output_messages,
            usage=usage,
            finish_reasons=finish_reasons,
            tool_definitions=tool_definitions,
            parameters=parameters,
            response_model=response_model,
            response_id=response_id,
            operation=operation,
            error=error,
            attributes=attributes,
            start_time_unix_nano=start_time_unix_nano,
            end_time_unix_nano=end_time_unix_nano,
        )


def attach_artifact(
    name: str, data: bytes | Path | BinaryIO, *, media_type: str = ""
) -> ArtifactHandle | None:
    """Keep a file that the open span produced. Answers what was stored, None when off or when it could not be.

    A path or an open binary file is read as a stream. A media type that is not on the list of harmless ones is stored
    as bytes to download. A file over `SPANVAS_MAX_ARTIFACT_BYTES`, or a failing upload, marks the span, nothing else.

        spanvas.attach_artifact("report.csv", Path("/tmp/report.csv"), media_type="text/csv")
    """
    engine = current_engine()
    return engine.attach_artifact(name, data, media_type) if engine is not None else None


def bind(function: Callable[P, R]) -> Callable[P, R]:
    """The function, made to run inside the spans that are open now: for thread pools.

    pool.map(spanvas.bind(work), items)
    """
    engine = current_engine()
    return engine.bind(function) if engine is not None else function


def flush(timeout_ms: int | None = None) -> bool:
    """Write what waits, now; whether all of it is durable. Not needed at the end of a workflow.

    `timeout_ms` bounds the wait, as does the time that the function has left.
    """
    engine = current_engine()
    return engine.flush(timeout_ms) if engine is not None else True


def health() -> dict[str, int]:
    """What went wrong inside Spanvas in this process, counted: dropped spans, failed writes and exports, problems.

    Empty when tracing is off. For metrics of the executor.
    """
    engine = current_engine()
    return engine.health() if engine is not None else {}


def current_engine() -> Engine | None:
    """The engine of this process: made at the first use, None when tracing is off or could not start."""
    global _engine, _is_asked  # noqa: PLW0603 - one process has one engine
    if not _is_asked:
        with _asking:
            if not _is_asked:
                _engine = _start()
                _is_asked = True
    return _engine


def _start() -> Engine | None:
    from spanvas.settings import is_enabled

    if not is_enabled():
        return None
    try:
        from spanvas.settings import load

        settings = load()
        from spanvas.tracing.engine import Engine

        return Engine.from_settings(settings)
    except Exception:
        import logging

        logging.getLogger("spanvas").exception("tracing is off: it could not be started")
        return None
