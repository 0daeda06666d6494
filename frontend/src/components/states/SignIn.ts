import { createContext } from "react";

/** Signs in again and comes back to the same place; null where the host of the tab offers no way to. */
export const SignIn = createContext<(() => void) | null>(null);
