import { expect, it } from "vitest";
import { makeContent, makeDetail } from "../../testing/make";
import { pairTexts, textsOf } from "./compareTexts";

it("takes a node's own texts, then those of the calls inside it", () => {
  const node = makeDetail({
    spanId: "n",
    kind: "node",
    content: makeContent({ input: { id: 7 } }),
  });
  const call = makeDetail({
    spanId: "c",
    kind: "model",
    error: { type: "Refused", message: "no" },
    content: makeContent({
      inputMessages: [
        { role: "user", parts: [{ type: "text", text: "Hello" }], finishReason: null },
      ],
      outputMessages: [
        { role: "assistant", parts: [{ type: "text", text: "Hi" }], finishReason: null },
      ],
    }),
  });
  expect(textsOf([node, call])).toEqual([
    { name: "Input", text: '{\n  "id": 7\n}' },
    { name: "Error of model call", text: "Refused: no" },
    { name: "Prompt of model call", text: "user:\nHello" },
    { name: "Answer of model call", text: "assistant:\nHi" },
  ]);
  expect(textsOf([call, call]).map(({ name }) => name)).toContain("Answer of model call 1");
});

it("has no texts of a span whose content is hidden", () => {
  expect(textsOf([makeDetail({ spanId: "n", content: null })])).toEqual([]);
});

it("puts texts of the same name beside each other, and what went wrong before what went in", () => {
  const left = [
    { name: "Input", text: "a" },
    { name: "Output", text: "b" },
  ];
  const right = [
    { name: "Input", text: "a" },
    { name: "Error", text: "c" },
  ];
  expect(pairTexts(left, right)).toEqual([
    { name: "Error", left: "", right: "c" },
    { name: "Input", left: "a", right: "a" },
    { name: "Output", left: "b", right: "" },
  ]);
});
