/**
 * What a long read yields now and then before it has a batch: other reads of its worker then go on, and it ends there
 * if nobody waits for it any more.
 */
export const YIELD = undefined;

/** A read that yields batches, and `YIELD` between them; the last batch may be its return value. */
export type CooperativeRead<Batch> = Generator<Batch | typeof YIELD, Batch | undefined>;

/** The result of a read that yields no batches, without pausing. */
export function runToEnd<Result>(read: Generator<typeof YIELD, Result>): Result {
  let step = read.next();
  while (!step.done) step = read.next();
  return step.value;
}

/** All batches of a read, without pausing. */
export function allBatches<Batch>(read: CooperativeRead<Batch>): Batch[] {
  const batches: Batch[] = [];
  let step = read.next();
  for (; !step.done; step = read.next()) if (step.value !== YIELD) batches.push(step.value);
  if (step.value !== undefined) batches.push(step.value);
  return batches;
}
