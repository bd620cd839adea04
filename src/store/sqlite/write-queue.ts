import type { Span } from "../../model/span.ts";
import { StoreBusyError, StoreUnavailableError } from "../errors.ts";
import type { FeedbackWriter, SpanWriter } from "../store.ts";
import type { WriterRequest } from "./writer-worker.ts";

/** Spans of one request to the writer: few enough that others get their turn between two of them. */
const SLICE_SPANS = 200;

/** What a span or a piece of feedback takes in memory beside its bodies, roughly. */
const ROW_BYTES = 1000;

/** What waits to be written, bounded. */
export interface WriteQueue extends SpanWriter, FeedbackWriter {
  /** Waits for everything under way; refuses what comes after. */
  close(): Promise<void>;
}

/**
 * Hands writes to the writer. A large batch of spans goes in slices, one after the other, so that small writes need
 * not wait for all of it. Only what is not yet acknowledged counts as waiting.
 */
export function createWriteQueue(
  send: (request: WriterRequest) => Promise<unknown>,
  maxQueuedBytes: number,
): WriteQueue {
  const underWay = new Set<Promise<unknown>>();
  let queuedBytes = 0;
  let isClosed = false;

  async function enqueue(bytes: number, work: () => Promise<unknown>): Promise<void> {
    if (isClosed) throw new StoreUnavailableError("the store is closed");
    if (queuedBytes >= maxQueuedBytes) throw new StoreBusyError("too many writes are waiting");
    queuedBytes += bytes;
    const running = work();
    underWay.add(running);
    try {
      await running;
    } finally {
      underWay.delete(running);
      queuedBytes -= bytes;
    }
  }

  return {
    writeSpans: (spans) =>
      enqueue(sizeOf(spans), async () => {
        for (let start = 0; start < spans.length; start += SLICE_SPANS) {
          await send({ kind: "spans", spans: spans.slice(start, start + SLICE_SPANS) });
        }
      }),
    createFeedback: (feedback) =>
      enqueue(ROW_BYTES + feedback.payloadJson.length, () => send({ kind: "feedback", feedback })),
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
}

function sizeOf(spans: Span[]): number {
  let bytes = 0;
  for (const span of spans) {
    bytes += ROW_BYTES + span.payload.length;
    for (const { json } of span.messages) bytes += json.length;
  }
  return bytes;
}
