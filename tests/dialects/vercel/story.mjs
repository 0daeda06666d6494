// The story of tests/support/story.py over the AI SDK, with a scripted model; spans go to STORY_URL over OTLP.
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { embed, generateText, stepCountIs, tool } from "ai";
import { MockEmbeddingModelV3, MockLanguageModelV3 } from "ai/test";
import { z } from "zod";

const exporter = new OTLPTraceExporter({ url: `${process.env.STORY_URL}/v1/traces` });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

const asked = {
  content: [
    {
      type: "tool-call",
      toolCallId: "call_parcel_1",
      toolName: "lookup_parcel",
      input: '{"parcel_id":"4711"}',
    },
  ],
  finishReason: { unified: "tool-calls", raw: "tool_calls" },
  usage: {
    inputTokens: { total: 812, noCache: 300, cacheRead: 512, cacheWrite: 0 },
    outputTokens: { total: 24, text: 16, reasoning: 8 },
  },
  response: { id: "chatcmpl-1", modelId: "gpt-4o-2024-08-06", timestamp: new Date(0) },
  warnings: [],
};
const answered = {
  content: [{ type: "text", text: "Parcel 4711 is in Lyon, on its way to you." }],
  finishReason: { unified: "stop", raw: "stop" },
  usage: {
    inputTokens: { total: 870, noCache: 102, cacheRead: 768, cacheWrite: 0 },
    outputTokens: { total: 31, text: 31, reasoning: 0 },
  },
  response: { id: "chatcmpl-2", modelId: "gpt-4o-2024-08-06", timestamp: new Date(0) },
  warnings: [],
};
const model = new MockLanguageModelV3({
  provider: "openai.chat",
  modelId: "gpt-4o",
  doGenerate: async ({ prompt }) =>
    prompt.some((message) => message.role === "tool") ? answered : asked,
});
const telemetry = {
  isEnabled: true,
  functionId: "parcels",
  metadata: { sessionId: "thread-7" },
};

await generateText({
  model,
  system: "You answer questions about parcels.",
  prompt: "Where is parcel 4711?",
  tools: {
    lookup_parcel: tool({
      description: "Where a parcel is.",
      inputSchema: z.object({ parcel_id: z.string() }),
      execute: async () => ({ city: "Lyon", status: "in transit" }),
    }),
  },
  stopWhen: stepCountIs(3),
  experimental_telemetry: telemetry,
});
await embed({
  model: new MockEmbeddingModelV3({
    provider: "openai.embedding",
    modelId: "text-embedding-3-small",
    doEmbed: async () => ({ embeddings: [[0.25, -0.5, 0.125]], usage: { tokens: 5 }, warnings: [] }),
  }),
  value: "parcels in Lyon",
  experimental_telemetry: telemetry,
});
await provider.forceFlush();
