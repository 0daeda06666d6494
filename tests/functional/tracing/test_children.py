"""Spans of processes that a function forks: they are part of its execution, or it says that they are missing."""

from __future__ import annotations

import json
from typing import Any

from tests.functional.tracing.fresh_python import run

BEGINNING = """
import json, os, signal, sys, threading, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # forking with threads is the point
import multiprocessing
import spanvas
from spanvas.settings import load
from tests.support.memory_store import MemoryTraceStore
from spanvas.tracing.engine import Engine

writes = []

class Store(MemoryTraceStore):
    def write(self, batch):
        writes.append(os.getpid())
        return super().write(batch)

store = Store()
engine = Engine(load(), store=store)
spanvas._engine, spanvas._is_asked = engine, True
parent = os.getpid()

def fork(work, wait=True):
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] if wait else child

def step(name="step"):
    with spanvas.span(name):
        pass

def say():
    trace = store.read_trace("default", "e1")
    execution = trace.execution
    names = {row.span_id: row.name for row in trace.rows}
    print(json.dumps({
        "status": execution.status,
        "spans": execution.counters.spans,
        "dropped": execution.counters.dropped,
        "health": execution.exporter_health,
        "rows": sorted([row.name, names.get(row.parent_span_id, "")] for row in trace.rows),
        "problems": spanvas.health(),
        "writers": sorted(set(writes)) == [parent],
    }))

def started(method):
    return multiprocessing.get_context(method)
"""
WHOLE = {
    "status": "succeeded",
    "dropped": 0,
    "health": {"store": "ok"},
    "problems": {},
    "writers": True,
}


