import { StoreUnavailableError } from "../../errors.ts";
import type { Database } from "../connection/database.ts";

/** How long a transaction goes on taking writes: so long that much shares a commit, and none waits long for it. */
const MAX_TRANSACTION_MS = 40;

interface Waiting {
  write: () => unknown;
  done: PromiseWithResolvers<unknown>;
}

type Outcome = { result: unknown } | { error: unknown };

/** Runs what changes a database in transactions. */
export interface GroupCommit {
  /**
   * Runs a write. The promise settles after the commit, with what the write returned: resolved, the write is as durable
   * as the connection's `synchronous` says.
   */
  write<Result>(write: () => Result): Promise<Result>;
  /** Does other work in a transaction of its own, once no write waits. */
  whenIdle<Result>(work: () => Result): Promise<Result>;
}

/**
 * Has writes that wait at the same time share one transaction, so that the sync to disk is paid once for all of them.
 * One that fails takes nothing of the others with it: then all are run again, each in a savepoint, which costs more
 * (SQLite keeps every page as it was). So a write must do the same when it is run again.
 */
export function createGroupCommit(db: Database): GroupCommit {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  const savepoint = db.prepare("SAVEPOINT write");
  const release = db.prepare("RELEASE write");
  const rollbackTo = db.prepare("ROLLBACK TO write");
  let queue: Waiting[] = [];
  /** What is done when nobody waits. */
  const idle: Waiting[] = [];

  /** Runs a write so that its failure takes nothing of the others with it. */
  function runInSavepoint(write: () => unknown): Outcome {
    savepoint.run();
    const outcome = outcomeOf(write);
    // A full disk ends the whole transaction, and the savepoint with it.
    if (!db.inTransaction) throw (outcome as { error: unknown }).error;
    if ("error" in outcome) rollbackTo.run();
    release.run();
    return outcome;
  }

  /** Runs waiting writes until time is up. Null where one without a savepoint failed: then nothing was done. */
  function runWaiting(inSavepoints: boolean): Outcome[] | null {
    const outcomes: Outcome[] = [];
    const deadline = performance.now() + MAX_TRANSACTION_MS;
    begin.run();
    for (const { write } of queue) {
      const outcome = inSavepoints ? runInSavepoint(write) : outcomeOf(write);
      if ("error" in outcome && !inSavepoints) {
        if (db.inTransaction) rollback.run();
        return null;
      }
      outcomes.push(outcome);
      if (performance.now() > deadline) break;
    }
    commit.run();
    return outcomes;
  }

  function run(): void {
    let outcomes: Outcome[];
    try {
      outcomes = runWaiting(false) ?? runWaiting(true)!;
    } catch (error) {
      // Nothing was committed, so everything that waits has failed.
      if (db.inTransaction) rollback.run();
      for (const { done } of queue) done.reject(unavailable(error));
      queue = [];
      goOn();
      return;
    }
    const settled = queue.splice(0, outcomes.length);
    goOn();
    for (const [index, { done }] of settled.entries()) {
      const outcome = outcomes[index]!;
      if ("error" in outcome) done.reject(unavailable(outcome.error));
      else done.resolve(outcome.result);
    }
  }

  function runIdle(): void {
    // Whoever came meanwhile goes first, and goes on with this.
    if (queue.length > 0) return;
    const { write: work, done } = idle.shift()!;
    goOn();
    try {
      begin.run();
      const result = work();
      commit.run();
      done.resolve(result);
    } catch (error) {
      if (db.inTransaction) rollback.run();
      done.reject(unavailable(error));
    }
  }

  /** Has what waits next run in the next round of the event loop. */
  function goOn(): void {
    if (queue.length > 0) setImmediate(run);
    else if (idle.length > 0) setImmediate(runIdle);
  }

  function add(to: Waiting[], write: () => unknown): Promise<unknown> {
    const done = Promise.withResolvers<unknown>();
    const isFirst = queue.length === 0 && (to === queue || idle.length === 0);
    to.push({ write, done });
    // Once per round of the event loop: every message that has arrived by then joins the transaction.
    if (isFirst) goOn();
    return done.promise;
  }

  return {
    write: <Result>(write: () => Result) => add(queue, write) as Promise<Result>,
    whenIdle: <Result>(work: () => Result) => add(idle, work) as Promise<Result>,
  };
}

/** What a write returns or throws. */
function outcomeOf(write: () => unknown): Outcome {
  try {
    return { result: write() };
  } catch (error) {
    return { error };
  }
}

/** SQLite's errors as the store's; all others as they are. */
function unavailable(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code !== "string" || !code.startsWith("SQLITE_")) return error;
  return new StoreUnavailableError(`the database cannot be written: ${message}`, { cause: error });
}
