import fc from "fast-check";

/** How many examples each property is tried with. More find more and take longer: try hundreds when rules change. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 25);

/** How long a property may take. */
export const PROPERTY_TIMEOUT = 30_000 + RUNS * 1_000;

/** Tries a property with many examples; with fewer where each of them is worth so many. */
export async function check<T>(
  arbitrary: fc.Arbitrary<T>,
  holds: (example: T) => Promise<void>,
  worth = 1,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, holds), { numRuns: Math.ceil(RUNS / worth) });
}

/** Gives each example a project of its own in one store. */
export function projects(): () => string {
  let count = 0;
  return () => `project ${count++}`;
}
