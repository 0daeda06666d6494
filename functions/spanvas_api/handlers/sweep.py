"""The sweep: closes executions whose deadline has passed without an end, so that nothing is running for ever, and
counts those again that several functions have written, so that the history says what the trace says.

Runs on a schedule. What it does not get to in one run, the next one does. EventBridge calls it too, when a state
machine's execution has ended: see `spanvas_api.state_machines`. Durable executions have years: Lambda is asked for the
end of those that are open, see `spanvas_api.durable_executions`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from spanvas import environment, metrics, settings
from spanvas.model.errors import (
    ConflictError,
    SpanvasError,
    StoreUnavailableError,
    UnreadableItemError,
)
from spanvas.model.execution import LOST, OPEN, OVERDUE, Cause, totalled
from spanvas.storage.pages import Overdue
from spanvas.storage.port import CountedEnd, TraceStore
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api.closed_roots import ClosedRoots
from spanvas_api.durable_executions import DurableSweep, account_of
from spanvas_api.ends import first_end
from spanvas_api.errors import DurableServiceError
from spanvas_api.recount import count_again, make_totals_right
from spanvas_api.services import Services
from spanvas_api.state_machines import MachineEnd, machine_end_of, write_end

SERVICE: Final = "sweep"
STOP_BEFORE_MS: Final = 5_000
"""Time that is left for the one that is being closed, and for the metrics, when the function's own deadline comes
near."""
MAX_REFUSED: Final = 20
"""Executions one after the other that can neither be closed nor set aside: the store itself is in trouble."""

logger = Logger(service=SERVICE)

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, int]]


def make_handler(services: Callable[[], Services]) -> Handler:
    """The function's handler over these services."""
    names = metrics.WorkflowNames()

    @logger.inject_lambda_context
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
        end = machine_end_of(event)
        if end is not None:
            return {"ended": _write_end(services(), end, names)}

        def is_time_left() -> bool:
            return context.get_remaining_time_in_millis() > STOP_BEFORE_MS

        roots = ClosedRoots(services(), environment.aws_variables(), is_time_left)
        _note_index(services().store)
        try:
            answer = _swept(services(), is_time_left, names, roots)
            _end_durable(services(), context.invoked_function_arn, is_time_left, names, roots)
        finally:  # of what has been closed, whatever stopped the run
            roots.send()
            roots.measure(names)
        return answer

    return handler


def _note_index(store: TraceStore) -> None:
    """What has failed since then is found by its status alone. Noted by the first run after the index came."""
    try:
        store.note_status_index()
    except StoreUnavailableError:  # the next run does it
        logger.exception("status index not noted")


def _end_durable(
    services: Services,
    own_arn: str,
    is_time_left: Callable[[], bool],
    names: metrics.WorkflowNames,
    roots: ClosedRoots,
) -> None:
    """Durable executions that have ended without telling. What of it fails is tried again by a later run."""
    now = services.clock()
    account = account_of(own_arn)
    swept = DurableSweep(
        services.store, services.durable_service, account, now, is_time_left, roots
    )
    try:
        ended = swept.run()
    except (StoreUnavailableError, DurableServiceError):
        logger.exception("durable executions not looked at")
        return
    finally:
        _measure_ended(services, swept.counted, names)
    if ended:
        logger.info("durable executions ended", number=ended)


def _swept(
    services: Services,
    is_time_left: Callable[[], bool],
    names: metrics.WorkflowNames,
    roots: ClosedRoots,
) -> dict[str, int]:
    """A run, measured whatever becomes of it."""
    swept = Sweep(services.store, is_time_left, roots.lost)
    set_aside: int | None = None
    try:
        swept.run()
        set_aside = services.store.count_set_aside()
    finally:
        _measure(swept.closed)
        _measure_ended(services, swept.counted, names)
        _measure_trouble(services, set_aside)
    if recounted := count_again(services.store, is_time_left):
        logger.info("executions counted again", number=recounted)
    return {"closed": swept.closed.total(), "set_aside": swept.set_aside}


