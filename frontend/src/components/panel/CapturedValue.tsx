import type { ReactElement } from "react";
import type { Json } from "../../model/trace/span";
import { JsonView } from "./JsonView";
import { WrittenText } from "./LongText";

interface CapturedValueProps {
  readonly value: Json;
  readonly what: string;
}

/** A captured value: text as text, everything else as JSON. */
export function CapturedValue({ value, what }: CapturedValueProps): ReactElement {
  return typeof value === "string" ? (
    <WrittenText text={value} what={what} />
  ) : (
    <JsonView value={value} what={what} />
  );
}
