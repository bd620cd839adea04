import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** How long a server took to say that it is well; milliseconds. */
export interface HealthTimes {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** Watches a server's health beside everything else. */
export interface HealthWatch {
  /** Goes on with a server that came in its place. */
  follow(port: number): void;
  end(): Promise<HealthTimes>;
}

export function watchHealth(port: number): HealthWatch {
  const worker = new Worker(new URL("./health-worker.ts", import.meta.url), { workerData: port });
  return {
    follow: (next) => worker.postMessage(next),
    async end() {
      worker.postMessage("times");
      const [times] = (await once(worker, "message")) as [number[]];
      await worker.terminate();
      const sorted = times.toSorted((a, b) => a - b);
      const at = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
      return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
    },
  };
}
