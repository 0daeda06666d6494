"""The Trace tab in real Chromium: production build, local stack, cold browser cache each time.

"First row" is from the start of the navigation to the frame in which the first row is drawn: page, scripts, sign-in
by the local issuer (a redirect there and back), the trace itself. What happens on a key is timed in the page, from
the event to the end of the second frame after it, less the two frames that a page at rest takes; the longest task is
the browser's own `longtask`. The heap is what is left after a collection.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from local.stack import Options, Stack
from tests.aws_from_template import ROOT
from tests.bench.figures import BenchError, Figure, percentile, rounded
from tests.bench.read_trace import TENANT, store_of
from tests.bench.workload import make_workload, store_workload
from tests.browser.chromium import MISSING, executable, launch

GOALS_MS = {200: 800, 1_000: 1_000, 10_000: 1_500}
RUNS = 5
LARGE = 10_000
SITE = ROOT / "frontend" / "dist"
VIEWPORT = {"width": 1440, "height": 900}
PATIENCE_MS = 60_000

OBSERVE = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
  }).observe({ type: "longtask", buffered: true });
  const seen = () => {
    const row = document.querySelector('[role="treeitem"]');
    if (row) requestAnimationFrame(() => { window.firstRow = performance.now(); });
    else requestAnimationFrame(seen);
  };
  requestAnimationFrame(seen);
}"""

TIME_ACTION = """async () => {
  const act = ACTION;
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await frames();
  const rest = performance.now();
  await frames();
  const still = performance.now() - rest;
  const start = performance.now();
  act();
  await frames();
  return Math.max(0, performance.now() - start - still);
}"""

SCROLL = """async () => {
  const list = document.querySelector(".sv-list");
  const times = [];
  let before = performance.now();
  for (let step = 0; step < 240; step += 1) {
    list.scrollTop += 120;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - before);
    before = now;
  }
  list.scrollTop = 0;
  return times;
}"""

ROWS_IN_DOM = "document.querySelectorAll('[role=\"treeitem\"]').length"
KEY = """() => document.querySelector('[role="tree"]')
  .dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))"""
PRESS = """() => [...document.querySelectorAll('.sv-segments button')]
  .find((button) => button.textContent === '{label}').click()"""
TYPE = """() => {{
  const field = document.querySelector('.sv-search input');
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  set.call(field, '{text}');
  field.dispatchEvent(new Event('input', {{bubbles: true}}));
}}"""


def run() -> list[Figure]:
    if executable() is None:
        raise BenchError(MISSING)
    figures = [initial_javascript()]
    with (
        Stack(Options(port=0, state=ROOT / "build" / "bench" / "tab", latency=0.0)) as stack,
        sync_playwright() as playwright,
    ):
        for size in GOALS_MS:
            store_workload(
                store_of(stack), make_workload(size, tenant=TENANT, seconds=max(size / 33, 40))
            )
        browser = launch(playwright)
        for size, goal in GOALS_MS.items():
            figures += first_row(browser, stack.url, size, goal)
        figures += large_trace(browser, stack.url)
        browser.close()
    return figures


def initial_javascript() -> Figure:
    """What the page names in its head and what that imports at once, gzipped one by one."""
    wanted, seen = [SITE / "index.html"], set[Path]()
    total = 0
    while wanted:
        text = wanted.pop().read_text("utf-8")
        for path in (SITE / "assets").glob("*.js"):
            is_static = f'from"./{path.name}"' in text or f'import"./{path.name}"' in text
            if path not in seen and (is_static or f'="/assets/{path.name}"' in text):
                seen.add(path)
                wanted.append(path)
                total += len(gzip.compress(path.read_bytes()))
    return Figure("initial JavaScript, gzip", rounded(total / 1000), "KB", "<= 150")


def open_trace(browser: Browser, url: str, size: int) -> Page:
    page = browser.new_context(viewport=VIEWPORT).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(f"({OBSERVE})()")
    page.goto(f"{url}/?execution=bench-{size}-7")
    wait_for_first_row(page)
    return page


def first_row(browser: Browser, url: str, size: int, goal: int) -> Iterator[Figure]:
    times, longest = [], []
    for _ in range(RUNS):
        page = browser.new_context(viewport=VIEWPORT).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(f"({OBSERVE})()")
        started = page.evaluate("Date.now()")
        page.goto(f"{url}/?execution=bench-{size}-7", wait_until="commit")
        wait_for_first_row(page)
        times.append(page.evaluate("performance.timeOrigin + window.firstRow") - started)
        longest.append(page.evaluate("window.longest"))
        page.context.close()
    name = f"{size:,} spans"
    yield Figure(f"{name}: first row, p50", rounded(median(times)), "ms", f"<= {goal}", RUNS)
    yield Figure(f"{name}: longest task", rounded(max(longest)), "ms", "<= 200", RUNS)


def large_trace(browser: Browser, url: str) -> Iterator[Figure]:
    page = open_trace(browser, url, LARGE)
    name = f"{LARGE:,} spans"
    page.wait_for_timeout(1_000)

    def act(script: str) -> float:
        return float(page.evaluate(timed(script)))

    toggles = [
        act(KEY.format(key=key)) for _ in range(5) for key in ("X", "x", "ArrowLeft", "ArrowRight")
    ]
    yield of(f"{name}: expand or collapse", toggles, "<= 50")
    filters = [
        act(PRESS.format(label=label)) for _ in range(4) for label in ("Model", "Errors", "All")
    ]
    yield of(f"{name}: filter", filters, "<= 50")
    words = ("a", "ar", "arc", "arch", "archi", "archiv", "archive", "")
    typed = [act(TYPE.format(text=text)) for _ in range(2) for text in words]
    yield of(f"{name}: key of a search", typed, "<= 50")
    act(KEY.format(key="X"))
    frames: list[float] = page.evaluate(SCROLL)
    yield Figure(
        f"{name}, all open: scrolling, p95 frame",
        percentile(frames, 95),
        "ms",
        "<= 20",
        len(frames),
    )
    yield Figure(f"{name}: rows in the DOM", page.evaluate(ROWS_IN_DOM), "", "<= 60")
    yield Figure(f"{name}: heap", rounded(heap(page) / 1e6), "MB", "<= 120")
    page.context.close()


def timed(action: str) -> str:
    """The page's policy allows no `eval`: what is timed is part of the script that times it."""
    return TIME_ACTION.replace("ACTION", action)


def wait_for_first_row(page: Page) -> None:
    page.get_by_role("treeitem").first.wait_for()
    while page.evaluate("window.firstRow === undefined"):
        page.wait_for_timeout(5)


def of(name: str, times: list[float], goal: str) -> Figure:
    return Figure(f"{name}, p95", percentile(times, 95), "ms", goal, len(times))


def heap(page: Page) -> float:
    session: Any = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Runtime.getHeapUsage")
    return float(metrics["usedSize"])
