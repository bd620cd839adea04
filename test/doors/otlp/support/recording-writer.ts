import type { Span } from "../../../../src/model/traces/span.ts";
import type { SpanWriter } from "../../../../src/store/roles/spans.ts";

/** A writer that keeps what it is given. */
export interface RecordingWriter extends SpanWriter {
  batches: Span[][];
  spans(): Span[];
  /** Runs before each batch is kept; may wait or fail. */
  beforeWrite: () => Promise<void>;
}

export function recordingWriter(): RecordingWriter {
  const writer: RecordingWriter = {
    batches: [],
    spans: () => writer.batches.flat(),
    beforeWrite: async () => {},
    async writeSpans(spans) {
      await writer.beforeWrite();
      writer.batches.push(spans);
    },
  };
  return writer;
}
