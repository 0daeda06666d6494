/** A token's claims, unverified: good for showing a name, never for deciding anything. */
export function readClaims(token: string): Readonly<Record<string, unknown>> {
  try {
    const [, payload = ""] = token.split(".");
    const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export function displayName(claims: Readonly<Record<string, unknown>>): string {
  const found = ["name", "email", "preferred_username", "sub"].map((key) => claims[key]);
  return found.find((value): value is string => typeof value === "string" && value !== "") ?? "";
}
