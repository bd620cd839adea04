/** What a measured call took, in microseconds. */
export interface Timing {
  median: number;
  p99: number;
}

/** Times a call again and again: at least `times` times, after a few that do not count. */
export async function measure(times: number, call: (round: number) => unknown): Promise<Timing> {
  for (let round = 0; round < Math.min(times, 5); round++) await call(round);
  const took: number[] = [];
  for (let round = 0; round < times; round++) {
    const start = performance.now();
    await call(round);
    took.push((performance.now() - start) * 1000);
  }
  took.sort((a, b) => a - b);
  return { median: at(took, 0.5), p99: at(took, 0.99) };
}

function at(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** One line of a result table: what was measured beside what it is held against. */
export interface Row {
  what: string;
  measured: string;
  floor: string;
  ratio: string;
}

/** A line for a timing beside its floor, the same rows through a bare prepared statement. */
export function timingRow(what: string, measured: Timing, floor: Timing): Row {
  return {
    what,
    measured: `${format(measured.median)} (p99 ${format(measured.p99)})`,
    floor: format(floor.median),
    ratio: `${(measured.median / floor.median).toFixed(1)} x`,
  };
}

/** Microseconds, in the unit that suits. */
export function format(microseconds: number): string {
  return microseconds < 1000 ? `${microseconds.toFixed(0)} µs` : `${(microseconds / 1000).toFixed(1)} ms`;
}
