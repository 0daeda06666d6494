/** Reads who has seen an execution or a span, for those whose token has the scope. */

import type { AccessPage, AccessReader } from "../model/trace/source";
import { encodeId } from "./client";
import { Fields } from "./fields";
import type { Http } from "./http";
import type { WireAccess, WireAccesses } from "./wire";

const PAGE_SIZE = 50;

/** Creates the reader. `scopes` are those of the token, as far as it can be read; the API decides. */
export function createAccessReader(
  http: Http,
  scopes: () => Promise<ReadonlySet<string>>,
): AccessReader {
  return {
    async mayRead() {
      return (await scopes()).has("audit:read");
    },

    async list(executionId, spanId, cursor, signal) {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (spanId !== null) query.set("span_id", spanId);
      if (cursor !== null) query.set("cursor", cursor);
      const path = `/v1/executions/${encodeId(executionId)}/accesses?${query.toString()}`;
      return decodeAccesses((await http({ method: "GET", path, signal })).body);
    },
  };
}

function decodeAccesses(value: unknown): AccessPage {
  const page = Fields.of<WireAccesses>(value, () => "");
  return {
    items: page.list("items", (item, path) => {
      const fields = Fields.of<WireAccess>(item, path);
      return {
        accessId: fields.text("access_id"),
        principal: fields.text("principal"),
        principalName: fields.textOrNull("principal_name"),
        action: fields.text("action"),
        target: fields.textOrNull("target"),
        spanId: fields.textOrNull("span_id"),
        outcome: fields.oneOf("outcome", ["allowed", "structure", "refused"]),
        count: fields.number("count"),
        at: fields.nanos("time_unix_nano"),
        lastAt: fields.nanosOrNull("last_time_unix_nano"),
      };
    }),
    unreadable: page.numberOrNull("unreadable") ?? 0,
    nextCursor: page.textOrNull("next_cursor"),
  };
}
