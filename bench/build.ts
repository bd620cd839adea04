import type { Store } from "../src/store/store.ts";
import { turnSpans } from "./data.ts";
import { fill, type Portion } from "./fill.ts";

/** Spans of one write. */
const BATCH = 400;

/**
 * Fills a store with threads of as many turns each, in the order of time: a turn of every thread, then the next of
 * every thread. Shows a progress bar.
 */
export async function buildThreads(store: Store, threads: number, turns: number): Promise<void> {
  await fill("turns", turns, writes(store, threads, turns));
}

function* writes(store: Store, threads: number, turns: number): Generator<Portion> {
  for (let number = 0; number < turns; ) {
    const first = number;
    const spans = [];
    for (; number < turns && spans.length < BATCH; number++) {
      spans.push(...turnSpans({ thread: threadId(number % threads), number }));
    }
    yield { size: number - first, write: store.writeSpans(spans) };
  }
}

/** The id of a thread by its number. */
function threadId(number: number): string {
  return `thread-${String(number).padStart(8, "0")}`;
}

/** The most conversations whose spans one request may ask for. */
const MOST_CONVERSATIONS = 10_000;

/** The ids of as many threads as one request may ask the spans of, spread evenly over all. */
export function conversationsOf(threads: number): string[] {
  const length = Math.min(threads, MOST_CONVERSATIONS);
  return Array.from({ length }, (_, i) => threadId(Math.floor((i * threads) / length)));
}
