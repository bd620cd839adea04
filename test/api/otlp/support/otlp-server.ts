import { pino } from "pino";
import { createOtlpDoor } from "../../../../src/api/otlp/door.ts";
import type { WriteAccess } from "../../../../src/api/otlp/exporter.ts";
import { configSchema } from "../../../../src/config.ts";
import { createServer } from "../../../../src/server/app.ts";
import type { Store } from "../../../../src/store/store.ts";
import { type RecordingWriter, recordingWriter } from "./recording-writer.ts";

/** A server with the OpenTelemetry door alone. */
export interface OtlpServer {
  url: string;
  writer: RecordingWriter;
  close(): Promise<void>;
}

export async function startOtlpServer(
  options: { otlpBytes?: number; accessOf?: WriteAccess } = {},
): Promise<OtlpServer> {
  const writer = recordingWriter();
  // The door does nothing else with a store.
  const store: Partial<Store> = { writeSpans: (spans) => writer.writeSpans(spans) };
  const config = configSchema.parse({ port: "0", shutdownGrace: "1s" });
  const server = await createServer({
    config: { ...config, otlpLimit: options.otlpBytes ?? config.otlpLimit },
    store: store as Store,
    doors: [createOtlpDoor(options.accessOf)],
    logger: pino({ level: "silent" }),
  });
  return { url: await server.listen(), writer, close: () => server.close() };
}
