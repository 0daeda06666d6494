import type { SearchResult } from "../model/trace/source";
import { Fields, textItem } from "./fields";
import type { WireSearch, WireSearchHit } from "./wire";

const PARTS_OF_SPAN = ["name", "attributes", "content"] as const;

/** Decodes the spans that a search found. */
export function decodeSearch(value: unknown, query: string): SearchResult {
  const fields = Fields.of<WireSearch>(value, () => "");
  return {
    query,
    hits: fields.list("hits", (item, path) => {
      const hit = Fields.of<WireSearchHit>(item, path);
      const where = hit.list("where", textItem);
      return {
        spanId: hit.text("span_id"),
        where: PARTS_OF_SPAN.filter((part) => where.includes(part)),
      };
    }),
    isComplete: fields.flag("is_complete"),
    contentAccess: fields.oneOf("content_access", ["granted", "denied"]),
  };
}
