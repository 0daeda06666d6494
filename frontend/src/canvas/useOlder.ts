import { useEffect } from "react";
import { useReadable } from "../components/useReadable";
import { continues, isCutShort, type ListedPage } from "../state/history";
import type { OlderPages, OlderView } from "../state/olderPages";

interface Older extends OlderView {
  readonly readOlder: () => void;
}

/**
 * Reads the pages after the first when the reader asks for them. When a filter has left the first page short, the next
 * one is read without being asked, once.
 */
export function useOlder(pages: OlderPages, first: ListedPage | null): Older {
  const { page: known, isReading, problem } = useReadable(pages);
  useEffect(() => pages.stop, [pages]);

  const isUntouched = known === null && !isReading && problem === null;
  useEffect(() => {
    if (first !== null && isUntouched && isCutShort(first)) pages.readAfter(first);
  }, [pages, first, isUntouched]);

  const page = known !== null && first !== null && continues(first, known) ? known : null;
  const last = page ?? first;
  return { page, isReading, problem, readOlder: () => last && pages.readAfter(last) };
}
