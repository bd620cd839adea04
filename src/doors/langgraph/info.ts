import packageJson from "../../../package.json" with { type: "json" };
import type { DoorContext } from "../kit/door.ts";

/**
 * GET /info: who answers, and which parts of LangGraph's API beside threads it has; also, while there is any, what of
 * the store is being derived again.
 */
export function info({ store }: Pick<DoorContext, "store">) {
  return async () => {
    const derivations = await store.derivations();
    return {
      version: packageJson.version,
      flags: { assistants: false, crons: false, langsmith: false },
      ...(derivations.length > 0 && { derivations }),
    };
  };
}
