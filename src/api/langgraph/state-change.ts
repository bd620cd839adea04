import type { Instant } from "../../model/instant.ts";
import type { StateChange } from "../../model/thread-record.ts";
import { createUuid } from "../../model/uuid.ts";

/** The change that updates a state's values, by JSON objects as text, and nothing else. */
export function stateChange(updates: string[], asNode: string | null, now: Instant): StateChange {
  return {
    checkpointId: createUuid(now),
    updates,
    status: null,
    next: null,
    tasks: null,
    interrupts: null,
    asNode,
  };
}
