"""Spanvas: one trace for every workflow execution.

The public API for executor authors. Everything here does nothing, and loads nothing, unless the environment
says `SPANVAS_ENABLED=true`; and whatever goes wrong inside Spanvas, the function's own result does not change.

    import spanvas

    def handler(event, context):
        with spanvas.workflow("research-brief", execution_id=event["execution_id"]) as run:
            with spanvas.node("draft", name="Draft the brief", input=event) as node:
                messages = [{"role": "user", "content": [{"text": event["question"]}]}]
                with spanvas.generation(
                    model=MODEL, provider="aws.bedrock", input_messages=messages
                ) as call:
                    answer = call.response(bedrock.converse(modelId=MODEL, messages=messages))
                text = answer["output"]["message"]["content"][0]["text"]
                node.set_output(text)
            spanvas.attach_artifact("brief.md", text.encode(), media_type="text/markdown")
            run.set_output({"words": len(text.split())})

`workflow`, `node`, `attempt`, `span` and `generation` are context managers (`with` and `async with`) and decorators
alike. Exceptions of the code inside pass
through unchanged, and are recorded on their way; one that has an `error_type` is counted by that.
"""

from __future__ import annotations

from _thread import allocate_lock

from spanvas.handles import GenerationHandle, Handle, RunHandle, Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping, Sequence
    from pathlib import Path
    from typing import Any, BinaryIO, ParamSpec, TypeVar

    from spanvas.settings import Settings
    from spanvas.tracing.artifact_handle import ArtifactHandle
    from spanvas.tracing.engine import Engine

    H = TypeVar("H", bound=Handle)
    C = TypeVar("C", bound=MutableMapping[str, Any])
    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = [
    "GenerationHandle",
    "Handle",
    "RunHandle",
    "attach_artifact",
    "attempt",
    "bind",
    "defer_recording",
    "discard",
    "disown",
    "end_execution",
    "flush",
    "generation",
    "health",
    "inject",
    "log_fields",
    "message",
    "message_attributes",
    "node",
    "record_generation",
    "span",
    "undecided",
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
    is_final: bool | None = None,
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

    `is_final` says whether the execution ends here. None leaves it to what is known: it does, unless a state machine
    or another function has passed it on to this one. False is for the function that begins an execution and passes it
    on, True for the one that finishes what others began. Where it does not end here, `input` and output are those of
    this function's part.
    """
    return _scope(
        lambda engine: engine.executions.open_workflow(
            workflow_id=workflow_id,
            execution_id=execution_id,
            tenant=tenant,
            version=version,
            name=name,
            expected_nodes=expected_nodes,
            input=input,
            started_by=started_by,
            is_final=is_final,
            attributes=attributes,
        ),
        RunHandle(execution_id or ""),
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

    `attempt` is for nodes whose tries run in different invocations (a message that is delivered again, say) and counts
    them from 1: they all meet in one node, each as an attempt inside of it. A node with the id of the state that a
    state machine has called the function for is that state, whose retries are its attempts.
    """
    return _scope(
        lambda engine: engine.spans.open_node(
            node_id=node_id,
            name=name,
            kind=kind,
            input=input,
            attempt=attempt,
            attributes=attributes,
        ),
        Handle(),
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
    return _scope(
        lambda engine: engine.spans.open_attempt(
            number=number,
            backoff_ms=backoff_ms,
            attributes=attributes,
        ),
        Handle(),
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
    return _scope(
        lambda engine: engine.spans.open_span(
            name=name,
            kind=kind,
            input=input,
            attributes=attributes,
            start_time_unix_nano=start_time_unix_nano,
        ),
        Handle(),
    )


def generation(
    *,
    model: str,
    provider: str = "",
    system: Any = None,
    input_messages: Sequence[Any] | str | None = None,
    tool_definitions: Any = None,
    parameters: Mapping[str, Any] | None = None,
    operation: str = "chat",
    attributes: Mapping[str, Any] | None = None,
) -> Scope[GenerationHandle]:
    """One model call, as long as the block takes.

        with spanvas.generation(model="gpt-4o", provider="openai", input_messages=messages) as call:
            answer = call.response(client.chat.completions.create(model="gpt-4o", messages=messages))

    `call.response(answer)` takes the client's own object, finds messages, usage and the rest in it, and returns it.
    Of a stream, `call.token()` notes when its first part came:

        async with spanvas.generation(model=MODEL, provider="anthropic", input_messages=messages) as call:
            async with client.messages.stream(model=MODEL, max_tokens=500, messages=messages) as stream:
                async for text in stream.text_stream:
                    call.token()
                call.response(await stream.get_final_message())

    Messages are those that the client takes; a plain text is a message too. An exception that leaves the block is the
    call's. Not needed where an OpenTelemetry instrumentation traces the client already.
    """
    return _scope(
        lambda engine: engine.generations.open(
            model=model,
            provider=provider,
            system=system,
            input_messages=input_messages,
            tool_definitions=tool_definitions,
            parameters=parameters,
            operation=operation,
            attributes=attributes,
        ),
        GenerationHandle(),
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
    """One model call that is over, as a finished span under the one that is open. `generation` measures one.

    Without `start_time_unix_nano` the call is marked as not timed: it is shown from the end of what came before it in
    the open span, or the start of that, until now.

    Messages are `{"role", "parts"}` as OpenTelemetry has them, or those of a client library; a plain text is a message
    too. `usage` has `input_tokens` (cached ones included), `output_tokens` (reasoning included), `cache_read_tokens`,
    `cache_write_tokens`, `reasoning_tokens`, or is what a client library reports. `parameters` are `temperature`,
    `max_tokens`, ….
    Not needed where an OpenTelemetry instrumentation traces the client already.
    """
    engine = current_engine()
    if engine is not None:
        engine.generations.record(
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
    name: str,
    data: bytes | Path | BinaryIO | None = None,
    *,
    media_type: str = "",
    s3: str = "",
    version: str = "",
) -> ArtifactHandle | None:
    """Keep a file that the open span produced. Answers what was stored, None when off or when it could not be.

    Where no content is kept (`SPANVAS_CONTENT`), nothing of it is, and its span says so; where content is redacted, a
    file that is text is redacted first.

    A path or an open binary file is read as a stream. Without a media type, the ending of the name counts. A type that
    is not on the list of harmless ones, or that is not what the file begins like, is stored as bytes to download. A
    file over `SPANVAS_MAX_ARTIFACT_BYTES`, or a failing upload, marks the span, nothing else.

        spanvas.attach_artifact("report.csv", Path("/tmp/report.csv"), media_type="text/csv")

    `s3` names a file that is in a bucket already and stays there: `s3://bucket/key`, and its `version` where it is not
    the latest. The bucket has to be among `SPANVAS_ARTIFACT_BUCKETS`; without a media type, the object's own counts.

        spanvas.attach_artifact("model.bin", s3="s3://models/2026/model.bin")
    """
    engine = current_engine()
    if engine is None:
        return None
    return engine.artifacts.attach(name, data, media_type, s3=s3, version=version)


def inject(carrier: C) -> C:
    """Pass the execution on: adds `traceparent` and `baggage` to a mapping, and returns it; `tracestate`, where the
    trace has one.

    For what one function sends another and the layer finds there again: the payload of a Lambda invocation, the input
    of a state machine, the detail of an EventBridge event, HTTP headers.

        lambda_client.invoke(FunctionName="draft", Payload=json.dumps(spanvas.inject({"order": 17})))
        step_functions.start_execution(stateMachineArn=arn, input=json.dumps(spanvas.inject(order)))
        events.put_events(Entries=[{..., "Detail": json.dumps(spanvas.inject(order))}])

    Names that the mapping has already are replaced. Off, and outside of an execution, it stays as it is.
    """
    engine = current_engine()
    if engine is not None:
        carrier.update(engine.outbound.headers())
    return carrier


def log_fields() -> dict[str, str]:
    """Return `trace_id`, `span_id` and `execution_id` of the open span, for the lines of a log.

    `spanvas.logs.LogFields` adds them to every record of a logger. Off, and outside of an execution, there are
    none.
    """
    engine = current_engine()
    return engine.outbound.log_fields() if engine is not None else {}


def message_attributes(attributes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Pass the execution on with a message of SQS or SNS: `attributes` and two more, `traceparent` and `baggage`.

        sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=spanvas.message_attributes())

    SQS takes ten attributes; `tracestate` goes along where the trace has one and there is room for it. Off, and outside
    of an execution, there are none besides those given.
    """
    added = dict(attributes or {})
    engine = current_engine()
    if engine is not None:
        for name, value in engine.outbound.headers(len(added)).items():
            added[name] = {"DataType": "String", "StringValue": value}
    return added


def message(record: Mapping[str, Any]) -> Scope[Handle]:
    """One of several messages that a function gets at once: what is inside belongs to the message's execution.

        def handler(event, context):
            for record in event["Records"]:
                with spanvas.message(record):
                    process(record)

    Takes records of SQS and SNS as Lambda gives them, messages as `receive_message` returns them, and events of
    EventBridge. A function with one message an invocation does not need it.
    """
    return _scope(lambda engine: engine.messages.open_message(record=record), Handle())


def end_execution(error: BaseException | str | None = None) -> None:
    """This function does the last part: the execution that others have begun ends with its invocation.

    It ends `failed` where the function fails, or with `error`. The same as `workflow(..., is_final=True)`.
    """
    engine = current_engine()
    if engine is not None:
        engine.executions.end_execution(error)


def defer_recording() -> Scope[Handle]:
    """Writes nothing more of the execution while the block finds out whether the event is a repetition.

        with spanvas.defer_recording():
            is_mine = claim(event)
        if not is_mine:
            spanvas.discard()
            return None

    Before any `workflow()`, and for as long as it takes: the execution stays as it is for everybody else. Without it,
    what the wrapper has opened is registered after `SPANVAS_FLUSH_INTERVAL_MS`, or when its workflow is named. The
    first write that the wrapper has made before (`SPANVAS_START_BUDGET_MS`) changes nothing of an execution that is
    there, and `discard()` takes it back where none was.
    """
    return _scope(lambda engine: engine.executions.defer_recording(), Handle())


def discard() -> None:
    """Discards what is recorded of this delivery: somebody else runs, or has run, the execution that is open.

    For events that come again: nothing is recorded of what this invocation has opened or opens from here on, and the
    execution is neither ended nor changed. `health()` counts it. Inside of `message()` it is about that message alone;
    where others of the same execution are handled beside it, its span stays, marked as a repetition.
    """
    engine = current_engine()
    if engine is not None:
        engine.executions.discard()


def undecided() -> Scope[Handle]:
    """Deprecated: the former name of `defer_recording()`."""
    _warn_of_rename("undecided", "defer_recording")
    return defer_recording()


def disown() -> None:
    """Deprecated: the former name of `discard()`."""
    _warn_of_rename("disown", "discard")
    discard()


def _warn_of_rename(old: str, new: str) -> None:
    import warnings

    message = f"spanvas.{old}() is now spanvas.{new}(); the old name goes with the next release"
    warnings.warn(message, DeprecationWarning, stacklevel=3)


def bind(function: Callable[P, R]) -> Callable[P, R]:
    """The function, made to run inside the spans that are open now: for thread pools.

    pool.map(spanvas.bind(work), items)
    """
    if current_engine() is None:
        return function
    from spanvas.tracing.context import bind

    return bind(function)


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


def _scope(opener: Callable[[Engine], H | None], idle: H) -> Scope[H]:
    """Returns a scope that opens with the engine; with none, its block gets `idle`."""

    def open_with_engine() -> H | None:
        engine = current_engine()
        return opener(engine) if engine is not None else None

    return Scope(open_with_engine, idle)


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
    try:
        from spanvas.settings import is_enabled, load

        if not is_enabled():
            return None
        settings = load()
        from spanvas.environment import aws_variables
        from spanvas.otel_variables import OtelVariables

        if OtelVariables(aws_variables()).is_disabled:
            import logging

            logging.getLogger("spanvas").warning("tracing is off: OTEL_SDK_DISABLED is true")
            return None
        return _make(settings)
    except Exception:
        import logging

        logging.getLogger("spanvas").exception("tracing is off: it could not be started")
        return None


def _make(settings: Settings) -> Engine:
    """Without collecting garbage meanwhile, nor among what was loaded: imports make none, and looking for it is a tenth
    of what they cost. Freezing and unfreezing makes old objects of young ones, which are not looked at for long."""
    import gc

    was_collecting = gc.isenabled()
    gc.disable()
    try:
        from spanvas.tracing.sdk import load_sdk

        load_sdk()
        from spanvas.tracing.engine import Engine

        return Engine.from_settings(settings)
    finally:
        if was_collecting:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
