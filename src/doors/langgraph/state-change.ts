import type { Instant } from "../../model/base/instant.ts";
import { createUuid } from "../../model/base/uuid.ts";
import type { StateChange } from "../../model/threads/thread-record.ts";

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
