import { expect, it } from "vitest";
import { base64Bytes, base64Length } from "./base64";

it.each([
  ["aGVsbG8=", 5],
  ["aGVsbG8", 5],
  ["_-8=", 2],
  ["", 0],
])("%j stands for %d bytes", (text, bytes) => {
  expect(base64Length(text)).toBe(bytes);
  expect(base64Bytes(text)).toHaveLength(bytes);
});

it.each(["aGVsbG8=…", "[REDACTED:unscanned]", "a"])("%j stands for nothing", (text) => {
  expect(base64Length(text)).toBeNull();
});
