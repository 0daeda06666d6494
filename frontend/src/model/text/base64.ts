/** Decodes base64 data of a message, in the standard or the URL alphabet (RFC 4648, 4 and 5). */

const WHOLE = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Returns the number of bytes; null when the text is truncated, redacted or not base64. */
export function base64Length(text: string): number | null {
  if (!WHOLE.test(text)) return null;
  const digits = text.replace(/=+$/, "").length;
  return digits % 4 === 1 ? null : Math.floor((digits * 3) / 4);
}

/** Returns the bytes of a text for which `base64Length` is not null. */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
