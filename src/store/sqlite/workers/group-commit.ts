import { StoreUnavailableError } from "../../errors.ts";
import type { Database } from "../database.ts";

/** How long a transaction goes on taking writes: so long that much shares a commit, and none waits long for it. */
const MAX_TRANSACTION_MS = 40;

interface Waiting {
  write: () => unknown;
  done: PromiseWithResolvers<unknown>;
}

type Outcome = { result: unknown } | { error: unknown };

/**
 * Makes the function that runs a write in a transaction. Writes that wait at the same time share one transaction, so
 * that the sync to disk is paid once for all of them; each has a savepoint of its own, so that one that fails takes
 * nothing of the others with it.
 *
 * The promise settles after the commit, with what the write returned: resolved, the write is as durable as the connection's `synchronous` says.
 */
export function createGroupCommit(db: Database): <Result>(write: () => Result) => Promise<Result> {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  const savepoint = db.prepare("SAVEPOINT write");
  const release = db.prepare("RELEASE write");
  const rollbackTo = db.prepare("ROLLBACK TO write");
  let queue: Waiting[] = [];

  /** Runs one write; returns what it returned or threw. */
  function attempt(write: () => unknown): Outcome {
    savepoint.run();
    try {
      return { result: write() };
    } catch (error) {
      // A full disk ends the whole transaction, and the savepoint with it.
      if (!db.inTransaction) throw error;
      rollbackTo.run();
      return { error };
    } finally {
      if (db.inTransaction) release.run();
    }
  }

  function run(): void {
    const outcomes: { waiting: Waiting; outcome: Outcome }[] = [];
    const deadline = performance.now() + MAX_TRANSACTION_MS;
    try {
      begin.run();
      for (const waiting of queue) {
        outcomes.push({ waiting, outcome: attempt(waiting.write) });
        if (performance.now() > deadline) break;
      }
      commit.run();
    } catch (error) {
      // Nothing was committed, so everything that waits has failed.
      if (db.inTransaction) rollback.run();
      for (const { done } of queue) done.reject(unavailable(error));
      queue = [];
      return;
    }
    queue = queue.slice(outcomes.length);
    if (queue.length > 0) setImmediate(run);
    for (const { waiting, outcome } of outcomes) {
      if ("error" in outcome) waiting.done.reject(unavailable(outcome.error));
      else waiting.done.resolve(outcome.result);
    }
  }

  return <Result>(write: () => Result) => {
    const done = Promise.withResolvers<unknown>();
    // Once per turn of the event loop: every message that has arrived by then joins the transaction.
    if (queue.length === 0) setImmediate(run);
    queue.push({ write, done });
    return done.promise as Promise<Result>;
  };
}

/** SQLite's errors as the store's; all others as they are. */
function unavailable(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code !== "string" || !code.startsWith("SQLITE_")) return error;
  return new StoreUnavailableError(`the database cannot be written: ${message}`, { cause: error });
}
