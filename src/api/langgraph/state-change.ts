import type { Instant } from "../../model/instant.ts";
import { printJson } from "../../model/json/print.ts";
import type { JsonObject } from "../../model/json/value.ts";
import type { StateChange } from "../../model/thread-record.ts";
import { createUuid } from "../../model/uuid.ts";

/** The change that updates a state's values and nothing else. */
export function stateChange(updates: JsonObject[], asNode: string | null, now: Instant): StateChange {
  return {
    checkpointId: createUuid(now),
    updates: updates.map(printJson),
    status: null,
    next: null,
    tasks: null,
    interrupts: null,
    asNode,
  };
}
