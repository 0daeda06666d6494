// An agent of Mastra and a workflow, whose spans its own exporter sends over OTLP.
import { Agent } from "@mastra/core/agent";
import { Mastra } from "@mastra/core/mastra";
import { createTool } from "@mastra/core/tools";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { Observability } from "@mastra/observability";
import { OtelExporter } from "@mastra/otel-exporter";
import { createOpenAI } from "@ai-sdk/openai";
import { z } from "zod";

const url = process.env.STORY_URL;
const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: "none" });
const results = {
  4711: { city: "Lyon", status: "in transit" },
  4712: { city: "Lyon", status: "delivered" },
};
const lookup = createTool({
  id: "lookup_parcel",
  description: "Where a parcel is.",
  inputSchema: z.object({ parcel_id: z.string() }),
  execute: async ({ parcel_id }) => results[parcel_id],
});
const clerk = new Agent({
  id: "clerk",
  name: "Clerk",
  instructions: "You answer questions about parcels.",
  model: openai.chat("gpt-4o"),
  maxRetries: 0,
  tools: { lookup_parcel: lookup },
});
const text = z.object({ text: z.string() });
const ask = createStep({
  id: "ask",
  inputSchema: text,
  outputSchema: text,
  execute: async ({ inputData, mastra, tracingContext }) => {
    const answer = await mastra.getAgent("clerk").generate(inputData.text, { tracingContext });
    return { text: answer.text };
  },
});
const desk = createWorkflow({ id: "parcel-desk", inputSchema: text, outputSchema: text })
  .then(ask)
  .commit();
const exporter = new OtelExporter({
  provider: { custom: { endpoint: `${url}/v1/traces`, protocol: "http/protobuf" } },
});
const mastra = new Mastra({
  agents: { clerk },
  workflows: { desk },
  logger: false,
  observability: new Observability({
    configs: { otel: { serviceName: "parcels", exporters: [exporter] } },
  }),
});

const question = "Where are parcels 4711 and 4712?";
const run = await mastra.getWorkflow("desk").createRun();
const done = await run.start({ inputData: { text: question } });
if (done.status !== "success") throw new Error(JSON.stringify(done));
const stream = await mastra.getAgent("clerk").stream(question);
for await (const _ of stream.textStream);
await mastra
  .getAgent("clerk")
  .generate("FAIL401")
  .then(
    () => Promise.reject(new Error("it was not refused")),
    () => undefined,
  );
await mastra.observability.shutdown();
process.exit(0);
