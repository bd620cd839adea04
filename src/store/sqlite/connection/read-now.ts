import { storeClosed } from "../../errors.ts";
import type { Database } from "./database.ts";

/**
 * Makes the function that does some short reads at once, in one snapshot. It throws `StoreUnavailableError` when the
 * connection is closed.
 */
export function createReadNow(db: Database): <Answer>(read: () => Answer) => Answer {
  // Made once: making it takes as long as a short read.
  const inSnapshot = db.transaction((read: () => unknown) => read());
  return <Answer>(read: () => Answer) => {
    if (!db.open) throw storeClosed();
    return inSnapshot(read) as Answer;
  };
}
