import { expect, it } from "vitest";
import { shortModel } from "./kinds";

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
