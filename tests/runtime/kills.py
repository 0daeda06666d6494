"""Real executions under the built layer, each killed at a random moment, and what must be true of them afterwards."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.lambdas.sandbox import Sandbox
from spanvas.model.execution import LOST, RUNNING, SUCCEEDED, Execution
from spanvas.model.span import Span
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.handlers.sweep import Sweep
from tests.runtime.layer_sandbox import LayeredFunctions, invoke
from tests.support.engines import Engines

TENANT = "acme"
HANDLER = "until_killed.handler"
NODES = 20
NODE_SECONDS = 0.04
"""About as long as a node takes; a moment within one is meant, not how long it is."""
ENDLESS = 1_000_000
TIMEOUT_SECONDS = 8
"""A tenth of it is left when the guard acts: enough for a busy machine."""
PATIENCE_SECONDS = 30
SIDE_BY_SIDE = 4
SHARE_OF_TIMEOUTS = 0.05
SHARE_OF_WARM = 0.3
INTERVALS_MS = ("50", "200", "1000")
HOUR = 3_600 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """One sandbox. It is killed when so many nodes have begun and `then_seconds` more have passed, at the latest when
    it has answered; or (`kill_after` is None) by the function's timeout."""

    number: int
    seed: int
    kill_after: int | None
    then_seconds: float
    is_warm: bool
    interval_ms: str

    @property
    def execution_id(self) -> str:
        return f"killed-{self.number}"


@dataclass(frozen=True, slots=True)
class Killed:
    """A case that is over, and what its function had written down by then."""

    case: Case
    has_answered: bool
    last_node: int | None
    acknowledged: dict[str, Any] | None


@dataclass(slots=True)
class Findings:
    """What the store says in the end. The lists name executions for which something is not as it must be."""

    kills: int = 0
    acknowledged_spans: int = 0
    acknowledged_lost: list[str] = field(default_factory=list)
    not_closed: list[str] = field(default_factory=list)
    still_running: list[str] = field(default_factory=list)
    wrong_cause: list[str] = field(default_factory=list)
    closed: int = 0
    unknown: int = 0
    """Executions of which nothing had been written when they were killed, and nothing acknowledged."""


