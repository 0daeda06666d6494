"""A handler that does what its event says; runs in sandboxes only."""

import os
import sys
import threading
import time

counts = {"calls": 0, "ticks": 0}


def handler(event, context):
    counts["calls"] += 1
    what = event.get("do", "report")
    if what == "sleep":
        time.sleep(event["seconds"])
    elif what == "exit":
        os._exit(event["code"])
    elif what == "raise":
        raise ValueError("as asked")
    elif what == "large":
        return "x" * event["bytes"]
    elif what == "print":
        print("x" * event["characters"])
        print("to stderr", file=sys.stderr)
    elif what == "tick":
        threading.Thread(target=tick, daemon=True).start()
    return {
        **counts,
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "path": sys.path,
        "remaining_ms": context.get_remaining_time_in_millis(),
        "request_id": context.aws_request_id,
        "arn": context.invoked_function_arn,
    }


def tick():
    """Counts for as long as the process is allowed to run."""
    while True:
        counts["ticks"] += 1
        time.sleep(0.01)


def from_layer(_event, _context):
    import of_the_layer

    return {"file": of_the_layer.__file__, "wrapped": os.environ.get("WRAPPED", "")}
