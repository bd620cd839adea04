import { SingleBar } from "cli-progress";
import type { Store } from "../src/store/store.ts";
import { turnSpans } from "./data.ts";

/** Spans of one write. */
const BATCH = 400;

/** Writes under way at once. */
const WINDOW = 8;

/**
 * Fills a store with threads of as many turns each, in the order of time: a turn of every thread, then the next of
 * every thread. Shows a progress bar.
 */
export async function buildThreads(store: Store, threads: number, turns: number): Promise<void> {
  const bar = new SingleBar({ format: "{bar} {value}/{total} turns, {eta_formatted} left" });
  bar.start(turns, 0);
  const underWay = new Set<Promise<void>>();
  for (let number = 0; number < turns; ) {
    const spans = [];
    for (; number < turns && spans.length < BATCH; number++) {
      spans.push(...turnSpans({ thread: threadId(number % threads), number }));
    }
    const done = number;
    const write: Promise<void> = store.writeSpans(spans).then(() => {
      underWay.delete(write);
      bar.update(done);
    });
    underWay.add(write);
    if (underWay.size >= WINDOW) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  bar.stop();
}

/** The id of a thread by its number. */
export function threadId(number: number): string {
  return `thread-${String(number).padStart(8, "0")}`;
}
