import { expect, it } from "vitest";
import { makeExecution } from "../testing/make";
import { isManaged, wordsOf } from "./ManageMenu";

it("says what is deleted, what stays, and that it cannot be undone", () => {
  const { sentences, isDestructive } = wordsOf("delete", makeExecution({ status: "succeeded" }));
  expect(sentences.join(" ")).toContain("This cannot be undone.");
  expect(sentences.join(" ")).toContain("ids, times, tokens and cost stay");
  expect(sentences).toHaveLength(2);
  expect(isDestructive).toBe(true);
});

it("says of a running execution that what it sends later is not kept", () => {
  const { sentences } = wordsOf("delete", makeExecution({ status: "running" }));
  expect(sentences.at(-1)).toBe("It is not finished: what it sends from now on is not kept.");
});

it("says that what the operator's backend has stays there", () => {
  const execution = makeExecution({ status: "succeeded", spansFrom: "tempo" });
  const { sentences } = wordsOf("delete", execution);
  expect(sentences.at(-1)).toBe(
    "What Tempo has of it stays there, though nobody sees it here any more.",
  );
});

it("offers nothing where there is nothing here to hold or delete", () => {
  expect(isManaged(makeExecution({ spansFrom: "tempo" }))).toBe(true);
  expect(isManaged(makeExecution({ spansFrom: "tempo", isUnregistered: true }))).toBe(false);
  expect(isManaged(makeExecution({ status: "deleted" }))).toBe(false);
});
