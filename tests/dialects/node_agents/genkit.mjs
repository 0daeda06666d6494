// A flow of Genkit with a model of OpenAI's API and a tool; its spans go out over OTLP.
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";

const url = process.env.STORY_URL;
const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

const { genkit, z } = await import("genkit");
const { openAI } = await import("@genkit-ai/compat-oai/openai");
const ai = genkit({ plugins: [openAI({ apiKey: "none", baseURL: `${url}/v1`, maxRetries: 0 })] });
const results = {
  4711: { city: "Lyon", status: "in transit" },
  4712: { city: "Lyon", status: "delivered" },
};
const lookup = ai.defineTool(
  {
    name: "lookup_parcel",
    description: "Where a parcel is.",
    inputSchema: z.object({ parcel_id: z.string() }),
  },
  async ({ parcel_id }) => results[parcel_id],
);
const desk = ai.defineFlow("parcelDesk", async (question) => {
  const { text } = await ai.generate({
    model: openAI.model("gpt-4o"),
    system: "You answer questions about parcels.",
    prompt: question,
    tools: [lookup],
  });
  return text;
});

const answer = await desk("Where are parcels 4711 and 4712?");
if (!answer.startsWith("Parcel 4711")) throw new Error(answer);
const { stream } = ai.generateStream({ model: openAI.model("gpt-4o"), prompt: "Hello" });
for await (const _ of stream);
await desk("FAIL401").then(
  () => Promise.reject(new Error("it was not refused")),
  () => undefined,
);
await provider.shutdown();
process.exit(0);
