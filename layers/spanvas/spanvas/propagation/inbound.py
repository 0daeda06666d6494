"""Which execution an event is part of, and who is going to end that.

In this order: the path that the deployment has set, the ARN of a durable execution, Step Functions' context, what a
message carries, a `traceparent`. Whoever has passed an execution on, or a state machine, knows when it ends, and a
durable function says it; with any other event the execution begins and ends where it arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from spanvas.model.execution import BY_CALLER, BY_FUNCTION, BY_STATE_MACHINE
from spanvas.model.ids import as_execution_id
from spanvas.propagation.carriers import (
    NOTHING,
    Parent,
    RemoteContext,
    remote_context_in,
)
from spanvas.propagation.durable_functions import DurableRun, durable_run_in
from spanvas.propagation.messages import ReceivedMessage, messages_in
from spanvas.propagation.state_machines import StateMachineRun, machine_name, run_in

Path = Callable[[Any], str | None]
"""What is at a path that the deployment has set, in an event or in a message's body."""


class InboundContext(NamedTuple):
    """What is known of the execution that an event, or one message of it, is part of.

    `execution_id` is None where nothing says it. `parent` is the caller's span; `is_continued`: the caller knows
    Spanvas, and has an execution of which that span is a part.
    """

    execution_id: str | None = None
    tenant: str | None = None
    workflow_id: str | None = None
    ended_by: str = BY_FUNCTION
    parent: Parent | None = None
    is_continued: bool = False
    machine: StateMachineRun | None = None
    message: ReceivedMessage | None = None
    durable: DurableRun | None = None


class InboundContexts(NamedTuple):
    """Of the invocation as a whole, and, where its messages are of several executions, of each message."""

    whole: InboundContext
    messages: list[InboundContext]


def inbound_contexts(event: Any, context: Any, id_path: Path, tenant_path: Path) -> InboundContexts:
    """Returns the contexts of an event. `context` is Lambda's; its client context carries what callers with the W3C's
    headers have put there."""
    execution_id = id_path(event)
    durable = durable_run_in(event)
    if durable is not None:
        return InboundContexts(_durable(durable, execution_id, tenant_path, event, context), [])
    machine = run_in(event)
    found = [] if execution_id or machine is not None else messages_in(event)
    if not found:
        remote = _remote_context_of(event, context, machine)
        whole = _inbound(execution_id, tenant_path(event), machine, remote)
        return InboundContexts(whole, [])
    contexts = [inbound_of(message, id_path, tenant_path) for message in found]
    # Where messages have no place for a tenant, the event as a whole may name it.
    default = tenant_path(event)
    contexts = [item._replace(tenant=item.tenant or default) for item in contexts]
    if len({(item.tenant, item.execution_id) for item in contexts}) == 1:
        return InboundContexts(contexts[0], contexts)
    return InboundContexts(InboundContext(tenant=default), contexts)


def _durable(
    durable: DurableRun, execution_id: str | None, tenant_path: Path, event: Any, context: Any
) -> InboundContext:
    """An invocation of a durable execution: that has its own id, whatever has started it, and ends with its last
    invocation. What its caller has passed along is in its input."""
    remote = _remote_context_of(durable.input, context, None)
    return InboundContext(
        execution_id or durable.arn,
        tenant_path(event) or tenant_path(durable.input) or remote.tenant,
        durable.function_name,
        BY_CALLER,
        remote.parent,
        not durable.is_first,
        durable=durable,
    )


def inbound_of(message: ReceivedMessage, id_path: Path, tenant_path: Path) -> InboundContext:
    """Returns what is known of the execution of one message."""
    body = message.body if message.body is not None else {}
    machine = run_in(body)
    remote = message.remote if message.remote != NOTHING else remote_context_in(body)
    inbound = _inbound(id_path(body), tenant_path(body), machine, remote)
    return inbound._replace(message=message)


def _inbound(
    execution_id: str | None,
    tenant: str | None,
    machine: StateMachineRun | None,
    remote: RemoteContext,
) -> InboundContext:
    """A state machine's execution is its own, whatever trace it was started in, unless the path says otherwise."""
    if machine is not None:
        execution_id = execution_id or machine.arn
    is_foreign = execution_id is not None and as_execution_id(execution_id) != as_execution_id(
        remote.execution_id
    )
    if is_foreign:
        workflow_id = machine_name(machine.arn) if machine is not None else None
        ended_by = BY_FUNCTION
    else:
        workflow_id = remote.workflow_id
        ended_by = BY_CALLER if remote.execution_id else BY_FUNCTION
        execution_id = remote.execution_id
    if not execution_id and remote.parent is not None:
        execution_id = remote.parent.trace_id
    return InboundContext(
        execution_id,
        tenant or remote.tenant,
        workflow_id or None,
        BY_STATE_MACHINE if machine is not None else ended_by,
        remote.parent,
        not is_foreign and remote.execution_id is not None,
        machine,
    )


def _remote_context_of(event: Any, context: Any, machine: StateMachineRun | None) -> RemoteContext:
    """What the caller has passed along: in the event, the input of its state machine, the client context.

    From HTTP headers, which anybody may send, nothing but the `traceparent` is taken.
    """
    carriers = [event, machine.input if machine is not None else None]
    w3c = getattr(context, "w3c", None)
    if callable(w3c):
        carriers.append(w3c())
    carriers.append(getattr(getattr(context, "client_context", None), "custom", None))
    for carrier in carriers:
        remote = remote_context_in(carrier)
        if remote != NOTHING:
            return remote
    headers = event.get("headers") if isinstance(event, Mapping) else None
    return RemoteContext(remote_context_in(headers).parent)
