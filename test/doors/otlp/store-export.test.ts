import { toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ExportTraceServiceRequestSchema } from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { noRefusals } from "../../../src/doors/otlp/refusals.ts";
import { storeExport } from "../../../src/doors/otlp/store-export.ts";
import { decodeExport } from "./support/decode-export.ts";
import { exportOf, span } from "./support/otlp-messages.ts";

/** An export of this many chunks of one span; it counts those that were taken from it. */
function chunksOf(count: number) {
  const bytes = toBinary(ExportTraceServiceRequestSchema, exportOf([span()]));
  const { spans } = decodeExport({ bytes, encoding: "protobuf" }, "default");
  const progress = { taken: 0, isReleased: false };
  async function* decode() {
    try {
      for (; progress.taken < count; progress.taken++) yield { spans, refusals: noRefusals() };
    } finally {
      progress.isReleased = true;
    }
  }
  return { chunks: decode(), progress };
}

/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test("the store is given a few chunks at a time, the next as one is written", async () => {
  const { chunks } = chunksOf(6);
  const writes: PromiseWithResolvers<void>[] = [];
  const store = {
    writeSpans() {
      const write = Promise.withResolvers<void>();
      writes.push(write);
      return write.promise;
    },
  };
  const stored = storeExport(chunks, store, () => true, 1_000_000);
  for (const [index, underWay] of [4, 5, 6, 6, 6, 6].entries()) {
    await settle();
    expect(writes).toHaveLength(underWay);
    writes[index]?.resolve();
  }
  await stored;
});

test("a write that fails ends the export and releases the decoder", async () => {
  const { chunks, progress } = chunksOf(1000);
  let writes = 0;
  const store = {
    async writeSpans() {
      writes++;
      throw new Error("disk full");
    },
  };
  await expect(storeExport(chunks, store, () => true, 1_000_000)).rejects.toThrow("disk full");
  expect(writes).toBe(4);
  expect(progress.isReleased).toBe(true);
});
