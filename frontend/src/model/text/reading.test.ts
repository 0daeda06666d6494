import { describe, expect, it } from "vitest";
import { artifactView, drawnType, essenceOf } from "./artifactView";
import { firstNewMessage } from "./conversation";
import { headOf } from "./longText";
import { shortModel } from "../labels/modelName";
import { parseRunInput } from "../trace/runInput";
import type { Message } from "../trace/span";

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

describe("firstNewMessage", () => {
  const conversation = (roles: string): Message[] =>
    Array.from(roles, (role) => ({
      role: { u: "user", a: "assistant", t: "tool" }[role] ?? role,
      parts: [],
      finishReason: null,
    }));

  it.each([
    ["", 0],
    ["u", 0],
    ["uat", 0],
    ["uauau", 3],
    ["uatatuat", 5],
    ["uatatatatat", 5],
  ])("of %s it is message %d", (roles, first) => {
    expect(firstNewMessage(conversation(roles))).toBe(first);
  });
});

it.each([
  ["us.anthropic.claude-3-5-haiku-20241022-v1:0", "claude-3-5-haiku"],
  ["anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"],
  ["amazon.nova-lite-v1:0", "nova-lite"],
  ["gpt-4.1-mini", "gpt-4.1-mini"],
  [
    "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.meta.llama3-2-3b-instruct-v1:0",
    "llama3-2-3b-instruct",
  ],
])("calls %s %s", (model, name) => {
  expect(shortModel(model)).toBe(name);
});

it.each([
  ["image/png", "image"],
  ["image/svg+xml", "drawing"],
  ["text/markdown; charset=utf-8", "markdown"],
  ["TEXT/CSV", "table"],
  ["application/json", "json"],
  ["text/html", "page"],
  ["application/pdf", "pdf"],
  ["audio/mpeg", "audio"],
  ["video/mp4", "video"],
  ["text/plain", "text"],
  ["application/zip", "none"],
])("shows %s as %s", (mediaType, view) => {
  expect(artifactView(mediaType)).toBe(view);
});

it("goes by the name where the type says nothing", () => {
  expect(artifactView("application/octet-stream", "build.LOG")).toBe("text");
  expect(artifactView("application/octet-stream", "model.bin")).toBe("none");
  expect(artifactView("application/zip", "not.html")).toBe("none");
});

it("names a file's type as the store has it, whatever it is drawn as", () => {
  expect(essenceOf("Image/PNG; q=1")).toBe("image/png");
  expect(essenceOf("application/octet-stream")).toBe("application/octet-stream");
  expect(essenceOf("")).toBe("application/octet-stream");
  expect(drawnType("", "chart.png")).toBe("image/png");
  expect(drawnType("text/plain", "chart.png")).toBe("text/plain");
});

it("takes only a JSON object as the input of a run", () => {
  expect(parseRunInput('{"a": 1}')).toEqual({ isValid: true, value: { a: 1 } });
  expect(parseRunInput("[1]")).toEqual({
    isValid: false,
    reason: "The input must be a JSON object: { … }",
  });
  expect(parseRunInput("{").isValid).toBe(false);
});
