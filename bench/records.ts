import { createUuid } from "../src/model/base/uuid.ts";
import { THREAD_STATUSES, type ThreadDraft, type ThreadStatus } from "../src/model/threads/thread-record.ts";
import type { Store } from "../src/store/store.ts";
import { BENCH_PROJECT, EPOCH } from "./data.ts";
import { fill, type Portion } from "./fill.ts";

/** Bytes of a thread's metadata, of its values, and of the values of one thread in a hundred. */
const METADATA_BYTES = 2000;
const VALUES_BYTES = 2000;
const LARGE_VALUES_BYTES = 12_000;

/** Threads that one portion of the progress bar stands for; they are created at once. */
const PORTION = 50;

/** A made-up thread, as a chat interface keeps it. */
export interface MadeUpThread {
  threadId: string;
  createdAt: number;
  status: ThreadStatus;
  metadata: object;
  values: object;
}

/** The thread of a number: 20 share a user, 25 a city, 50 a tag, 100 a topic, and a third of all a graph. */
export function madeUpThread(number: number, threads: number): MadeUpThread {
  const share = (size: number) => number % Math.max(1, Math.floor(threads / size));
  const metadata = {
    graph_id: ["agent", "research", "support"][number % 3],
    user_id: `user-${share(20)}`,
    assistant_id: recordId(number % 3),
    tags: ["chat", `tag-${share(50)}`, `week-${number % 53}`],
    customer: { plan: number % 2 ? "pro" : "free", address: { country: "NZ", city: `city-${share(25)}` } },
    settings: { model: "gpt-5.1", temperature: 0.7, tools: ["search", "orders", "calendar"] },
    priority: number % 5,
    note: "",
  };
  const values = {
    topic: `topic-${share(100)}`,
    todos: [{ content: "Ask for the order's number", status: number % 2 ? "done" : "pending" }],
    messages: [
      { type: "human", id: `h-${number}`, content: `Where is my order ${number}?` },
      { type: "ai", id: `a-${number}`, content: "" },
    ],
  };
  metadata.note = filler(METADATA_BYTES - JSON.stringify(metadata).length);
  const size = number % 100 === 0 ? LARGE_VALUES_BYTES : VALUES_BYTES;
  values.messages[1]!.content = filler(size - JSON.stringify(values).length);
  return {
    threadId: recordId(number),
    createdAt: EPOCH + number * 1000,
    status: THREAD_STATUSES[number % 7 === 0 ? number % 4 : 2]!,
    metadata,
    values,
  };
}

/** The id of a made-up thread by its number. */
export function recordId(number: number): string {
  return `01998000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

/** Fills a store with made-up threads. Shows a progress bar. */
export async function buildRecords(store: Store, threads: number): Promise<void> {
  await fill("threads", threads, creations(store, threads));
}

function* creations(store: Store, threads: number): Generator<Portion> {
  for (let first = 0; first < threads; first += PORTION) {
    const size = Math.min(PORTION, threads - first);
    const drafts = Array.from({ length: size }, (_, i) => draftOf(madeUpThread(first + i, threads)));
    yield { size, write: Promise.all(drafts.map((draft) => store.createThread(draft))) };
  }
}

function draftOf({ threadId, createdAt: now, status, metadata, values }: MadeUpThread): ThreadDraft {
  const change = { status, next: null, tasks: null, interrupts: null, asNode: null };
  return {
    projectId: BENCH_PROJECT,
    threadId,
    metadata: JSON.stringify(metadata),
    ttl: null,
    states: [{ ...change, checkpointId: createUuid(now), updates: [JSON.stringify(values)] }],
    ifExists: "raise",
    now,
  };
}

function filler(bytes: number): string {
  return "It left the warehouse this morning. ".repeat(bytes / 36 + 1).slice(0, Math.max(0, bytes));
}
