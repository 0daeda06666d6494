import { useRef, type ReactElement } from "react";
import { requestCurl, spanCurl } from "../../model/labels/spanLinks";
import type { SpanDetail } from "../../model/trace/span";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";
import { writeJson } from "../../model/text/exactJson";

/** What can be copied of a span beside its detail. */
export interface SpanCopies {
  readonly permalink: () => string;
  /** Null where the source of the traces has no address. */
  readonly address: string | null;
}

interface CopyMenuProps extends SpanCopies {
  readonly spanId: string;
  readonly detail: SpanDetail | null;
}

/** Everything about a span that goes well into a ticket or a shell. */
export function CopyMenu(props: CopyMenuProps): ReactElement {
  const { spanId, detail, permalink, address } = props;
  const menu = useRef<HTMLDetailsElement>(null);
  const request = detail && requestCurl(detail.attributes);
  const close = (): void => menu.current?.removeAttribute("open");
  return (
    <details
      className="sv-menu"
      ref={menu}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) close();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !menu.current?.open) return;
        event.stopPropagation();
        close();
        menu.current.querySelector("summary")?.focus();
      }}
    >
      <summary className="sv-small-button">
        <Icon name="copy" /> Copy
      </summary>
      <div className="sv-menu-items">
        <CopyButton text={permalink} what="link to this span" label="Link to this span" />
        <CopyButton text={spanId} what="span id" label="Span id" />
        {detail && (
          <CopyButton
            text={() => writeJson(detail.raw, 2)}
            what="span as JSON"
            label="Span as JSON"
          />
        )}
        {address !== null && (
          <CopyButton text={spanCurl(address)} what="cURL command" label="cURL command" />
        )}
        {request !== null && (
          <CopyButton text={request} what="request as cURL" label="Its request as cURL" />
        )}
      </div>
    </details>
  );
}
