import { useEffect, type RefObject } from "react";

const NAME = "sv-hits";
/** A page full of a common word would cost more than it tells. */
const MOST_RANGES = 500;

/**
 * Marks the words of a query in the text of an element, whatever draws it: by the browser's own
 * highlights, so that no element is touched. Does nothing where the browser has none.
 */
export function useTextHits(element: RefObject<HTMLElement | null>, query: string): void {
  useEffect(() => {
    const root = element.current;
    const words = query
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word.length > 1);
    if (!root || words.length === 0 || !("highlights" in CSS)) return undefined;
    const highlight = new Highlight();
    CSS.highlights.set(NAME, highlight);
    let frame = 0;
    const mark = (): void => {
      frame = 0;
      highlight.clear();
      for (const range of rangesOf(root, words)) highlight.add(range);
    };
    const later = (): void => {
      if (frame === 0) frame = requestAnimationFrame(mark);
    };
    later();
    const observer = new MutationObserver(later);
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      CSS.highlights.delete(NAME);
    };
  }, [element, query]);
}

function* rangesOf(root: HTMLElement, words: readonly string[]): Generator<Range> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let found = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = (node.nodeValue ?? "").toLowerCase();
    for (const word of words) {
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        yield range;
        found += 1;
        if (found >= MOST_RANGES) return;
      }
    }
  }
}