class Sweep:
    """One run: `closed` counts by cause what was closed, `set_aside` what could not be. `counted`: what of the former
    no metrics had counted before. `on_lost` is told of each execution that was closed.

    What cannot be closed is set aside, whatever the reason, so that the next run does not meet it first again. What is
    left when the time is over is there for the next run.
    """

    def __init__(
        self,
        store: TraceStore,
        is_time_left: Callable[[], bool],
        on_lost: Callable[[StoredTrace, Cause], None] = lambda trace, cause: None,
    ) -> None:
        self._store = store
        self._on_lost = on_lost
        self._is_time_left = is_time_left
        self._refused = 0
        self.closed: Counter[str] = Counter()
        self.counted: list[CountedEnd] = []
        self.set_aside = 0

    def run(self) -> None:
        """Close what is overdue, the longest overdue first.

        Raises StoreUnavailableError where the overdue cannot be listed, and when the store has refused so many writes
        one after the other that it is better left alone.
        """
        for overdue in self._store.overdue():
            if not self._is_time_left():
                return
            try:
                closed = _close(self._store, overdue, self._on_lost)
            except Exception as error:  # noqa: BLE001 - one that cannot be closed stops no other, whatever it is
                self._put_aside(overdue, error)
                continue
            self._refused = 0
            if closed is not None:
                cause, end = closed
                self.closed[cause.error_type] += 1
                self.counted += [end] if end is not None else []

    def _put_aside(self, overdue: Overdue, error: Exception) -> None:
        if isinstance(error, UnreadableItemError):
            self._store.on_unreadable(error.item)
        logger.warning(
            "execution not closed",
            tenant=overdue.tenant,
            execution_id=overdue.execution_id,
            reason=reason_of(error),
        )
        try:
            self.set_aside += self._store.set_aside(overdue)
            self._refused = 0
        except StoreUnavailableError as refusal:
            self._refused += 1
            if self._refused == MAX_REFUSED:
                raise
            logger.warning(
                "execution not set aside",
                tenant=overdue.tenant,
                execution_id=overdue.execution_id,
                reason=str(refusal),
            )


def _close(
    store: TraceStore, overdue: Overdue, on_lost: Callable[[StoredTrace, Cause], None]
) -> tuple[Cause, CountedEnd | None] | None:
    """The cause that it was closed with, and what the metrics are to be told; None where it has ended, gone on or
    expired meanwhile."""
    trace = store.read_trace(*overdue)
    if trace is None or trace.execution.execution_id != overdue.execution_id:
        return None
    execution = trace.execution_with_loss_cause()
    if execution.status in OPEN and execution.deadline_unix_nano is None:
        raise ConflictError("it has no deadline, and the index has one")
    if execution.status != LOST:
        return None
    cause = execution.cause or OVERDUE
    if not store.close_as_lost(trace.execution, cause):
        return None
    on_lost(trace, cause)
    closed = replace(trace.execution, revision=trace.execution.revision + 1)
    if trace.is_whole:
        with suppress(StoreUnavailableError):  # it is closed; the next reader corrects its totals
            # What of it never ended is counted now, unless more has arrived since it was read.
            make_totals_right(store, replace(trace, execution=closed))
    return cause, first_end(trace.execution, totalled(closed, trace.rows).counters)


def reason_of(error: Exception) -> str:
    """In words that hold nothing of what is stored: messages of foreign errors may quote it."""
    return str(error) if isinstance(error, SpanvasError) else type(error).__name__


def _write_end(services: Services, end: MachineEnd, names: metrics.WorkflowNames) -> int:
    try:
        written = write_end(services.store, services.settings, end)
    except UnreadableItemError as error:  # its deadline closes it, or whoever can read it
        services.unreadable.note(error.item)
        written = None
    logger.info("state machine ended", arn=end.arn, status=end.status, is_known=written is not None)
    if written is not None:
        execution, root, counted = written
        _measure_ended(services, [counted] if counted is not None else [], names)
        roots = ClosedRoots(services, environment.aws_variables(), lambda: True)
        roots.ended(execution, root)
        roots.send()
        roots.measure(names)
    return int(written is not None)


def _measure_ended(
    services: Services, ends: Iterable[CountedEnd], names: metrics.WorkflowNames
) -> None:
    """A line for each execution that ended here, as a function under the layer writes it for those that it ends."""
    for execution, is_first, counters in ends:
        values = metrics.of_end(execution, counters, is_first=is_first)
        if values:
            workflow_id = names.shown(execution.workflow_id)
            print(metrics.line(values, SERVICE, workflow_id, services.clock()))


def _measure(closed: Mapping[str, int]) -> None:
    """A line of metrics a cause, counted by service and by service and cause; one of nothing where nothing was lost."""
    for cause, number in (closed or {"": 0}).items():
        written = EphemeralMetrics(namespace=metrics.NAMESPACE, service=SERVICE)
        if cause:
            written.add_dimensions(service=SERVICE, cause=cause)
        written.add_metric("ExecutionsLost", MetricUnit.Count, number)
        written.flush_metrics()


def _measure_trouble(services: Services, set_aside: int | None) -> None:
    """How many executions are set aside at the moment, where that is known, and how many items could not be read."""
    written = EphemeralMetrics(namespace=metrics.NAMESPACE, service=SERVICE)
    if set_aside is not None:
        written.add_metric("ExecutionsSetAside", MetricUnit.Count, set_aside)
    services.unreadable.measure(written)
    if written.metric_set:
        written.flush_metrics()


@cache
def process_services() -> Services:
    """The services of this process, made at the first run."""
    return Services(settings.load())


handler = make_handler(process_services)
