import { monitorEventLoopDelay } from "node:perf_hooks";

/** What a server says of its process, since it was last told to begin anew. */
export interface Figures {
  rssBytes: number;
  peakRssBytes: number;
  /** Time on the processor, of all its threads. */
  cpuMs: number;
  /** What of the main thread's heap is used. */
  heapBytes: number;
  /** The longest that the event loop was held. */
  heldMs: number;
  heldP99Ms: number;
  /** Connections to clients. */
  sockets: number;
}

/** How often the loop is looked at; what is recorded includes this. */
const RESOLUTION_MS = 1;
const SAMPLE_MS = 20;

/** Tells the parent process where a server listens, and from then on the figures that it asks for. */
export function reportToParent(url: string, close: () => Promise<void>): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let peakRssBytes = 0;
  let cpuAtBegin = process.cpuUsage();
  const sample = () => {
    peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
  };
  setInterval(sample, SAMPLE_MS);

  process.on("message", async (message) => {
    if (message === "close") {
      await close();
      process.exit();
    }
    sample();
    const cpu = process.cpuUsage(cpuAtBegin);
    process.send?.({
      rssBytes: process.memoryUsage.rss(),
      peakRssBytes,
      cpuMs: (cpu.user + cpu.system) / 1000,
      heapBytes: process.memoryUsage().heapUsed,
      heldMs: delay.max / 1e6 - RESOLUTION_MS,
      heldP99Ms: delay.percentile(99) / 1e6 - RESOLUTION_MS,
      sockets: process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length,
    } satisfies Figures);
    if (message === "begin") {
      peakRssBytes = 0;
      cpuAtBegin = process.cpuUsage();
      delay.reset();
    }
  });
  // Whatever ends the parent ends this.
  process.once("disconnect", () => process.exit());
  process.send?.(url);
}
