"""What it costs to store an execution, and how many pages reading one takes.

Forty spans with 2 KB of content each are written as the layer does it under a wrapped handler: the beginning of the
execution before the handler's first line, a flush early, when the first steps have started, and one at the end. The
variants are flushed more often, the last one as the layer does it where spans come all the time: every second. Counted
on dynalite, which reports units by the size of items and
cuts query pages by it, as DynamoDB does. It reports none for indexes: those are added by DynamoDB's rule, which is
also applied to everything as a cross-check. Prices: us-east-1, on demand, $0.625 for a million write units and $5 for
a million S3 puts; storage and reads come on top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.bench.figures import Figure, rounded
from tests.support.capacity import Meter
from tests.support.engines import Engines, client_of, local_engines
from tests.support.workload import make_workload, store_workload

WRITE_UNIT_DOLLARS = 0.625
S3_PUT_DOLLARS = 5.0
"""Dollars for a million."""
SECONDS = 20.0
LONG_SECONDS = 300.0
EARLY = 1.0


def run() -> list[Figure]:
    with local_engines() as engines:
        meter = Meter(reader=client_of("dynamodb", engines.dynamodb.meta.endpoint_url))
        meter.attach(engines.dynamodb, engines.s3)
        return [*costs(engines, meter), *pages(engines, meter)]


def costs(engines: Engines, meter: Meter) -> Iterator[Figure]:
    quarters = [SECONDS / 4, SECONDS / 2, SECONDS * 3 / 4]
    steadily = [float(second) for second in range(1, round(SECONDS))]
    yield from cost(engines, meter, "40 spans x 2 KB", [EARLY], goal="<= 25")
    yield Figure("of these, writes of indexes", meter.units_of_indexes, "units")
    yield Figure("cross-check: all of them by the rule", meter.units_by_rule, "units")
    yield from cost(engines, meter, "the same, started through the API", [EARLY], is_queued=True)
    yield from cost(engines, meter, "the same in 5 flushes", [EARLY, *quarters])
    yield from cost(engines, meter, "the same over 20 s, flushed every second", steadily)


def cost(
    engines: Engines,
    meter: Meter,
    label: str,
    flush_at: Sequence[float],
    *,
    goal: str = "",
    is_queued: bool = False,
) -> list[Figure]:
    meter.clear()
    workload = make_workload(40, tenant=label, seconds=SECONDS)
    store_workload(engines.store, workload, flush_at, is_queued=is_queued, is_begun=True)
    dollars = meter.units * WRITE_UNIT_DOLLARS + meter.s3_puts * S3_PUT_DOLLARS
    return [
        Figure(f"{label}: write units", meter.units, "units", goal),
        Figure(f"{label}: S3 puts", meter.s3_puts, "puts"),
        Figure(f"{label}: a million executions", rounded(dollars), "dollars"),
    ]


def pages(engines: Engines, meter: Meter) -> Iterator[Figure]:
    often = [float(second) for second in range(1, round(LONG_SECONDS), 3)]
    for label, flush_at in (("at the end", []), (f"in {len(often) + 1} flushes", often)):
        workload = make_workload(10_000, tenant=label, seconds=LONG_SECONDS)
        store_workload(engines.store, workload, flush_at)
        meter.clear()
        trace = engines.store.read_trace(label, workload.execution.execution_id)
        assert trace is not None
        assert len(trace.rows) == len(workload.spans)
        figure = f"10,000 spans written {label}: query pages"
        yield Figure(figure, meter.query_pages, "pages", "<= 3")
