/** What the deployment tells the page about itself: `/config.json`, written when it was deployed. */

import { ProblemError } from "../model/problem";

export interface PageConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: string;
  readonly audience: string | null;
  /** "" when the API is on the page's own origin. */
  readonly apiBaseUrl: string;
}

/** Reads `/config.json`; raises a ProblemError when it is missing or broken. */
export async function readConfig(fetcher: typeof fetch): Promise<PageConfig> {
  let value: unknown;
  try {
    const response = await fetcher("/config.json", { cache: "no-store" });
    if (!response.ok) throw new ProblemError("unavailable", "The page's settings are missing.");
    value = await response.json();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError("offline", "The page's settings cannot be read.");
  }
  return decodeConfig(value);
}

/** Decodes the configuration of the page. */
export function decodeConfig(value: unknown): PageConfig {
  const fields = (value ?? {}) as Record<string, unknown>;
  const text = (key: string): string => {
    const found = fields[key];
    if (typeof found !== "string") {
      throw new ProblemError("contract", `config.json has no text “${key}”.`);
    }
    return found;
  };
  return {
    issuer: text("issuer").replace(/\/$/, ""),
    clientId: text("client_id"),
    scopes: Array.isArray(fields.scopes) ? fields.scopes.join(" ") : text("scopes"),
    audience: typeof fields.audience === "string" ? fields.audience : null,
    apiBaseUrl: text("api_base_url").replace(/\/$/, ""),
  };
}
