/**
 * What a read that takes long yields now and then before it has a batch, so that other reads of its thread have their
 * turn, and it can be ended when nobody waits for it any more.
 */
export const NOTHING_YET = null;

/** A read in steps that gives batches; the last one may be its return value. */
export type Steps<Batch> = Generator<Batch | typeof NOTHING_YET, Batch | undefined>;

/** The result of a read that yields no batches, without pausing. */
export function atOnce<Result>(read: Generator<typeof NOTHING_YET, Result>): Result {
  let step = read.next();
  while (!step.done) step = read.next();
  return step.value;
}
