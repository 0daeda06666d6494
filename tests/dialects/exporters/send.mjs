// Spans through one of OpenTelemetry's own exporters, which is set up by its environment variables alone: `node send.mjs
// http|proto`. Prints the trace id.
import { SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${process.argv[2]}`);
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": "trips", "service.version": "7" }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer("trips.planner", "1.2.3");

const root = tracer.startSpan("plan trip", { kind: SpanKind.SERVER });
const session = `trip-${root.spanContext().traceId}`;
root.setAttributes({
  text: "Zürich 🚂",
  long: "x".repeat(3000),
  whole: 9007199254740991,
  real: 1.5,
  yes: true,
  texts: ["a", "b"],
  numbers: [1, 2],
  "spanvas.execution.id": session,
});
const links = [{ context: root.spanContext(), attributes: { why: "retry" } }];
const call = tracer.startSpan(
  "call",
  { kind: SpanKind.CLIENT, links },
  trace.setSpan(context.active(), root),
);
call.addEvent("waited", { ms: 12 });
call.setStatus({ code: SpanStatusCode.ERROR, message: "no seats" });
call.end();
root.end();
await provider.forceFlush();

const after = tracer.startSpan("afterwards", { links: [{ context: root.spanContext() }] });
after.setAttribute("spanvas.execution.id", session);
after.end();
await provider.forceFlush();
await provider.shutdown();
console.log(root.spanContext().traceId);
