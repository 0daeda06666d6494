import { useEffect, useMemo, useState } from "react";
import { previousModelCall } from "../../model/text/conversation";
import { rowVersion } from "../../model/labels/describe";
import type { SpanDetails } from "../../state/spanDetails";
import type { SpanDetail } from "../../model/trace/span";
import type { Row } from "../../model/trace/trace";
import type { TraceIndex } from "../../model/trace/traceIndex";
import type { PreviousCall } from "./Conversation";

/** Shorter prompts repeat nothing worth folding, and reading another span is a recorded access. */
const LEAST_MESSAGES = 3;

type Finding =
  { readonly isSettled: true; readonly call: PreviousCall | null } | { readonly isSettled: false };

const NOTHING: Finding = { isSettled: true, call: null };

/** The model call before the one on the screen, read when the prompt is long enough to repeat it. */
export function usePreviousCall(
  details: SpanDetails,
  index: TraceIndex | null,
  row: Row | null,
  detail: SpanDetail | null,
): Finding {
  const messages = detail?.content?.inputMessages.length ?? 0;
  const before = useMemo(() => {
    if (index === null || row === null || messages < LEAST_MESSAGES) return null;
    const at = previousModelCall(index, index.positionOf.get(row.spanId) ?? -1);
    return at === null ? null : (index.rows[at] ?? null);
  }, [index, row, messages]);
  const spanId = before?.spanId ?? null;
  const version = before ? rowVersion(before) : "";
  const name = before?.name ?? "";
  const [found, setFound] = useState<{ spanId: string; call: PreviousCall | null } | null>(null);

  useEffect(() => {
    if (spanId === null) return undefined;
    let isWanted = true;
    const settle = (call: PreviousCall | null): void => {
      if (isWanted) setFound({ spanId, call });
    };
    details.read(spanId, version).then(
      ({ content }) => settle(content && { spanId, name, content }),
      // Without it the prompt is shown as of a first call.
      () => settle(null),
    );
    return () => {
      isWanted = false;
    };
  }, [details, spanId, version, name]);

  if (spanId === null) return NOTHING;
  if (found?.spanId !== spanId) return { isSettled: false };
  return { isSettled: true, call: found.call };
}
