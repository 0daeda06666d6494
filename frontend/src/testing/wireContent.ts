/** Content as the API answers it, for tests of what is drawn of it. */

import { decodeContent } from "../api/decodeContent";
import type { Content } from "../model/trace/span";

/** Decodes the content of a span's answer. */
export function contentOf(wire: object): Content {
  return decodeContent(wire, () => "content");
}