def make_cases(count: int, seed: int) -> list[Case]:
    rng = random.Random(seed)
    return [
        Case(
            number=number,
            seed=rng.randrange(1 << 30),
            kill_after=None
            if rng.random() < SHARE_OF_TIMEOUTS
            else rng.randint(0, NODES * 11 // 10),
            then_seconds=rng.uniform(0, NODE_SECONDS),
            is_warm=rng.random() < SHARE_OF_WARM,
            interval_ms=rng.choice(INTERVALS_MS),
        )
        for number in range(count)
    ]


def kill_all(functions: LayeredFunctions, cases: list[Case], folder: Path) -> list[Killed]:
    """Run every case to its kill, several side by side."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda case: kill_one(functions, case, folder), cases))


def kill_one(functions: LayeredFunctions, case: Case, folder: Path) -> Killed:
    seconds = PATIENCE_SECONDS if case.kill_after is not None else TIMEOUT_SECONDS
    sandbox = functions.start(
        HANDLER, timeout_seconds=seconds, SPANVAS_FLUSH_INTERVAL_MS=case.interval_ms
    )
    try:
        failed = sandbox.wait_until_ready()
        assert failed is None, failed
        if case.is_warm:
            invoke(sandbox, event_of(case, f"{case.execution_id}-before", folder, 1))
        has_answered = run_until_killed(sandbox, case, folder)
    finally:
        sandbox.kill()
    sandbox.process.wait()
    return Killed(case, has_answered, *read_journal(folder / case.execution_id))


def run_until_killed(sandbox: Sandbox, case: Case, folder: Path) -> bool:
    """Whether the function has answered; it is killed while it is frozen then."""
    if case.kill_after is None:
        event = event_of(case, case.execution_id, folder, ENDLESS)
        return not invoke(sandbox, event).failed
    has_answered = threading.Event()

    def kill(after: int) -> None:
        while nodes_in(folder / case.execution_id) < after and not has_answered.wait(0.001):
            pass
        time.sleep(case.then_seconds)
        sandbox.kill()

    killer = threading.Thread(target=kill, args=(case.kill_after,))
    killer.start()
    outcome = invoke(sandbox, event_of(case, case.execution_id, folder, NODES))
    has_answered.set()
    killer.join()
    return not outcome.failed


def nodes_in(journal: Path) -> int:
    """How many nodes have begun."""
    lines = journal.read_bytes().splitlines() if journal.exists() else []
    return sum(line.startswith(b'{"node"') for line in lines)


def event_of(case: Case, execution_id: str, folder: Path, nodes: int) -> dict[str, Any]:
    return {
        "execution_id": execution_id,
        "journal": str(folder / execution_id),
        "seed": case.seed,
        "nodes": nodes,
    }


def read_journal(path: Path) -> tuple[int | None, dict[str, Any] | None]:
    """Number of the last node that began, and the last acknowledgement."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    entries = [json.loads(line) for line in lines]
    nodes = [entry["node"] for entry in entries if "node" in entry]
    acknowledged = [entry["acknowledged"] for entry in entries if "acknowledged" in entry]
    return max(nodes, default=None), acknowledged[-1] if acknowledged else None


def examine(engines: Engines, killed: list[Killed]) -> Findings:
    """Sweep as the schedule would an hour later, and hold the store against what was acknowledged."""
    store = DynamoTraceStore(
        engines.table,
        engines.bucket,
        dynamodb=engines.dynamodb,
        s3=engines.s3,
        clock=lambda: time.time_ns() + HOUR,
    )
    found = Findings(kills=len(killed))
    sweep = Sweep(store, lambda: True)
    sweep.run()
    found.closed = sweep.closed.total()
    for one in killed:
        examine_one(store, one, found)
    for status in (RUNNING, "queued"):
        page = engines.store.list_executions(TENANT, status=status, limit=1_000)
        ids = [execution.execution_id for execution in page.items]
        found.still_running += [one for one in ids if one.startswith("killed-")]
    return found


def examine_one(store: DynamoTraceStore, one: Killed, found: Findings) -> None:
    execution_id = one.case.execution_id
    found.acknowledged_spans += len(acknowledged_spans(one))
    found.acknowledged_lost += [f"{execution_id} {what}" for what in missing(store, one)]
    execution = store.read_execution(TENANT, execution_id)
    if execution is None:
        found.unknown += 1
        if one.acknowledged is not None or one.has_answered:
            found.not_closed.append(execution_id)
        return
    if execution.status != SUCCEEDED and (execution.status != LOST or one.has_answered):
        found.not_closed.append(f"{execution_id} {execution.status}")
    if execution.status == LOST and not has_right_cause(execution, one):
        found.wrong_cause.append(f"{execution_id} {execution.cause} {one}")


def acknowledged_spans(one: Killed) -> list[str]:
    return [*one.acknowledged["ended"], *one.acknowledged["open"]] if one.acknowledged else []


def missing(store: DynamoTraceStore, one: Killed) -> Iterator[str]:
    """What was acknowledged and cannot be read: whole spans, with their details."""
    if one.acknowledged is None:
        return
    spans = {span.span_id: span for span in every_span(store, one.case.execution_id)}
    for span_id in one.acknowledged["ended"]:
        if span_id not in spans or spans[span_id].end_time_unix_nano is None:
            yield span_id
    yield from (span_id for span_id in one.acknowledged["open"] if span_id not in spans)
    models = sum(span.name == "chat scripted" for span in spans.values())
    if models < one.acknowledged["generations"]:
        yield f"{one.acknowledged['generations'] - models} model calls"


def every_span(store: DynamoTraceStore, execution_id: str) -> Iterator[Span]:
    after = None
    while True:
        page = store.read_spans(TENANT, execution_id, max_bytes=1 << 30, after=after)
        yield from page.items
        after = page.next_position
        if after is None:
            return


def has_right_cause(execution: Execution, one: Killed) -> bool:
    """Its timeout or its kill, and as place a node that began no earlier than what was acknowledged last.

    A timeout's place is where the guard has found the function, a few tenths of a second before its end; what the
    function still began and flushed after that is later.
    """
    cause = execution.cause
    if cause is None or cause.error_type != (
        "Timeout" if one.case.kill_after is None else "Killed"
    ):
        return False
    if cause.node_id is None:
        return one.acknowledged is None
    is_timeout = one.case.kill_after is None
    first = one.acknowledged["node"] if one.acknowledged and not is_timeout else 0
    number = int(cause.node_id.removeprefix("node-"))
    return one.last_node is not None and first <= number <= one.last_node
