"""What becomes of a function's handler under the layer. `spanvas_entry` calls it and survives whatever fails here."""

from __future__ import annotations

import spanvas

TYPE_CHECKING = False
if TYPE_CHECKING:
    from spanvas.tracing.bootstrap import Handler

SNAP_START = "snap-start"
"""A connection would not survive the snapshot."""


def wrap(handler: Handler) -> Handler:
    """Returns a handler that runs inside its execution; the handler itself where tracing is off or could not start."""
    engine = spanvas.current_engine()
    if engine is None:
        return handler
    from spanvas.tracing.bootstrap import TracedHandler
    from spanvas.tracing.instrumentations import switch_on

    if engine.environment.init_type != SNAP_START:
        engine.delivery.prepare()
    switch_on(engine)
    return TracedHandler(engine, handler)
