import type { ReactElement } from "react";
import { Icon } from "./Icon";
import type { StatusMark } from "./statusMarks";

/** Draws the icon of a status in its colour; nothing for a span that went well. */
export function StatusIcon({ mark }: { readonly mark: StatusMark }): ReactElement | null {
  const { icon, tone, isMoving } = mark;
  return icon && <Icon name={icon} className={`sv-status-${tone} ${isMoving ? "sv-spin" : ""}`} />;
}
