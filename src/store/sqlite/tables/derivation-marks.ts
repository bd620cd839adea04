import { TERM_RULES, THREAD_RULES, TRACE_RULES } from "../../../model/base/rules-version.ts";
import type { Derivation } from "../../roles/derivation.ts";
import { type Database, prepared } from "../connection/database.ts";

/** The parts that are derived one after the other, and the number of the rules of today of each. */
export const PART_RULES: Readonly<Record<Derivation["part"], number>> = {
  terms: TERM_RULES,
  threads: THREAD_RULES,
  traces: TRACE_RULES,
};

export const PARTS = Object.keys(PART_RULES) as Derivation["part"][];

/** How far a part is brought to the rules of a number. */
export interface Mark {
  rules: number;
  /** All rows up to this id are; null when there is no more to do. */
  done: number | null;
  /** The last row there is to do; null while what other rules made is still to be cleared. */
  last: number | null;
}

export function readMark(db: Database, part: Derivation["part"]): Mark | undefined {
  return prepared<Mark>(db, "SELECT rules, done, last FROM derivation WHERE part = ?").get(part);
}

/** Whether all of a part is by the rules of today. */
export function isDerived(db: Database, part: Derivation["part"]): boolean {
  const mark = readMark(db, part);
  return mark !== undefined && mark.done === null && mark.rules === PART_RULES[part];
}

/** What is being brought to the rules of today. */
export function derivationsUnderWay(db: Database): Derivation[] {
  return PARTS.flatMap((part) => {
    const mark = readMark(db, part);
    // One that another version of the program has begun since is not ours to go on with.
    if (!mark || mark.done === null || mark.rules !== PART_RULES[part]) return [];
    const percent = mark.last === null ? 0 : Math.min(99, Math.floor((100 * mark.done) / mark.last));
    return [{ part, rules: mark.rules, percent }];
  });
}
