/**
 * `<spanvas-trace-tab>`: the Trace tab for pages that do not speak React.
 *
 * Attributes: `execution-id`, `api-base-url` (default: the page's own origin), `span` (the span to
 * select; may be set again), `theme` (light or dark; default: as the system). Properties:
 * `tokenProvider`, a function that resolves to a bearer token or null; `place`, the view state as
 * the text after a `?` (set it when the host's URL has changed); `linkTo`, a function from such a text
 * to the link that `y` copies. Events, all composed: `spanvas-select` with `detail.spanId`,
 * `spanvas-place` with `detail.place`, `spanvas-sign-in` when the session has ended.
 *
 * Lives in a shadow root: it brings no style to its host and takes no key outside itself.
 */

import { createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import type { TokenProvider } from "./api/http";
import { TraceTab } from "./components/TraceTab";
import styles from "./components/tab.css?inline";
import { createTraceSource } from "./lib";
import type { TraceSource } from "./model/trace/source";
import { createHostViewStore, viewStateText, type HostViewStateStore } from "./state/viewState";

class SpanvasTraceTab extends HTMLElement {
  static readonly observedAttributes = ["execution-id", "api-base-url", "span"];

  tokenProvider: TokenProvider = () => Promise.resolve(null);

  linkTo: (place: string) => string = () => window.location.href;

  private root: Root | null = null;
  private source: TraceSource | null = null;
  private viewStore: HostViewStateStore | null = null;
  private wantedText = "";

  get place(): string {
    return this.viewStore === null ? this.wantedText : viewStateText(this.viewStore.get());
  }

  set place(text: string) {
    this.wantedText = text;
    this.viewStore?.goTo(text);
  }

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
    this.viewStore = null;
  }

  attributeChangedCallback(name: string): void {
    if (name === "span") this.goToSpan();
    else if (this.root) this.open();
  }

  /** Opens the execution. A selection in the previous one is dropped. */
  private open(): void {
    const base = this.getAttribute("api-base-url") ?? "";
    this.source = createTraceSource({ baseUrl: base, token: () => this.tokenProvider() });
    const text = this.viewStore === null ? this.wantedText : "";
    const viewStore = createHostViewStore(
      text,
      (place) => this.dispatch("spanvas-place", { place }),
      (place) => this.linkTo(place),
    );
    let lastSpanId = viewStore.get().spanId;
    viewStore.subscribe(() => {
      const { spanId } = viewStore.get();
      if (spanId !== lastSpanId) this.dispatch("spanvas-select", { spanId });
      lastSpanId = spanId;
    });
    this.viewStore = viewStore;
    this.goToSpan();
    this.draw();
  }

  private goToSpan(): void {
    const spanId = this.getAttribute("span");
    if (this.viewStore === null || spanId === null) return;
    this.viewStore.goTo(viewStateText({ ...this.viewStore.get(), spanId }));
  }

  private draw(): void {
    const executionId = this.getAttribute("execution-id");
    if (!this.root || !this.source || !this.viewStore) return;
    this.root.render(
      executionId === null
        ? null
        : createElement(TraceTab, {
            source: this.source,
            executionId,
            viewStore: this.viewStore,
            onSignIn: () => this.dispatch("spanvas-sign-in", {}),
          }),
    );
  }

  private dispatch(type: string, detail: Readonly<Record<string, unknown>>): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("spanvas-trace-tab", SpanvasTraceTab);
