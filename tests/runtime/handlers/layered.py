"""An executor that does what its event says, node by node; runs in sandboxes only."""

import os
import signal
import sys
import time

import spanvas


def handler(event, context):
    """`nodes` are the steps before the one in which it happens; the answer says what the process has loaded."""
    for name in event.get("nodes", ()):
        with spanvas.node(name, input={"of": name}) as node:
            node.set_output({"by": name})
    with spanvas.node("last", name="The last one"):
        happen(event.get("do", ""), event)
    return {
        "pid": os.getpid(),
        "spanvas": spanvas.__file__,
        "opentelemetry": sorted(name for name in sys.modules if name.startswith("opentelemetry")),
        "handler": os.environ["_HANDLER"],
        "text": event.get("text", ""),
    }


def happen(what, event):
    if what == "sleep":
        time.sleep(event["seconds"])
    elif what == "spin":
        while True:
            pass
    elif what == "kill":
        spanvas.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "raise":
        raise ValueError("as asked")
    elif what == "artifact":
        spanvas.attach_artifact("notes.txt", b"noted", media_type="text/plain")


def plain(event, _context):
    """A handler that knows nothing of Spanvas."""
    return {"event": event, "loaded": sorted(name.partition(".")[0] for name in sys.modules)}
