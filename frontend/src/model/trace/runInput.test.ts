import { expect, it } from "vitest";
import { parseRunInput } from "./runInput";

it("takes only a JSON object as the input of a run", () => {
  expect(parseRunInput('{"a": 1}')).toEqual({ isValid: true, value: { a: 1 } });
  expect(parseRunInput("[1]")).toEqual({
    isValid: false,
    reason: "The input must be a JSON object: { … }",
  });
  expect(parseRunInput("{").isValid).toBe(false);
});
