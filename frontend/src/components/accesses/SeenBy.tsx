/** The button that opens who has seen the execution, for those who may know. */

import { useEffect, useRef, useState, type ReactElement } from "react";
import type { AccessReader } from "../../model/trace/source";
import { Icon } from "../Icon";
import { lazyView } from "../lazyView";
import { inSheet } from "../Sheet";

const TITLE = "Who has seen this";
const AccessSheet = lazyView(async () => (await import("./AccessSheet")).AccessSheet, {
  around: inSheet(TITLE),
});

interface SeenByProps {
  readonly reader: AccessReader;
  readonly executionId: string;
  readonly nameOf: (spanId: string) => string | null;
}

export function SeenBy(props: SeenByProps): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        ref={button}
        className="sv-fact sv-link"
        aria-haspopup="dialog"
        onClick={() => setIsOpen(true)}
      >
        <Icon name="eye" /> who has seen this
      </button>
      {isOpen && (
        <AccessSheet
          {...props}
          title={TITLE}
          onClose={() => {
            setIsOpen(false);
            button.current?.focus();
          }}
        />
      )}
    </>
  );
}

/** Returns the reader of accesses where the person may use it; null until that is known. */
export function useAccesses(reader: AccessReader | undefined): AccessReader | null {
  const [allowed, setAllowed] = useState<AccessReader | null>(null);
  useEffect(() => {
    let isCurrent = true;
    reader?.mayRead().then(
      (mayRead) => isCurrent && setAllowed(mayRead ? reader : null),
      () => undefined, // without a token there is nothing to offer
    );
    return () => {
      isCurrent = false;
    };
  }, [reader]);
  return allowed;
}
