import type { Instant } from "../../../model/base/instant.ts";
import { changedByClient } from "../../../model/threads/client-changes.ts";
import type { Database } from "../connection/database.ts";
import { createStoredThreads, type RowChanges, type StoredThread } from "./thread-rows.ts";

/**
 * Makes the function that marks a thread as changed by a client, inside the caller's transaction: all that the write
 * changes in its row, in one statement; with a head, it gave the thread a state. Returns the row as it is then.
 */
export function createThreadTouch(db: Database) {
  const threads = createStoredThreads(db);
  return (before: StoredThread, now: Instant, changes: RowChanges): StoredThread => {
    const said = {
      madeAt: before.made_at,
      changedAt: before.changed_at,
      stateChangedAt: before.state_changed_at,
      createdAt: before.created_at!,
    };
    const { madeAt, changedAt, stateChangedAt } = changedByClient(said, now, changes.head !== undefined);
    const times = { made_at: madeAt, changed_at: changedAt, state_changed_at: stateChangedAt };
    return threads.write(before, { ...changes, ...times });
  };
}