def said(program: str) -> dict[str, Any]:
    """What the program says of its execution, `e1`."""
    ended = run(
        BEGINNING + program,
        SPANVAS_ENABLED="true",
        SPANVAS_STORE_BUDGET_MS="30000",
        SPANVAS_FLUSH_INTERVAL_MS="600000",
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def test_a_child_that_ends_without_a_word_has_handed_its_spans_over() -> None:
    found = said("""
with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
    fork(step)
say()
""")
    assert found == {
        **WHOLE,
        "spans": 3,
        "rows": [["brief", ""], ["draft", "brief"], ["step", "draft"]],
    }


def test_children_of_multiprocessing_have_too() -> None:
    found = said("""
with spanvas.workflow("brief", execution_id="e1"):
    process = started("fork").Process(target=step, args=("process",))
    process.start()
    process.join()
    with started("fork").Pool(2) as pool:  # which it ends with SIGTERM
        pool.map(step, ["pool"] * 5)
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2, mp_context=started("fork")) as executor:
        list(executor.map(step, ["executor"] * 5))
say()
""")
    assert found == {
        **WHOLE,
        "spans": 12,
        "rows": sorted(
            [["brief", ""], ["process", "brief"]]
            + [["pool", "brief"]] * 5
            + [["executor", "brief"]] * 5
        ),
    }


def test_what_a_child_was_killed_in_is_missing_and_the_execution_says_so() -> None:
    found = said("""
def die():
    step("done")
    with spanvas.node("died"), spanvas.span("in it"):
        os.kill(os.getpid(), signal.SIGKILL)

with spanvas.workflow("brief", execution_id="e1"):
    fork(die)
    fork(step)
say()
""")
    assert found == {
        **WHOLE,
        "spans": 3,
        "dropped": 2,
        "health": {"store": "incomplete"},
        "rows": [["brief", ""], ["done", "brief"], ["step", "brief"]],
    }


def test_a_child_that_leaves_the_blocks_of_its_parent_ends_nothing_of_it() -> None:
    found = said("""
with spanvas.workflow("brief", execution_id="e1") as run:
    with spanvas.node("draft") as node:
        if (child := os.fork()) == 0:
            node.set_attribute("by", "child")
            step("child")
            sys.exit(3)
    os.waitpid(child, 0)
    if os.getpid() != parent:
        os._exit(9)
    assert store.read_execution("default", "e1").status == "running"
say()
""")
    assert found == {
        **WHOLE,
        "spans": 3,
        "rows": [["brief", ""], ["child", "draft"], ["draft", "brief"]],
    }


def test_what_waits_in_the_parent_is_not_sent_twice() -> None:
    found = said("""
with spanvas.workflow("brief", execution_id="e1"):
    step("before")
    fork(lambda: (step("child"), spanvas.flush()))
    step("after")
say()
""")
    assert found["rows"] == [
        ["after", "brief"],
        ["before", "brief"],
        ["brief", ""],
        ["child", "brief"],
    ]
    assert found["writers"]


def test_a_child_s_flush_is_true_when_its_parent_has_written_everything() -> None:
    found = said("""
def work():
    step("child")
    assert spanvas.flush(20_000) is True
    os.write(done, b"1")
    time.sleep(60)

ready, done = os.pipe()
with spanvas.workflow("brief", execution_id="e1"):
    child = fork(work, wait=False)
    assert os.read(ready, 1) == b"1"
    assert [row.name for row in store.read_trace("default", "e1").rows if row.end_time_unix_nano] == ["child"]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
say()
""")
    assert found == {**WHOLE, "spans": 2, "rows": [["brief", ""], ["child", "brief"]]}


def test_grandchildren_hand_over_by_way_of_their_parents() -> None:
    found = said("""
def child():
    with spanvas.span("child"):
        fork(lambda: step("grandchild"))
        spanvas.flush()

def careless():
    def lost():
        with spanvas.span("lost"):
            os._exit(1)
    fork(lost)
    spanvas.flush()

with spanvas.workflow("brief", execution_id="e1"):
    fork(child)
    fork(careless)
say()
""")
    assert found == {
        **WHOLE,
        "spans": 3,
        "dropped": 1,
        "health": {"store": "incomplete"},
        "rows": [["brief", ""], ["child", "brief"], ["grandchild", "child"]],
    }


def test_large_spans_and_many_of_them_arrive() -> None:
    found = said("""
def work():
    for number in range(2_000):
        step()
    with spanvas.span("large", input="x" * 3_000_000):
        pass

with spanvas.workflow("brief", execution_id="e1"):
    fork(work)
say()
""")
    assert (found["spans"], found["dropped"]) == (2_002, 0)


def test_a_child_that_goes_on_when_the_execution_ends_is_missing_until_it_is_heard_of() -> None:
    found = said("""
def work():
    with spanvas.span("late"):
        os.write(begun, b"1")
        os.read(go, 1)

began, begun = os.pipe()
go, let = os.pipe()
with spanvas.workflow("brief", execution_id="e1"):
    child = fork(work, wait=False)
    os.read(began, 1)
assert store.read_execution("default", "e1").counters.dropped == 1
os.write(let, b"1")
os.waitpid(child, 0)
spanvas.flush()
say()
""")
    assert (found["spans"], found["dropped"]) == (2, 0)
    assert found["rows"] == [["brief", ""], ["late", "brief"]]


def test_a_child_has_executions_of_its_own_beside_that_of_its_parent() -> None:
    found = said("""
def work():
    with spanvas.workflow("inner"), spanvas.node("mine"):
        pass
    with spanvas.workflow("other", execution_id="e2"), spanvas.node("own"):
        pass
    assert store.read_execution("default", "e2").status == "succeeded"
    spanvas.end_execution()

with spanvas.workflow("brief", execution_id="e1"):
    status = fork(work)
    assert status == 0
say()
""")
    assert found == {
        **WHOLE,
        "spans": 3,
        "rows": [["brief", ""], ["inner", "brief"], ["mine", "inner"]],
    }


def test_forks_under_load_never_hang_and_lose_nothing() -> None:
    found = said("""
stop = threading.Event()
made = [0] * 3
TEXTS = [f"text {n} of a thread, for ada{n}@example.org" * 20 for n in range(50)]

def busy(at):
    while not stop.is_set():
        with spanvas.span("busy", input=TEXTS[made[at] % 50]):
            pass
        made[at] += 1
        if made[at] % 200 == 0:
            spanvas.flush()

def work():
    signal.alarm(30)  # a deadlock kills it
    with spanvas.span("child", input=TEXTS[7]) as span:
        span.set_output(TEXTS[8])
    step("child")

with spanvas.workflow("brief", execution_id="e1"):
    threads = [threading.Thread(target=spanvas.bind(busy), args=(at,)) for at in range(3)]
    for thread in threads:
        thread.start()
    statuses = [fork(work) for _ in range(60)]
    stop.set()
    for thread in threads:
        thread.join()
    assert statuses == [0] * 60, statuses
rows = [row.name for row in store.read_trace("default", "e1").rows]
print(json.dumps({"children": rows.count("child"), "all": rows.count("busy") == sum(made),
    "dropped": store.read_execution("default", "e1").counters.dropped}))
""")
    assert found == {"children": 120, "all": True, "dropped": 0}


def test_a_fork_outside_of_an_execution_costs_nothing() -> None:
    found = said("""
before = sorted(os.listdir("/proc/self/fd"))
fork(lambda: None)
assert sorted(os.listdir("/proc/self/fd")) == before
with spanvas.workflow("brief", execution_id="e1"):
    for _ in range(5):
        fork(step)
assert len(os.listdir("/proc/self/fd")) == len(before)
say()
""")
    assert found["spans"] == 6
