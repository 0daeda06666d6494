/** Decodes base64 data of a message, in the standard or the URL alphabet (RFC 4648, 4 and 5). */

const WHOLE = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Returns the number of bytes; null when the text is truncated, redacted or not base64. */
export function base64Length(text: string): number | null {
  if (!WHOLE.test(text)) return null;
  const digits = text.replace(/=+$/, "").length;
  return digits % 4 === 1 ? null : Math.floor((digits * 3) / 4);
}

/** First characters of what browsers show, in base64; WAV and WebP begin alike. */
const BEGINNINGS: readonly (readonly [start: RegExp, type: string])[] = [
  [/^iVBORw0KGgo/, "image/png"],
  [/^\/9j\//, "image/jpeg"],
  [/^R0lGOD/, "image/gif"],
  [/^UklGR.{6}XRUJQ/, "image/webp"],
  [/^UklGR.{6}XQVZF/, "audio/wav"],
  [/^SUQz/, "audio/mpeg"],
  [/^JVBERi0/, "application/pdf"],
];

/** Returns the media type of data that begins as a common format does; empty where it does not. */
export function sniffedType(base64: string): string {
  return BEGINNINGS.find(([start]) => start.test(base64))?.[1] ?? "";
}

/** Returns the bytes of a text for which `base64Length` is not null. */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
