import { expect, it } from "vitest";
import { scopesOf } from "./claims";

/** Returns an unsigned token with these claims. */
function token(claims: unknown): string {
  return `head.${btoa(JSON.stringify(claims))}.signature`;
}

it("reads the scopes of a token, however its issuer writes them", () => {
  const both = new Set(["trace:delete", "trace:hold"]);
  expect(scopesOf(token({ scope: "trace:delete trace:hold" }))).toEqual(both);
  expect(scopesOf(token({ scp: ["trace:delete", "trace:hold"] }))).toEqual(both);
  expect(scopesOf(token({ scope: 7 }))).toEqual(new Set());
  expect(scopesOf("opaque")).toEqual(new Set());
  expect(scopesOf(null)).toEqual(new Set());
});
