import { useEffect, useState, type ReactElement } from "react";
import { Icon } from "./Icon";

interface CopyButtonProps {
  /** A function where making the text is work. */
  readonly text: string | (() => string);
  /** What is copied: `trace id`. */
  readonly what: string;
  readonly className?: string;
  /** Words beside the icon. */
  readonly label?: string;
}

type Outcome = "idle" | "copied" | "refused";

const SHOWN_MILLISECONDS = 1_500;

export function CopyButton(props: CopyButtonProps): ReactElement {
  const { text, what, className = "", label: words } = props;
  const [outcome, setOutcome] = useState<Outcome>("idle");
  useEffect(() => {
    if (outcome === "idle") return undefined;
    const handle = setTimeout(() => setOutcome("idle"), SHOWN_MILLISECONDS);
    return () => clearTimeout(handle);
  }, [outcome]);

  const copy = (): void => {
    navigator.clipboard.writeText(typeof text === "string" ? text : text()).then(
      () => setOutcome("copied"),
      () => setOutcome("refused"),
    );
  };
  const label =
    outcome === "copied"
      ? `Copied the ${what}`
      : outcome === "refused"
        ? "The browser did not allow copying"
        : `Copy the ${what}`;
  return (
    <button
      type="button"
      className={`${words === undefined ? "sv-icon-button" : "sv-small-button"} ${className}`}
      onClick={copy}
      title={label}
      aria-label={label}
    >
      <Icon name={outcome === "copied" ? "check" : outcome === "refused" ? "close" : "copy"} />
      {words}
    </button>
  );
}
