"""A run of 10,000 spans that goes on while the tab shows it, for the tab's bench.

Every second some forty spans more, as a busy execution writes them: what has ended, what has begun, and a step under
the root whose line is on the screen, by which the time from the write to the drawn row is taken. The reader has
selected a line, zoomed and scrolled, and goes on scrolling for half of the time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from threading import Event, Thread
from typing import Any, Final
from uuid import uuid4

from playwright.sync_api import Page

from local.stack import Stack
from spanvas.model.execution import Execution
from spanvas.model.ids import trace_id_for
from spanvas.model.kinds import INVOCATION, NODE, WORKFLOW
from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch, TraceStore
from tests.bench.figures import BenchError, Figure, percentile, rounded
from tests.support.builders import SECOND, T0
from tests.support.local_stack import TENANT, store_of
from tests.support.workload import BATCH_SPANS, as_started, make_workload

SIZE: Final = 10_000
WRITES: Final = 12
ENDED_A_WRITE: Final = 30
OPEN_KINDS: Final = (WORKFLOW, INVOCATION, NODE)

WATCH = """() => {
  window.tasks = [];
  window.drawn = {};
  window.frames = [];
  performance.clearResourceTimings();
  performance.setResourceTimingBufferSize(1000);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.tasks.push(duration);
  }).observe({ type: "longtask" });
  const look = () => {
    for (const line of document.querySelectorAll('[role="treeitem"]')) {
      const name = /live [a-z]/.exec(line.textContent)?.[0];
      if (name) window.drawn[name] ??= Date.now();
    }
  };
  new MutationObserver(look).observe(document.querySelector('[role="tree"]'), { childList: true, subtree: true });
}"""
READINGS = """() => performance.getEntriesByType("resource")
  .filter(({ name, responseStatus }) => name.includes("/trace") && responseStatus === 200)
  .map(({ requestStart, responseEnd, encodedBodySize }) =>
    ({ milliseconds: responseEnd - requestStart, bytes: encodedBodySize }))"""
SCROLL = """async () => {
  const list = document.querySelector(".sv-list");
  const until = performance.now() + 5000;
  const times = [];
  let before = performance.now();
  for (let step = 1; before < until; step += 1) {
    list.scrollTop += step % 20 < 10 ? 12 : -12;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - before);
    before = now;
  }
  return times;
}"""


def running_trace(stack: Stack, page: Page) -> Iterator[Figure]:
    """`page` is a new one."""
    name = f"{SIZE:,} spans, {WRITES} changes"
    run = _Run(store_of(stack))
    page.goto(f"{stack.url}/?execution={run.execution.execution_id}")
    page.get_by_role("treeitem").nth(2).wait_for()
    page.get_by_role("treeitem").nth(2).click()
    page.keyboard.press("z")
    page.wait_for_timeout(3_000)
    page.evaluate(f"({WATCH})()")
    place, selected = page.url, _selected(page)
    written = run.write_each_second()
    page.wait_for_timeout(1_000 * WRITES // 2)
    frames: list[float] = page.evaluate(SCROLL)
    written.join()
    page.wait_for_timeout(3_000)
    readings: list[dict[str, Any]] = page.evaluate(f"({READINGS})()")
    drawn: dict[str, int] = page.evaluate("window.drawn")
    late = [drawn[label] - at for label, at in run.written_at.items() if label in drawn]
    if not late or not readings:
        raise BenchError(f"nothing of a running trace was drawn: {drawn}, {readings}")
    times = [reading["milliseconds"] for reading in readings]
    sizes = [reading["bytes"] / 1024 for reading in readings]
    tasks: list[float] = page.evaluate("window.tasks")
    count = len(readings)
    yield Figure(f"{name}: request to last byte, p50", rounded(median(times)), "ms", "", count)
    yield Figure(f"{name}: bytes a change, p50", rounded(median(sizes)), "KB", "", count)
    yield Figure(f"{name}: longest task", rounded(max(tasks, default=0)), "ms", "<= 50", count)
    yield Figure(
        f"{name}: write to drawn row, slowest", rounded(max(late)), "ms", "<= 2000", len(late)
    )
    yield Figure(f"{name}: write to drawn row, p50", rounded(median(late)), "ms", "", len(late))
    yield Figure(f"{name}: scrolling, p95 frame", percentile(frames, 95), "ms", "", len(frames))
    lost = (page.url != place) + (_selected(page) != selected) + (len(late) < len(run.written_at))
    yield Figure(f"{name}: selection, zoom or rows lost", lost, "", "<= 0")


def _selected(page: Page) -> str | None:
    return page.get_by_role("treeitem", selected=True).first.get_attribute("id")


class _Run:
    """An execution that began a while ago and has written ten thousand spans."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self.written_at: dict[str, int] = {}
        """Milliseconds, by the label of the step on the screen."""
        workload = make_workload(SIZE + WRITES * ENDED_A_WRITE, tenant=TENANT, seconds=300)
        execution_id = f"bench-live-{uuid4().hex[:8]}"
        shift = time.time_ns() - T0 - 300 * SECOND
        self.execution: Execution = replace(
            workload.execution,
            execution_id=execution_id,
            trace_id=trace_id_for(TENANT, execution_id),
            started_at_unix_nano=T0 + shift,
            deadline_unix_nano=T0 + shift + 900 * SECOND,
        )
        spans = [self._moved(span, shift) for span in workload.spans]
        self._root = next(span for span in spans if span.parent_span_id is None)
        self._still: Sequence[Span] = spans[SIZE:]
        begun = [as_started(span) for span in self._still if span.kind in OPEN_KINDS]
        store.start_execution(self.execution)
        self._write([*spans[:SIZE], *begun])

    def write_each_second(self) -> Thread:
        thread = Thread(target=self._write_all, daemon=True)
        thread.start()
        return thread

    def _write_all(self) -> None:
        rest = Event()
        for number in range(WRITES):
            label = f"live {chr(97 + number)}"
            step = replace(
                self._root,
                span_id=f"{number + 1:016x}",
                parent_span_id=self._root.span_id,
                name=label,
                kind=NODE,
                start_time_unix_nano=self._root.start_time_unix_nano + 1 + number,
                attributes={},
            )
            ended = self._still[number * ENDED_A_WRITE : (number + 1) * ENDED_A_WRITE]
            ended = [span for span in ended if span is not self._root]
            begun = time.time()
            self.written_at[label] = round(begun * 1000)
            self._write([step, *ended])
            rest.wait(max(0.0, begun + 1 - time.time()))

    def _write(self, spans: Sequence[Span]) -> None:
        for first in range(0, len(spans), BATCH_SPANS):
            batch = spans[first : first + BATCH_SPANS]
            self._store.write(SpanBatch(TENANT, self.execution.execution_id, batch))

    def _moved(self, span: Span, shift: int) -> Span:
        return replace(
            span,
            trace_id=self.execution.trace_id,
            start_time_unix_nano=span.start_time_unix_nano + shift,
            end_time_unix_nano=(span.end_time_unix_nano or 0) + shift,
            recorded_at_unix_nano=span.recorded_at_unix_nano + shift,
            deadline_unix_nano=self.execution.deadline_unix_nano,
        )
