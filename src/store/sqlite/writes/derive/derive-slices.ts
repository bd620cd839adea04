import { THREAD_RULES, TRACE_RULES } from "../../../../model/base/rules-version.ts";
import type { Derivation } from "../../../roles/derivation.ts";
import type { Database } from "../../connection/database.ts";
import {
  derivationsUnderWay,
  type Mark,
  PART_RULES,
  PARTS,
  readMark,
} from "../../tables/derivation-marks.ts";
import type { StoredTrace } from "../../tables/row-ids.ts";
import { createSpanRows } from "../../tables/span-rows.ts";
import { createThreadStatistics } from "../spans/thread-statistics.ts";
import { createTurnRows } from "../spans/turn-rows.ts";
import { createTermDerivation } from "./derive-terms.ts";
import { createThreadDerivation } from "./derive-thread.ts";
import { createTraceDerivation } from "./derive-trace.ts";

type Part = Derivation["part"];

/** Where the rows of a part are, and which of them there is anything to do for. */
const ROWS: Record<Part, { table: string; isBehind: string }> = {
  terms: { table: "thread", isBehind: "listed IS NOT NULL" },
  threads: { table: "thread", isBehind: `head IS NOT NULL AND rules != ${THREAD_RULES}` },
  traces: { table: "trace", isBehind: `rules != ${TRACE_RULES}` },
};

/** How the rows of a part are derived, inside a transaction. */
interface PartWork {
  derive(row: number): void;
  /** Takes out some of what other rules made, where that is to be done first; returns whether any is left. */
  clear?(): boolean;
  /** Ends a slice. */
  flush?(): void;
  /** Forgets what a slice collected, whether it was flushed or failed. */
  discard?(): void;
}

const WORK: Record<Part, (db: Database) => PartWork> = {
  terms: createTermDerivation,
  threads: (db) => ({ derive: createThreadDerivation(db) }),
  traces(db) {
    const statistics = createThreadStatistics(db);
    const writes = { spanRows: createSpanRows(db), turnRows: createTurnRows(db), statistics };
    const derive = createTraceDerivation(db, writes);
    const find = db.prepare<[number], StoredTrace>(
      "SELECT id, span_count AS spanCount, rules FROM trace WHERE id = ?",
    );
    return {
      derive: (row) => derive(find.get(row)!),
      flush: statistics.flush,
      discard: statistics.discard,
    };
  },
};

/** Rows that are looked at between two looks at the clock, where there is nothing to do for them. */
const ROWS_AT_ONCE = 200;

/** Marks the parts that other rules made, for `createDerivationSlices`. Costs a look-up for each if there are none. */
export function beginDerivations(db: Database): void {
  const isOther = (part: Part) => readMark(db, part)?.rules !== PART_RULES[part];
  if (!PARTS.some(isOther)) return;
  const begin = db.prepare("INSERT OR REPLACE INTO derivation (part, rules, done, last) VALUES (?, ?, ?, ?)");
  db.transaction(() => {
    // Asked inside the transaction: another process may have begun.
    for (const part of PARTS.filter(isOther)) {
      const last = lastRow(db, part);
      const isCleared = part !== "terms";
      begin.run(part, PART_RULES[part], last === null ? null : 0, isCleared ? last : null);
    }
  }).immediate();
}

/**
 * Makes the function that goes on, inside the caller's transaction, with what is to be derived again, for about so many
 * milliseconds, but at least one row; a row, which is a whole trace or thread, is never done in part. The transaction
 * also keeps how far it came, so whatever ends the process, it goes on from there. Returns what is left.
 */
export function createDerivationSlices(db: Database, sliceMs: number): () => Derivation[] {
  const setMark = db.prepare<[number | null, number | null, Part]>(
    "UPDATE derivation SET done = ?, last = ? WHERE part = ?",
  );
  const works = new Map<Part, PartWork>();
  const rowsOf = (part: Part) =>
    db.prepare<[number, number], { id: number; isBehind: number }>(
      `SELECT id, ${ROWS[part].isBehind} AS isBehind FROM ${ROWS[part].table}
       WHERE id > ? AND id <= ? ORDER BY id LIMIT ${ROWS_AT_ONCE}`,
    );

  /** Derives rows after the one called done, until time is up; returns the last of them, null if there are no more. */
  function deriveRows(
    part: Part,
    work: PartWork,
    done: number,
    last: number,
    deadline: number,
  ): number | null {
    const next = rowsOf(part);
    let at = done;
    for (;;) {
      const rows = next.all(at, last);
      for (const { id, isBehind } of rows) {
        at = id;
        if (!isBehind) continue;
        work.derive(id);
        if (performance.now() >= deadline) return at;
      }
      if (rows.length < ROWS_AT_ONCE) return null;
      if (performance.now() >= deadline) return at;
    }
  }

  function advance(part: Part, { done, last }: Mark, deadline: number): void {
    const work = works.get(part) ?? WORK[part](db);
    works.set(part, work);
    try {
      if (last === null) {
        if (!work.clear!()) setMark.run(0, lastRow(db, part) ?? 0, part);
      } else {
        const at = deriveRows(part, work, done!, last, deadline);
        setMark.run(at, last, part);
      }
      work.flush?.();
    } finally {
      work.discard?.();
    }
  }

  return () => {
    const [first] = derivationsUnderWay(db);
    if (first) advance(first.part, readMark(db, first.part)!, performance.now() + sliceMs);
    return derivationsUnderWay(db);
  };
}

function lastRow(db: Database, part: Part): number | null {
  return db.prepare<[], number | null>(`SELECT max(id) FROM ${ROWS[part].table}`).pluck().get()!;
}
