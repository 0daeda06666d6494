import { describe, expect, it } from "vitest";
import { headOf, textForm } from "./textForm";

describe("textForm", () => {
  it.each([
    ["Hello there, all is well.", "plain"],
    ["2 * 3 * 4 and a_b_c", "plain"],
    ["# Title\nwords", "markdown"],
    ["some **bold** words", "markdown"],
    ["- one\n- two", "markdown"],
    ["| a | b |\n|---|---|\n| 1 | 2 |", "markdown"],
    ["```python\nx = 1\n```", "markdown"],
    ['{"a": [1, 2]}', "json"],
    ["  [1, 2]\n", "json"],
    ["{not json}", "plain"],
    ["42", "plain"],
    ['{"a": 1} and more', "plain"],
    // a number that would be shown otherwise than it was sent
    ['{"a": 0.1234567890123456789}', "plain"],
  ])("takes %j as %s", (text, form) => {
    expect(textForm(text).form).toBe(form);
  });

  it("keeps integers as they were sent", () => {
    expect(textForm('{"id": 107505301260286111}')).toEqual({
      form: "json",
      value: { id: 107505301260286111n },
    });
  });

  it("does not read very long texts as anything", () => {
    expect(textForm(`# ${"x".repeat(400_000)}`).form).toBe("plain");
  });

  it("looks at hostile texts in little time", () => {
    const hostile = [
      "*".repeat(300_000),
      "`".repeat(300_000),
      "|".repeat(300_000),
      "[".repeat(300_000),
    ];
    // A pattern that backtracks would not end before the test's own timeout.
    expect(hostile.map((text) => textForm(text).form)).toEqual([
      "plain",
      "markdown",
      "plain",
      "plain",
    ]);
  });
});

describe("headOf", () => {
  it("leaves a short text alone", () => {
    expect(headOf("two\nlines")).toBe("two\nlines");
  });

  it("cuts after a number of lines", () => {
    const text = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");
    expect(headOf(text, 3)).toBe("line 0\nline 1\nline 2");
  });

  it("does not cut for a little more than fits", () => {
    expect(headOf("1\n2\n3\n4\n5", 4)).toBe("1\n2\n3\n4\n5");
  });

  it("never cuts a character in two", () => {
    const head = headOf(`x${"🙂".repeat(2_000)}`);
    expect(head.length).toBe(1_399);
    expect(head.endsWith("🙂")).toBe(true);
  });
});
