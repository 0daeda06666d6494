"""Processes that are forked with tracing on, as Lambda managed instances do it."""

from __future__ import annotations

from tests.functional.tracing.fresh_python import run

PROGRAM = """
import os, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # forking with threads is the point
import spanvas
from spanvas.settings import load
from tests.support.memory_store import MemoryTraceStore
from spanvas.tracing.engine import Engine

store = MemoryTraceStore()
spanvas._engine, spanvas._is_asked = Engine(load(), store=store), True

def execute(execution_id):
    with spanvas.workflow("brief", execution_id=execution_id), spanvas.node("draft"):
        pass
    return store.read_execution("default", execution_id).status

print(execute("parent"), flush=True)
with spanvas.workflow("brief", execution_id="open"):
    child = os.fork()
    if child == 0:
        # Nothing of what the parent had open is the child's to write.
        print(execute("child"), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
print(store.read_execution("default", "open").status)
"""


def test_parent_and_child_both_go_on_tracing() -> None:
    ended = run(PROGRAM, SPANVAS_ENABLED="true")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["succeeded", "succeeded", "succeeded"]
