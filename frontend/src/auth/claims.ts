/** A token's claims, its signature not verified; none of them when it cannot be read. */
export function readClaims(token: string): Readonly<Record<string, unknown>> {
  try {
    const [, payload = ""] = token.split(".");
    const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Returns the name to show for the claims of a token. */
export function displayName(claims: Readonly<Record<string, unknown>>): string {
  const found = ["name", "email", "preferred_username", "sub"].map((key) => claims[key]);
  return found.find((value): value is string => typeof value === "string" && value !== "") ?? "";
}

/** Returns the scopes of a token, which issuers write as a text or a list, in one of two claims; none without a token. */
export function scopesOf(token: string | null): ReadonlySet<string> {
  const { scope, scp } = readClaims(token ?? "");
  const texts = [scope, scp].flat().filter((text) => typeof text === "string");
  return new Set(texts.flatMap((text) => text.split(" ")));
}
