import type { MouseEvent, ReactElement, ReactNode } from "react";
import type { CanvasPlace, CanvasPlaces } from "../state/place";

interface PlaceLinkProps {
  readonly places: CanvasPlaces;
  readonly to: Partial<CanvasPlace>;
  readonly className?: string;
  readonly isCurrent?: boolean;
  readonly children: ReactNode;
}

/** A real link, so that it opens in a new tab too; a plain click stays in the page. */
export function PlaceLink(props: PlaceLinkProps): ReactElement {
  const { places, to, className, isCurrent = false, children } = props;
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    places.push(to);
  };
  return (
    <a
      href={places.href(to)}
      className={className}
      onClick={follow}
      aria-current={isCurrent ? "page" : undefined}
    >
      {children}
    </a>
  );
}
