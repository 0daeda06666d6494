import { describe, expect, it } from "vitest";
import { checkIdToken, type Expected } from "./idToken";

const NOW = 1_764_000_000;
const EXPECTED: Expected = {
  issuer: "https://id.example",
  clientId: "canvas",
  nonce: "n-1",
  subject: null,
  now: NOW * 1_000,
};
const GOOD = {
  iss: "https://id.example",
  aud: "canvas",
  sub: "u-1",
  nonce: "n-1",
  iat: NOW,
  exp: NOW + 3_600,
};

const signed = (claims: unknown): string => `x.${btoa(JSON.stringify(claims))}.x`;

/** Why a token with these claims is refused; null when it is taken. */
function refusal(claims: object, expected: Partial<Expected> = {}): string | null {
  try {
    checkIdToken(signed({ ...GOOD, ...claims }), { ...EXPECTED, ...expected });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("an id token", () => {
  it.each([
    ["as it should be", {}],
    ["of an issuer that ends its name with a slash", { iss: "https://id.example/" }],
    ["for a list of one", { aud: ["canvas"] }],
    ["for several, issued to this page", { aud: ["api", "canvas"], azp: "canvas" }],
    ["that ended less than five minutes ago", { exp: NOW - 299 }],
    ["from less than five minutes ahead", { iat: NOW + 300 }],
  ])("%s is taken", (_name, claims) => {
    expect(refusal(claims)).toBeNull();
  });

  it.each([
    [
      { iss: "https://evil.example" },
      "The id token was issued by https://evil.example, not by https://id.example.",
    ],
    [{ iss: undefined }, "The identity provider's id token cannot be read."],
    [{ aud: "other" }, "The id token was issued to another application."],
    [{ aud: undefined }, "The id token was issued to another application."],
    [{ aud: [] }, "The id token was issued to another application."],
    [{ aud: ["api", "canvas"] }, "The id token was issued to another application."],
    [{ aud: ["api", "canvas"], azp: "api" }, "The id token was issued to another application."],
    [{ azp: "other" }, "The id token was issued to another application."],
    [
      { exp: NOW - 300 },
      "The id token has expired. Check the clock of this computer, then sign in again.",
    ],
    [
      { iat: NOW + 301 },
      "The id token was issued in the future. Check the clock of this computer, then sign in again.",
    ],
    [{ exp: undefined }, "The id token does not say how long it is good."],
    [{ exp: "4000000000" }, "The id token does not say how long it is good."],
    [{ iat: null }, "The id token does not say how long it is good."],
    [{ nonce: "n-2" }, "The sign-in's answer belongs to another request."],
    [{ nonce: undefined }, "The sign-in's answer belongs to another request."],
  ])("with %j is refused", (claims, why) => {
    expect(refusal(claims)).toBe(why);
  });

  it.each(["", "a.b", "x.bm90IGpzb24.x", signed(null), signed("text"), signed([])])(
    "that cannot be read is refused: %j",
    (idToken) => {
      expect(() => checkIdToken(idToken, EXPECTED)).toThrow("id token cannot be read");
    },
  );

  it("of a renewal needs no nonce, and speaks of the same person", () => {
    const renewal = { nonce: null, subject: "u-1" };
    expect(refusal({ nonce: undefined }, renewal)).toBeNull();
    expect(refusal({ sub: "u-2" }, renewal)).toBe(
      "The identity provider answered for another person.",
    );
  });
});
