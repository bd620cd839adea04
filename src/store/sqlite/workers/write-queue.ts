import type { Instant } from "../../../model/base/instant.ts";
import type { CallChange } from "../../../model/calls/call.ts";
import type { Span } from "../../../model/traces/span.ts";
import { StoreBusyError, StoreUnavailableError } from "../../errors.ts";
import { createWritesUnderWay } from "../../shared/in-flight.ts";
import { LargeThreadError } from "../writes/records/remove-thread.ts";
import type { WriteInput, WriteName, WriteResult } from "../writes/write-commands.ts";

/** Spans or changes of calls of one request to the writer: few enough that others get their turn between two of them. */
const SLICE_SPANS = 256;

/** What a write takes in memory beside the texts in it, roughly. */
const WRITE_BYTES = 1000;

/** What waits to be written, bounded. */
export interface WriteQueue {
  /** Has a command run; `bytes` is what its input takes in memory beyond a few small fields. */
  write<Name extends WriteName>(
    name: Name,
    input: WriteInput<Name>,
    bytes?: number,
  ): Promise<WriteResult<Name>>;
  writeSpans(spans: Span[], now: Instant | null): Promise<void>;
  writeCalls(changes: CallChange[], now: Instant | null): Promise<void>;
  /** Waits for everything under way; refuses what comes after. */
  close(): Promise<void>;
}

/** Hands one command to the writer. */
export type SendWrite = (name: WriteName, input: unknown) => Promise<unknown>;

/**
 * Hands writes to the writer. A large batch of spans goes in slices, a few at a time, so that small writes need
 * not wait for all of it. Only what is not yet acknowledged counts as waiting.
 */
export function createWriteQueue(send: SendWrite, maxQueuedBytes: number): WriteQueue {
  const underWay = new Set<Promise<unknown>>();
  let queuedBytes = 0;
  let isClosed = false;

  async function enqueue<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    if (isClosed) throw new StoreUnavailableError("the store is closed");
    if (queuedBytes >= maxQueuedBytes) throw new StoreBusyError("too many writes are waiting");
    queuedBytes += bytes;
    const running = work();
    underWay.add(running);
    try {
      return await running;
    } finally {
      underWay.delete(running);
      queuedBytes -= bytes;
    }
  }

  /** Has a command run; one that needs a large thread removed waits until that is done, a step at a time. */
  async function run(name: WriteName, input: unknown): Promise<unknown> {
    for (;;) {
      try {
        return await send(name, input);
      } catch (error) {
        if (!(error instanceof LargeThreadError)) throw error;
        const { thread, expiresAt } = error;
        while (await send("removeSome", { thread, expiresAt } satisfies WriteInput<"removeSome">)) {
          if (isClosed) throw new StoreUnavailableError("the store is closed");
        }
      }
    }
  }

  return {
    write: <Name extends WriteName>(name: Name, input: WriteInput<Name>, bytes = 0) =>
      enqueue(WRITE_BYTES + bytes, () => run(name, input) as Promise<WriteResult<Name>>),
    writeSpans: (spans, now) =>
      enqueue(sizeOf(spans), () =>
        inSlices(spans, async (slice) => {
          await run("writeSpans", { spans: slice, now } satisfies WriteInput<"writeSpans">);
        }),
      ),
    writeCalls: (changes, now) =>
      enqueue(sizeOfCalls(changes), () =>
        inSlices(changes, async (slice) => {
          await run("writeCalls", { changes: slice, now } satisfies WriteInput<"writeCalls">);
        }),
      ),
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
}

/** Sends slices in their order, a few of them at a time. */
async function inSlices<Item>(items: Item[], send: (slice: Item[]) => Promise<void>): Promise<void> {
  const writes = createWritesUnderWay();
  for (let start = 0; start < items.length; start += SLICE_SPANS) {
    await writes.add(send(items.slice(start, start + SLICE_SPANS)));
  }
  await writes.finish();
}

function sizeOfCalls(changes: CallChange[]): number {
  let bytes = 0;
  for (const change of changes) {
    bytes += WRITE_BYTES;
    if ("start" in change) bytes += change.start.json.length;
    if ("end" in change) bytes += change.end.json.length;
  }
  return bytes;
}

function sizeOf(spans: Span[]): number {
  let bytes = 0;
  for (const span of spans) {
    bytes += WRITE_BYTES + span.payload.length;
    for (const { json } of span.messages) bytes += json.length;
  }
  return bytes;
}
