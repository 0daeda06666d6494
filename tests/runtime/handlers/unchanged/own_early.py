"""The same function, which sets its provider up when it is imported."""

import own_tracing

own_tracing.set_up()
handler = own_tracing.handler
