/** Light, dark, or as the system says: a preference of this browser. */

import { createStore, type Store } from "./store";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = "spanvas.theme";

/** Creates the store of the theme, and applies it to the document. */
export function createTheme(window: Window): Store<Theme> {
  const store = createStore<Theme>(readTheme(window));
  const apply = (): void => {
    const { dataset } = window.document.documentElement;
    if (store.get() === "auto") delete dataset.theme;
    else dataset.theme = store.get();
  };
  apply();
  return {
    ...store,
    set: (theme) => {
      store.set(theme);
      apply();
      try {
        window.localStorage.setItem(STORAGE_KEY, theme);
      } catch {
        // A browser without storage: the choice holds until the page is left.
      }
    },
  };
}

function readTheme(window: Window): Theme {
  try {
    const kept = window.localStorage.getItem(STORAGE_KEY);
    return THEMES.find((theme) => theme === kept) ?? "auto";
  } catch {
    return "auto";
  }
}
