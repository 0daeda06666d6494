/**
 * `<spanvas-trace-tab>`: the Trace tab for pages that do not speak React.
 *
 * Attributes: `execution-id`, `api-base-url` (default: the page's own origin), `span` (the span to
 * select; may be set again), `theme` (light or dark; default: as the system). Properties:
 * `tokenProvider`, a function that resolves to a bearer token or null; `place`, where the reader is as
 * the text behind a `?` (may be set: the host's URL has changed); `linkTo`, a function from such a text
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
import { createHostPlaces, placeText, type HostPlaces } from "./state/hostPlaces";

class SpanvasTraceTab extends HTMLElement {
  static readonly observedAttributes = ["execution-id", "api-base-url", "span"];

  tokenProvider: TokenProvider = () => Promise.resolve(null);

  linkTo: (place: string) => string = () => window.location.href;

  private root: Root | null = null;
  private source: TraceSource | null = null;
  private places: HostPlaces | null = null;
  private wantedPlace = "";

  get place(): string {
    return this.places === null ? this.wantedPlace : placeText(this.places.get());
  }

  set place(text: string) {
    this.wantedPlace = text;
    this.places?.goTo(text);
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
    this.places = null;
  }

  attributeChangedCallback(name: string): void {
    if (name === "span") this.goToSpan();
    else if (this.root) this.open();
  }

  /** Another execution: what was selected in the one before means nothing in it. */
  private open(): void {
    const base = this.getAttribute("api-base-url") ?? "";
    this.source = createTraceSource({ baseUrl: base, token: () => this.tokenProvider() });
    const text = this.places === null ? this.wantedPlace : "";
    const places = createHostPlaces(
      text,
      (place) => this.tell("spanvas-place", { place }),
      (place) => this.linkTo(place),
    );
    let told = places.get().spanId;
    places.subscribe(() => {
      const { spanId } = places.get();
      if (spanId !== told) this.tell("spanvas-select", { spanId });
      told = spanId;
    });
    this.places = places;
    this.goToSpan();
    this.draw();
  }

  private goToSpan(): void {
    const spanId = this.getAttribute("span");
    if (this.places === null || spanId === null) return;
    this.places.goTo(placeText({ ...this.places.get(), spanId }));
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
            onSignIn: () => this.tell("spanvas-sign-in", {}),
          }),
    );
  }

  private tell(type: string, detail: Readonly<Record<string, unknown>>): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("spanvas-trace-tab", SpanvasTraceTab);
