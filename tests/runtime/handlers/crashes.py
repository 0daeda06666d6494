"""A handler that dies as its event says, so many seconds after its start; runs in sandboxes only."""

import ctypes
import os
import resource
import signal
import sys
import threading
import time

import spanvas


def handler(event, _context):
    time.sleep(event.get("after", 0))
    DEATHS[event["by"]]()
    return "alive"


def named(event, context):
    """Says at once what its workflow is called."""
    with spanvas.workflow("named-workflow", version="7"), spanvas.node("first"):
        return handler(event, context)


def out_of_memory():
    """Python's own error: there is no address space left."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    raise MemoryError


def unhandled_in_a_thread():
    def fail():
        raise ValueError("in a thread")

    threading.excepthook = lambda arguments: None
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


DEATHS = {
    "exit": lambda: os._exit(0),
    "exit with a status": lambda: os._exit(7),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "segfault": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "terminate": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "sys.exit": lambda: sys.exit(3),
    "MemoryError": out_of_memory,
    "thread": unhandled_in_a_thread,
    "nothing": lambda: None,
}
