import { otlpDoor } from "../../../../src/doors/otlp/door.ts";
import type { KeyStore } from "../../../../src/store/roles/keys.ts";
import { start } from "../../../server/harness.ts";
import { createNaiveStore } from "../../../store/naive-store.ts";
import { unusedStore } from "../../../store/unused-store.ts";
import { type RecordingWriter, recordingWriter } from "./recording-writer.ts";

/** A server with the OpenTelemetry door alone. */
export interface OtlpServer {
  url: string;
  writer: RecordingWriter;
  keys: KeyStore;
  close(): Promise<void>;
}

/** Starts one that closes when the test ends. */
export async function startOtlpServer(options: { otlpBytes?: number } = {}): Promise<OtlpServer> {
  const writer = recordingWriter();
  const { createKey, revokeKey, hasKeys, listKeys, findKeys } = createNaiveStore();
  const keys = { createKey, revokeKey, hasKeys, listKeys, findKeys };
  const { writeSpans } = writer;
  const { url, close } = await start({
    store: { ...unusedStore, ...keys, writeSpans, close: async () => {} },
    doors: [otlpDoor],
    config: options.otlpBytes === undefined ? {} : { otlpLimit: options.otlpBytes },
  });
  return { url, writer, keys, close };
}
