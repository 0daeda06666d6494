import { createContext } from "react";

/** Signs in again and returns to the same URL; null when the host offers no sign-in. */
export const SignIn = createContext<(() => void) | null>(null);
