/** Who has seen the execution, in a dialog. */

import { useRef, type ReactElement } from "react";
import type { AccessReader } from "../../model/trace/source";
import { Sheet } from "../Sheet";
import { AccessList } from "./AccessList";

interface AccessSheetProps {
  readonly reader: AccessReader;
  readonly executionId: string;
  readonly nameOf: (spanId: string) => string | null;
  readonly title: string;
  readonly onClose: () => void;
}

export function AccessSheet(props: AccessSheetProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <Sheet
      dialog={dialog}
      label={props.title}
      title={props.title}
      className="sv-seen-by"
      onClose={props.onClose}
    >
      <AccessList
        reader={props.reader}
        executionId={props.executionId}
        spanId={null}
        nameOf={props.nameOf}
      />
    </Sheet>
  );
}
