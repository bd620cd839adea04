import { createOtlpDoor } from "../../../../src/api/otlp/door.ts";
import type { WriteAccess } from "../../../../src/api/otlp/exporter.ts";
import type { Store } from "../../../../src/store/store.ts";
import { start } from "../../../server/harness.ts";
import { type RecordingWriter, recordingWriter } from "./recording-writer.ts";

/** A server with the OpenTelemetry door alone. */
export interface OtlpServer {
  url: string;
  writer: RecordingWriter;
  close(): Promise<void>;
}

/** Starts one that closes when the test ends. */
export async function startOtlpServer(
  options: { otlpBytes?: number; accessOf?: WriteAccess } = {},
): Promise<OtlpServer> {
  const writer = recordingWriter();
  // The door does nothing else with a store.
  const store: Partial<Store> = { writeSpans: (spans) => writer.writeSpans(spans) };
  const { url, close } = await start({
    store: store as Store,
    doors: [createOtlpDoor(options.accessOf)],
    config: options.otlpBytes === undefined ? {} : { otlpLimit: options.otlpBytes },
  });
  return { url, writer, close };
}
