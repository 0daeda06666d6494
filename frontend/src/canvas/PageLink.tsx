import type { MouseEvent, ReactElement, ReactNode } from "react";
import type { PageState, PageStateStore } from "../state/viewState";

interface PageLinkProps {
  readonly pageStore: PageStateStore;
  readonly to: Partial<PageState>;
  readonly className?: string;
  readonly isCurrent?: boolean;
  readonly children: ReactNode;
}

/**
 * A link within the page. It has a URL, so that it can be opened in a new tab; a plain click does not load the page
 * anew.
 */
export function PageLink(props: PageLinkProps): ReactElement {
  const { pageStore, to, className, isCurrent = false, children } = props;
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    pageStore.push(to);
  };
  return (
    <a
      href={pageStore.href(to)}
      className={className}
      onClick={follow}
      aria-current={isCurrent ? "page" : undefined}
    >
      {children}
    </a>
  );
}
