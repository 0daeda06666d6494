/**
 * Renders components for tests without a browser, by react-dom's own server renderer.
 *
 * Only what is drawn at first can be tested so: there are no effects, no events and no layout. What a person does is
 * tested in a real browser, by tests/browser.
 */

import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";

/** Returns the words of what is drawn, as one line; icons and markup are left out. */
export function textOf(element: ReactElement): string {
  const text = renderToStaticMarkup(element).replace(/<[^>]*>/g, " ");
  return text
    .replace(/&quot;/g, '"')
    .replace(/&#x27;/g, "'")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ")
    .trim();
}
