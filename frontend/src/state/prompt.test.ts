import { expect, it } from "vitest";
import { ProblemError } from "../model/problem";
import type { SpanDetail } from "../model/trace/span";
import { changed, fakeSource } from "../testing/fakeSource";
import { fakeTimer, settled } from "../testing/fakeTimer";
import { makeContent, makeDetail, makeTrace, outline } from "../testing/make";
import { createMemoryViewStore } from "./viewState";
import { promptOfSelection } from "./prompt";
import { createSpanDetails } from "./spanDetails";
import { createTraceStore } from "./traceStore";

const MODEL_CALL = makeDetail({
  content: makeContent({
    systemInstructions: [{ type: "text", text: "Be brief." }],
    inputMessages: [
      { role: "user", parts: [{ type: "text", text: "Where is it?" }], finishReason: null },
    ],
  }),
});

async function selecting(detail: SpanDetail | Error, select: string | null = "b") {
  const source = fakeSource(changed(makeTrace(outline("a\n  b"))));
  source.spans.set("b", detail).set("a", detail);
  const timer = fakeTimer();
  const store = createTraceStore(source, "e", createMemoryViewStore(), timer);
  const details = createSpanDetails(source, "e", timer);
  if (select === null) return { view: store.get(), details, source };
  store.start();
  await settled();
  store.select(select);
  return { view: store.get(), details, source };
}

it("is read for the selected span, whether or not anything shows it", async () => {
  const { view, details, source } = await selecting(MODEL_CALL);
  expect(await promptOfSelection(view, details)).toEqual({
    text: "system:\nBe brief.\n\nuser:\nWhere is it?",
  });
  expect(await promptOfSelection(view, details)).toHaveProperty("text");
  expect(source.asked).toEqual(["trace -", "span b"]);
});

it.each([
  ["a span of another kind", makeDetail({ content: null }), "This span has no prompt"],
  ["a call without messages", makeDetail({ content: makeContent() }), "This span has no prompt"],
  [
    "content that the role may not see",
    makeDetail({ content: null, contentAccess: "denied" }),
    "The prompt is hidden from your role",
  ],
])("says so of %s", async (_, detail, none) => {
  const { view, details } = await selecting(detail);
  expect(await promptOfSelection(view, details)).toEqual({ none });
});

it("asks for a selection where there is none", async () => {
  const { view, details } = await selecting(MODEL_CALL, null);
  expect(await promptOfSelection(view, details)).toEqual({
    none: "Select a model call to copy its prompt",
  });
});

it("raises what went wrong with reading the span", async () => {
  const { view, details } = await selecting(new ProblemError("unauthorised", "Nobody."));
  await expect(promptOfSelection(view, details)).rejects.toThrow("Nobody.");
});
