"""How executors are traced: the OpenTelemetry SDK, what is recorded when, and how it leaves the process in time.

The only part that imports the SDK. The public API calls `engine.Engine`; `lambda_wrapper.wrap` wraps a function's
handler. Not responsible for how spans are kept (`storage`) or what may be kept of them (`privacy`).
"""
