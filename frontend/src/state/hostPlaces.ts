/** Places that a host keeps wherever it likes: in its router, its store, its own part of the URL. */

import { formatPlace, parsePlace, type TracePlace, type TracePlaces } from "./place";
import { createStore } from "./store";

/** The place as the part of a URL behind its `?`; empty for the trace as it opens. */
export function placeText(place: TracePlace): string {
  return formatPlace({ ...parsePlace(""), ...place }).slice(1);
}

export interface HostPlaces extends TracePlaces {
  /** The host went somewhere else: its back button, a link of its own. */
  readonly goTo: (text: string) => void;
}

/** `onMove` gets the new place's text; `linkTo` makes what `y` copies of it. */
export function createHostPlaces(
  text: string,
  onMove: (text: string) => void,
  linkTo: (text: string) => string = () => window.location.href,
): HostPlaces {
  const store = createStore<TracePlace>(parsePlace(text));
  return {
    get: store.get,
    subscribe: store.subscribe,
    replace: (place) => {
      store.set(place);
      onMove(placeText(place));
    },
    permalink: (place) => linkTo(placeText(place)),
    goTo: (wanted) => {
      if (wanted !== placeText(store.get())) store.set(parsePlace(wanted));
    },
  };
}
