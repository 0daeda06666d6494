/**
 * `<spanvas-trace-tab>`: the Trace tab for pages that do not speak React.
 *
 * Attributes: `execution-id`, `api-base-url` (default: the page's own origin), `span` (the span to
 * open with), `theme` (light or dark; default: as the system). Property: `tokenProvider`, a function
 * that resolves to a bearer token or null. Events, both composed: `spanvas-select` with
 * `detail.spanId`, `spanvas-sign-in` when the session has ended.
 *
 * Lives in a shadow root: it brings no style to its host and takes no key outside itself.
 */

import { createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { createClient } from "./api/client";
import { createHttp, type TokenProvider } from "./api/http";
import { TraceTab } from "./components/TraceTab";
import styles from "./components/tab.css?inline";
import type { TraceSource } from "./model/source";
import { createMemoryPlaces, EMPTY_TRACE_PLACE, type TracePlaces } from "./state/place";

class SpanvasTraceTab extends HTMLElement {
  static readonly observedAttributes = ["execution-id", "api-base-url"];

  tokenProvider: TokenProvider = () => Promise.resolve(null);

  private root: Root | null = null;
  private source: TraceSource | null = null;
  private places: TracePlaces | null = null;

  connectedCallback(): void {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    shadow.adoptedStyleSheets = [sheet];
    this.root = createRoot(shadow);
    this.open();
  }

  disconnectedCallback(): void {
    this.root?.unmount();
    this.root = null;
  }

  attributeChangedCallback(): void {
    if (this.root) this.open();
  }

  private open(): void {
    const base = this.getAttribute("api-base-url") ?? "";
    this.source = createClient(createHttp(base, () => this.tokenProvider()));
    const places = createMemoryPlaces({ ...EMPTY_TRACE_PLACE, spanId: this.getAttribute("span") });
    let told = places.get().spanId;
    places.subscribe(() => {
      const { spanId } = places.get();
      if (spanId !== told) this.tell("spanvas-select", spanId);
      told = spanId;
    });
    this.places = places;
    this.draw();
  }

  private draw(): void {
    const executionId = this.getAttribute("execution-id");
    if (!this.root || !this.source || !this.places) return;
    this.root.render(
      executionId === null
        ? null
        : createElement(TraceTab, {
            source: this.source,
            executionId,
            places: this.places,
            onSignIn: () => this.tell("spanvas-sign-in", null),
          }),
    );
  }

  private tell(type: string, spanId: string | null): void {
    this.dispatchEvent(
      new CustomEvent(type, { detail: { spanId }, bubbles: true, composed: true }),
    );
  }
}

customElements.define("spanvas-trace-tab", SpanvasTraceTab);
