"""Counts executions again that have ended and that several processes have written, each of which knows a part of their
spans: see docs/adr/0034."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aws_lambda_powertools import Logger

from spanvas.model.execution import OPEN, Execution, totalled
from spanvas.storage.pages import Overdue
from spanvas.storage.port import TraceStore
from spanvas.storage.stored_trace import StoredTrace

logger = Logger(service="sweep", child=True)


def count_again(store: TraceStore, is_time_left: Callable[[], bool]) -> int:
    """Counts again what is to be counted again, as far as the time allows. Returns how many executions it was done for.

    One for which it fails is left to the next run. Raises StoreUnavailableError where they cannot be listed.
    """
    counted = 0
    for key in store.to_recount():
        if not is_time_left():
            break
        try:
            counted += _count_again(store, key)
        except Exception as error:  # noqa: BLE001 - one that cannot be counted stops no other, whatever it is
            logger.warning(
                "execution not counted again",
                tenant=key.tenant,
                execution_id=key.execution_id,
                reason=type(error).__name__,
            )
    return counted


def _count_again(store: TraceStore, key: Overdue) -> bool:
    """Returns whether its stored totals are right now. Where a part of it cannot be decoded, they stay as they are."""
    trace = store.read_trace(*key)
    if trace is None or trace.execution.status in OPEN:
        return False
    execution: Execution | None = trace.execution
    if trace.is_whole:
        execution = make_totals_right(store, trace)
    return execution is not None and store.note_recounted(execution)


def make_totals_right(store: TraceStore, trace: StoredTrace) -> Execution | None:
    """Stores the totals of a trace that could be read whole. Returns its execution as it is then; None where it was
    written meanwhile, and nothing was stored."""
    execution = trace.execution
    right = totalled(execution, trace.rows)
    if right.counters == execution.counters:
        return execution
    if not store.repair_counters(execution, right.counters):
        return None
    return replace(right, revision=execution.revision + 1)
