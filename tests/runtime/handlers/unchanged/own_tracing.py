"""A function with a tracer provider, a sampler, an exporter and propagators of its own. Ids are drawn from a seed."""

import asyncio
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

drawn = random.Random(7)
memory = InMemorySpanExporter()
seen = []


class Drawn(IdGenerator):
    def generate_trace_id(self):
        return drawn.getrandbits(128) or 1

    def generate_span_id(self):
        return drawn.getrandbits(64) or 1


class Seen(SpanProcessor):
    def on_start(self, span, parent_context=None):
        seen.append(("start", span.name))

    def on_end(self, span):
        seen.append(("end", span.name))


class Sampler(TraceIdRatioBased):
    def should_sample(self, parent_context, trace_id, name, *rest, **named):
        decided = super().should_sample(parent_context, trace_id, name, *rest, **named)
        seen.append(("sampled", name, f"{trace_id:032x}", decided.decision.name))
        return decided


def set_up():
    provider = TracerProvider(
        sampler=ParentBased(Sampler(0.3)),
        id_generator=Drawn(),
        resource=Resource({"service.name": "theirs"}),
    )
    provider.add_span_processor(SimpleSpanProcessor(memory))
    provider.add_span_processor(Seen())
    trace.set_tracer_provider(provider)


tracer = trace.get_tracer("mine", "1.0")


def handler(event, _context):
    """Everything that the function's own tracing does, as its exporter, its sampler and other services see it."""
    memory.clear()
    seen.clear()
    headers = {}
    propagate.inject(headers)
    sent = [dict(headers)]
    for number in range(event["times"]):
        with tracer.start_as_current_span(f"outer {number}", attributes={"number": number}) as span:
            headers = {}
            propagate.inject(headers)
            sent.append(headers)
            with tracer.start_as_current_span("inner"):
                span.add_event("said", {"a": 1})
    remote = propagate.extract({"traceparent": event["caller"]})
    with tracer.start_as_current_span("continued", context=remote):
        pass
    try:
        with tracer.start_as_current_span("failing"):
            raise ValueError("no")
    except ValueError:
        pass
    with ThreadPoolExecutor(1) as pool:
        pool.submit(in_thread).result()
    asyncio.run(in_loop())
    trace.get_current_span().set_attribute("on", "nothing")
    return {
        "seen": seen,
        "sent": sent,
        "exported": [told(span) for span in memory.get_finished_spans()],
        "provider": type(trace.get_tracer_provider()).__name__,
    }


def in_thread():
    with tracer.start_as_current_span("in a thread"):
        time.sleep(0)


async def in_loop():
    async def step(name):
        with tracer.start_as_current_span(name):
            await asyncio.sleep(0)

    with tracer.start_as_current_span("loop"):
        await step("first")
        await step("second")


def told(span):
    """What an exporter gets, without times."""
    context, parent = span.context, span.parent
    return {
        "name": span.name,
        "trace": f"{context.trace_id:032x}",
        "span": f"{context.span_id:016x}",
        "flags": int(context.trace_flags),
        "parent": None if parent is None else f"{parent.span_id:016x}",
        "remote": parent is not None and parent.is_remote,
        "attributes": dict(span.attributes),
        "events": [event.name for event in span.events],
        "links": len(span.links),
        "status": span.status.status_code.name,
        "resource": span.resource.attributes.get("service.name"),
        "scope": span.instrumentation_scope.name,
    }


def lazy(event, context):
    """Sets its provider up in its first invocation, when spans of its tracer have been used already."""
    if "provider" not in globals():
        with tracer.start_as_current_span("before"):
            pass
        set_up()
        globals()["provider"] = True
    return handler(event, context)


def dies(_event, _context):
    with tracer.start_as_current_span("last"):
        sys.stdout.flush()
        import os

        os._exit(3)
