/** Where the page goes after the sign-in: a path and query of its own origin, or `/`. */

/**
 * `//host/x` and `/\host/x` are paths to the eye and other origins to the browser; so is `/.//host/x` once
 * its dot is resolved. `history.replaceState` throws for them, which would end the sign-in.
 */
export function safeReturnPath(text: unknown, origin: string): string {
  if (typeof text !== "string" || !text.startsWith("/")) return "/";
  let url: URL;
  try {
    url = new URL(text, origin);
  } catch {
    return "/";
  }
  if (url.origin !== origin || url.pathname.startsWith("//")) return "/";
  return url.pathname + url.search;
}
