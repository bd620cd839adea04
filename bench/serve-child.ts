import { monitorEventLoopDelay } from "node:perf_hooks";
import { pino } from "pino";
import { configSchema } from "../src/config.ts";
import { createServer } from "../src/server/app.ts";
import { doors } from "../src/server/doors.ts";
import { openSqliteStore } from "../src/store/sqlite/engine.ts";

/** What the server says of itself, since it was last told to begin anew. */
export interface Figures {
  rssBytes: number;
  peakRssBytes: number;
  /** The longest that the event loop was held. */
  heldMs: number;
  heldP99Ms: number;
  /** Connections to clients. */
  sockets: number;
}

/** How often the loop is looked at; what is recorded includes this. */
const RESOLUTION_MS = 1;
const SAMPLE_MS = 20;

const [, , file = ""] = process.argv;
const config = configSchema.parse({ port: "0", db: file });
const store = await openSqliteStore({
  file,
  durability: config.durability,
  snapshotMs: config.snapshotTime,
  maxQueuedBytes: config.writeQueueLimit,
});
const server = await createServer({ config, store, doors, logger: pino({ level: "error" }) });

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
let peakRssBytes = 0;
const sample = () => {
  peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
};
setInterval(sample, SAMPLE_MS);

process.on("message", async (message) => {
  if (message === "close") {
    await server.close();
    await store.close();
    process.exit();
  }
  sample();
  process.send?.({
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes,
    heldMs: delay.max / 1e6 - RESOLUTION_MS,
    heldP99Ms: delay.percentile(99) / 1e6 - RESOLUTION_MS,
    sockets: process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length,
  } satisfies Figures);
  if (message === "begin") {
    peakRssBytes = 0;
    delay.reset();
  }
});
process.send?.(await server.listen());
