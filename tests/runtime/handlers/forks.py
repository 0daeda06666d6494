"""A handler that does its work in processes of its own; runs in sandboxes only."""

import multiprocessing
import os
import signal
import warnings

import spanvas

warnings.simplefilter("ignore", DeprecationWarning)  # forking with threads is the point


def handler(event, _context):
    with spanvas.workflow("forking"), spanvas.node("spread"):
        child = os.fork()
        if child == 0:
            step("forked")
            os._exit(0)
        os.waitpid(child, 0)
        processes = [
            multiprocessing.get_context("fork").Process(target=step, args=(f"process {number}",))
            for number in range(3)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        if event.get("kill"):
            process = multiprocessing.get_context("fork").Process(target=die)
            process.start()
            process.join()
    return "done"


def step(name):
    with spanvas.span(name, kind="tool", input={"by": os.getpid()}) as span:
        spanvas.attach_artifact(f"{name}.txt", name.encode(), media_type="text/plain")
        span.set_output(name)


def die():
    with spanvas.span("died", kind="tool"):
        os.kill(os.getpid(), signal.SIGKILL)
