/** Deletes and holds executions over the API, for those whose token has the scopes. */

import type { ExecutionManager } from "../model/trace/source";
import { encodeId } from "./client";
import type { Http } from "./http";

/** Creates the manager. `scopes` are those of the reader's token, as far as it can be read; the API decides. */
export function createManager(
  http: Http,
  scopes: () => Promise<ReadonlySet<string>>,
): ExecutionManager {
  const execution = (executionId: string): string => `/v1/executions/${encodeId(executionId)}`;
  return {
    async rights() {
      const granted = await scopes();
      return { mayDelete: granted.has("trace:delete"), mayHold: granted.has("trace:hold") };
    },

    async deleteExecution(executionId) {
      await http({ method: "DELETE", path: execution(executionId) });
    },

    async hold(executionId) {
      await http({ method: "POST", path: `${execution(executionId)}/hold` });
    },

    async release(executionId) {
      await http({ method: "DELETE", path: `${execution(executionId)}/hold` });
    },
  };
}
