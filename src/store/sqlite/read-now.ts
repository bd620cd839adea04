import type { Database } from "./database.ts";
import { closedError } from "./workers/worker-errors.ts";

/**
 * Makes the function that does some short reads at once, in one snapshot. It throws `StoreUnavailableError` when the
 * connection is closed.
 */
export function createReadNow(db: Database): <Answer>(read: () => Answer) => Answer {
  // Made once: making it takes as long as a short read.
  const inSnapshot = db.transaction((read: () => unknown) => read());
  return <Answer>(read: () => Answer) => {
    if (!db.open) throw closedError();
    return inSnapshot(read) as Answer;
  };
}
