import { roundsOf } from "./share.ts";

/** What a measured call took, in microseconds. */
export interface Timing {
  median: number;
  p99: number;
}

/** Times a call again and again, usually as often as told, after a few times that do not count. */
export async function measure(usual: number, call: (round: number) => unknown): Promise<Timing> {
  const times = roundsOf(usual);
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

/** One line of a table of aims. */
export interface AimRow {
  what: string;
  measured: string;
  aim: string;
  met: string;
}

/** A line for a number that is to stay at or under an aim, if there is one. */
export function aimRow(what: string, value: number, unit: string, aim?: number, remark?: string): AimRow {
  const measured = `${value.toFixed(1)} ${unit}${remark ? ` (${remark})` : ""}`;
  if (aim === undefined) return { what, measured, aim: "", met: "" };
  return { what, measured, aim: `at most ${aim} ${unit}`, met: value <= aim ? "yes" : "NO" };
}
