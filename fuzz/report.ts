import { writeFixture } from "./fixtures.ts";
import type { HealthTimes } from "./health.ts";
import { isolate } from "./isolate.ts";
import type { FuzzResult } from "./runner.ts";
import { megabytes } from "./settle.ts";

/** The longest that 99 of 100 questions for the health may take; milliseconds. */
const HEALTH_P99_MS = 100;

/** Prints what came of a run, and writes what failed to fixtures. Resolves to whether nothing failed. */
export async function report(
  { counts, failures, before, after }: FuzzResult,
  { seed, took, health }: { seed: number; took: number; health: HealthTimes },
): Promise<boolean> {
  console.table(counts.rows());
  console.log(
    `${counts.total()} inputs in ${took.toFixed(0)} s, ${(counts.total() / took).toFixed(0)} a second, seed ${seed}`,
  );
  const times = [health.p50, health.p99, health.max].map((ms) => ms.toFixed(1));
  console.log(`/health: p50 ${times[0]} ms, p99 ${times[1]} ms, max ${times[2]} ms of ${health.count}`);
  if (before && after) {
    for (const name of ["heapBytes", "externalBytes", "residentBytes"] as const) {
      console.log(`${name}: ${megabytes(before[name])} before, ${megabytes(after[name])} after`);
    }
    console.log("handles:", before.handles, "before,", after.handles, "after");
  }
  const isSlow = health.p99 > HEALTH_P99_MS;
  if (isSlow) console.log(`FAILED: the p99 of /health is over ${HEALTH_P99_MS} ms`);
  const failed = failures.list();
  for (const { kind, count, text, numbers } of failed) {
    console.log(`\nFAILED ${count} times: ${kind}\n${text}`);
    console.log(`seed ${seed}, inputs ${numbers.slice(0, 10).join(", ")}${numbers.length > 10 ? ", …" : ""}`);
  }
  for (const failure of failed) {
    if (failure.inputs.length === 0) continue;
    const { inputs, again } = await isolate(failure);
    const needs = again
      ? `needs ${inputs.length} of its inputs`
      : "does not happen again by its inputs alone";
    console.log(`\n${failure.kind}\n${needs}: ${await writeFixture({ ...failure, inputs })}`);
  }
  return failed.length === 0 && !isSlow;
}
