"""The trace API: history, traces, spans, artifacts and who read them, over HTTP."""
