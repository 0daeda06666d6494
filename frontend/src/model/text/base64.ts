/** Data that stands in a message: base64, with the alphabet of URLs or without (RFC 4648, 4 and 5). */

const WHOLE = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** How many bytes it stands for; null when it is cut off, redacted or no base64 at all. */
export function base64Length(text: string): number | null {
  if (!WHOLE.test(text)) return null;
  const digits = text.replace(/=+$/, "").length;
  return digits % 4 === 1 ? null : Math.floor((digits * 3) / 4);
}

/** Of a text that `base64Length` has taken. */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
