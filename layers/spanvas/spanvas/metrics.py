"""The metrics that functions under the layer write to their logs, in CloudWatch's embedded metric format. Pure.

`METRICS` is the one home of their names and units, `DIMENSION_SETS` of what they are counted by. An execution, a tenant
or a text of anybody is never a dimension: each value would be a metric of its own, and paid for.
Source: CloudWatch's user guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spanvas.model.execution import (
    FAILED,
    LOST,
    UNKNOWN_WORKFLOW,
    Counters,
    Execution,
    run_nano,
)
from spanvas.model.units import MS
from spanvas.semantics.shapes import id_without_content

NAMESPACE: Final = "Spanvas"
SERVICE: Final = "service"
WORKFLOW_ID: Final = "workflow_id"
DIMENSION_SETS: Final = ((), (SERVICE,), (SERVICE, WORKFLOW_ID))
"""Each metric is written for all of them. An alarm that is to hear of every function takes the one without any."""

MOST_WORKFLOWS: Final = 50
OTHER: Final = "other"
"""Stands for all workflows after the first `MOST_WORKFLOWS` of a process."""
MOST_CHARACTERS: Final = 250
NANO_USD: Final = 1e9


class Metric(NamedTuple):
    """`unit` is one of CloudWatch's; `help` says in the reference what is counted."""

    name: str
    unit: str
    help: str


EXECUTIONS: Final = Metric(
    "Executions", "Count", "executions that ended, each once, by the function that ended it"
)
FAILED_EXECUTIONS: Final = Metric("FailedExecutions", "Count", "those of them that failed")
DURATION: Final = Metric(
    "ExecutionDuration", "Milliseconds", "how long they ran, without their time in a queue"
)
INPUT_TOKENS: Final = Metric(
    "InputTokens", "Count", "tokens that their model calls have read, cached ones included"
)
OUTPUT_TOKENS: Final = Metric("OutputTokens", "Count", "tokens that their model calls have written")
CACHE_READ_TOKENS: Final = Metric(
    "CacheReadTokens", "Count", "those of the input tokens that were read from a cache"
)
COST: Final = Metric("Cost", "None", "USD that the calls have cost, where a price is known")
COLD_STARTS: Final = Metric(
    "ColdStarts", "Count", "invocations that were the first of their environment"
)
EXPORTER_DROPS: Final = Metric(
    "ExporterDrops", "Count", "spans that did not fit, or that the OTLP endpoint has refused"
)

METRICS: Final = (
    EXECUTIONS,
    FAILED_EXECUTIONS,
    DURATION,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    CACHE_READ_TOKENS,
    COST,
    COLD_STARTS,
    EXPORTER_DROPS,
)

Values = Mapping[Metric, float]


class WorkflowNames:
    """The workflow ids that one process uses as a dimension: the first ones that it meets, the others are `other`."""

    def __init__(self, most: int = MOST_WORKFLOWS) -> None:
        self._most = most
        self._known: set[str] = set()

    def shown(self, workflow_id: str) -> str:
        """Returns the value of the dimension for a workflow. Of an id that was made of a sentence, that has no word."""
        name = dimension_value(id_without_content(workflow_id))
        if name not in self._known:
            if len(self._known) >= self._most:
                return OTHER
            self._known.add(name)
        return name


def of_end(execution: Execution, counters: Counters, *, is_first: bool) -> dict[Metric, float]:
    """Returns what the end of an execution adds to the metrics.

    `counters` is what of its totals has not been told before. `is_first`: no end of it has been counted before.
    What nothing has reported is left out: a metric that never has a value costs nothing.
    """
    values: dict[Metric, float] = {}
    if is_first:
        values[EXECUTIONS] = 1
        values[FAILED_EXECUTIONS] = int(execution.status == FAILED)
        duration = None if execution.status == LOST else run_nano(execution)
        if duration is not None:
            values[DURATION] = round(duration / MS, 1)
    cost = counters.cost_nano_usd
    told = {
        INPUT_TOKENS: counters.input_tokens,
        OUTPUT_TOKENS: counters.output_tokens,
        CACHE_READ_TOKENS: counters.cache_read_tokens or None,
        COST: None if cost is None else cost / NANO_USD,
    }
    return values | {metric: value for metric, value in told.items() if value is not None}


def line(values: Values, service: str, workflow_id: str, now_unix_nano: int) -> str:
    """Returns one document of the format, on one line, without its end. `values` must not be empty."""
    document: dict[str, Any] = {
        "_aws": {
            "Timestamp": now_unix_nano // MS,
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": DIMENSION_SETS,
                    "Metrics": [{"Name": each.name, "Unit": each.unit} for each in values],
                }
            ],
        },
        SERVICE: dimension_value(service),
        WORKFLOW_ID: workflow_id,
        **{metric.name: value for metric, value in values.items()},
    }
    return json.dumps(document, separators=(",", ":"))


def dimension_value(text: str) -> str:
    """Returns a text as CloudWatch takes it for a dimension: printable ASCII, not empty, no colon at its beginning."""
    fit = "".join(letter if " " <= letter <= "~" else "_" for letter in text[:MOST_CHARACTERS])
    return fit.strip().lstrip(": ") or UNKNOWN_WORKFLOW
