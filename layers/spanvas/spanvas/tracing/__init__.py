"""How executors are traced: the OpenTelemetry SDK, what is recorded when, and how it leaves the process in time.

The only part that imports the SDK. `engine.Engine` is what the door talks to, `lambda_wrapper.wrap` what a wrapped
function runs through. Not responsible for how spans are kept (`storage`) or what may be kept of them (`privacy`).
"""
