import type { Kind } from "./base.ts";
import { type Estimate, estimate, type Verdict, verdictOf } from "./interval.ts";
import type { Measure } from "./measure.ts";
import type { Scores } from "./pairs.ts";

/** A measure and what came of it, pair by pair. */
export interface Compared {
  measure: Measure;
  pairs: Scores[];
}

/** A line of the result. Shares are of the other commit's speed: less than 1 is slower. */
export interface Comparison {
  what: string;
  /** Done in a second here and there, and what each takes of the processor; medians. */
  ours: string;
  theirs: string;
  /** Of what is done in a second. */
  speed: string;
  /** The same by time on the processor. */
  "by CPU": string;
  bound: string;
  /** Below where either is; else by CPU, which varies less. */
  verdict: Verdict;
}

/** What the pairs of a measure say together. */
export function comparisonOf({ measure, pairs }: Compared, bounds: Record<Kind, number>): Comparison {
  const bound = bounds[measure.kind];
  const speed = estimate(pairs.map(([ours, theirs]) => ours.rate / theirs.rate));
  const byCpu = estimate(pairs.map(([ours, theirs]) => theirs.cpu / ours.cpu));
  return {
    what: measure.what,
    ours: score(pairs, 0),
    theirs: score(pairs, 1),
    speed: told(speed),
    "by CPU": told(byCpu),
    bound: bound.toFixed(2),
    verdict: verdictOf(speed, bound) === "BELOW" ? "BELOW" : verdictOf(byCpu, bound),
  };
}

function score(pairs: Scores[], side: 0 | 1): string {
  const rate = estimate(pairs.map((scores) => scores[side].rate)).median;
  const cpu = estimate(pairs.map((scores) => scores[side].cpu)).median;
  return `${rate.toFixed(0)}/s, CPU ${cpu.toFixed(0)} µs`;
}

function told({ median, interval }: Estimate): string {
  const between = interval ? ` (${interval.map((end) => end.toFixed(3)).join(" to ")})` : "";
  return `${median.toFixed(3)}${between}`;
}
