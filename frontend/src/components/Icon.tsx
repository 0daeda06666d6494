import type { ReactElement } from "react";
import { ICONS, type IconName } from "./icons";

interface IconProps {
  readonly name: IconName;
  readonly className?: string;
  /** Read aloud; an icon without one only repeats the words beside it. */
  readonly label?: string;
}

export function Icon({ name, className = "", label }: IconProps): ReactElement {
  const spoken =
    label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <svg className={`sv-icon ${className}`} viewBox="0 0 16 16" {...spoken}>
      {label !== undefined && <title>{label}</title>}
      <path d={ICONS[name]} />
    </svg>
  );
}
