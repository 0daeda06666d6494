"""An execution of the layer, set up by its settings alone, with all that a span can hold. Prints its trace id."""

import sys

from opentelemetry import trace

import spanvas

EARLIER = trace.SpanContext(0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7, is_remote=True)
execution = spanvas.workflow(
    "brief", execution_id=sys.argv[1], input="Which trains? " + "x" * 3_000
)

try:
    with execution as run:
        with spanvas.node("draft") as node:
            spanvas.record_generation(
                model="gpt-4o",
                provider="openai",
                input_messages=[{"role": "user", "content": "Which trains?"}],
                output_messages=["Zürich 🚂"],
                usage={"input_tokens": 1_200, "output_tokens": 34},
                finish_reasons=["stop"],
            )
            node.set_output("é" * 5_000)
        link = trace.Link(EARLIER, {"why": "retry"})
        tracer = trace.get_tracer("trains", "1.2.3")
        with tracer.start_as_current_span("GET", kind=trace.SpanKind.CLIENT, links=[link]) as call:
            call.set_attributes({"numbers": [1, 2], "real": 1.5, "yes": True})
        with spanvas.node("print"):
            raise RuntimeError("no paper in tray 2")
except RuntimeError:
    print(run.trace_id)
