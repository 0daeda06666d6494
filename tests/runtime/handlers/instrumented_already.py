"""The same functions, having switched their instrumentation on themselves; run in sandboxes only."""

import instrumented

instrumented.instrument()
handler = instrumented.own_provider
