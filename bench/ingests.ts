import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { postJson } from "./clients.ts";
import { BENCH_PROJECT } from "./data.ts";
import { timeBareWrites } from "./floor.ts";
import type { LoadData, WayIn } from "./ingest-load.ts";
import { type AimRow, aimRow, type Row } from "./measure.ts";
import { type ServerProcess, withServer } from "./server-process.ts";
import { timeOf } from "./share.ts";
import { STEPS } from "./templates.ts";
import { waits } from "./waits.ts";

const WAYS: readonly WayIn[] = ["calls", "calls, halves apart", "otlp grpc", "otlp http"];

/** Bodies under way at once. */
const SENDERS = 4;

/** Calls or spans, with all that goes with them, of one bare transaction. */
const TRANSACTION_SIZE = 1000;

const WARM_UP_MS = 3000;
const AIM_SHARE = 0.5;
const AIM_PAGE_MS = 10;
const AIM_TIMES_IDLE = 3;
const MEMORY_AIM_MIB = 64;
const SAMPLES = 10;
const MIB = 2 ** 20;

/** What a load has got through. */
interface Load {
  /** Bodies acknowledged so far. */
  bodies(): number;
  /** The calls or spans of these. */
  acknowledged(): number;
  /** Resolves when the next body is acknowledged. */
  next(): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Calls and spans a second, acknowledged on disk, beside the same rows in bare transactions; medians of rounds. */
export async function benchThroughput(
  folder: string,
  turns: number,
  rounds: number,
  seconds: number,
): Promise<Row[]> {
  const took = new Map(WAYS.map((way) => [way, { perSecond: [] as number[], floor: [] as number[] }]));
  for (let round = 0; round < rounds; round++) {
    for (const [way, { perSecond, floor }] of took) {
      const file = join(folder, `${round}.db`);
      const copy = join(folder, `${round}-floor.db`);
      const { all, rate } = await ingest(file, way, turns, seconds);
      perSecond.push(rate);
      const bare = await timeBareWrites(file, copy, Math.ceil(all / TRANSACTION_SIZE));
      floor.push(all / (bare / 1000));
      for (const made of [file, copy]) await rm(made);
    }
  }
  return [...took].map(([way, { perSecond, floor }]) => {
    const ratio = median(perSecond) / median(floor);
    return {
      what: `${way}, ${SENDERS} senders, ${turns * STEPS} a body`,
      measured: `${median(perSecond).toFixed(0)}/s (${list(perSecond)})`,
      floor: `${median(floor).toFixed(0)}/s (${list(floor)})`,
      ratio: `${ratio.toFixed(2)} of the floor, ${ratio >= AIM_SHARE ? "met" : "NOT MET"}`,
    };
  });
}

async function ingest(
  file: string,
  way: WayIn,
  turns: number,
  seconds: number,
): Promise<{ all: number; rate: number }> {
  return withServer(file, async (server) => {
    const load = await startLoad({ url: server.url, way, senders: SENDERS, turns, firstNumber: SENDERS });
    await sleep(timeOf(WARM_UP_MS));
    await load.next();
    const before = load.acknowledged();
    const start = performance.now();
    await sleep(seconds * 1000);
    await load.next();
    const rate = ((load.acknowledged() - before) / (performance.now() - start)) * 1000;
    await load.stop();
    return { all: load.acknowledged(), rate };
  });
}

/** How long a page of 50 threads takes at rest, and while each way in is as busy as it can be. */
export function benchIngestedPages(file: string, turns: number): Promise<AimRow[]> {
  return withServer(file, async (server) => {
    const rows: AimRow[] = [];
    let firstNumber = SENDERS;
    for (const way of WAYS) {
      const first = await startLoad({ url: server.url, way, senders: SENDERS, turns, firstNumber });
      await sleep(timeOf(WARM_UP_MS));
      await first.stop();
      firstNumber += first.bodies() + 2 * SENDERS;
      await sleep(timeOf(WARM_UP_MS));
      const idle = await pageWaits(server);
      const load = await startLoad({ url: server.url, way, senders: SENDERS, turns, firstNumber });
      await server.begin();
      const busy = await pageWaits(server);
      const { heldMs, heldP99Ms } = await server.figures();
      await load.stop();
      firstNumber += load.bodies() + 2 * SENDERS;
      const remark = `longest ${busy.longest.toFixed(1)}, at rest ${idle.p99.toFixed(1)}`;
      rows.push(
        aimRow(`a page of 50 threads during ${way}: p99`, busy.p99, "ms", AIM_PAGE_MS, remark),
        aimRow(`the same, beside its p99 at rest`, busy.p99 / idle.p99, "times", AIM_TIMES_IDLE),
        aimRow(`the loop held during ${way}`, heldMs, "ms", undefined, `p99 ${heldP99Ms.toFixed(1)}`),
      );
    }
    return rows;
  });
}

function pageWaits(server: ServerProcess) {
  return waits((agent) =>
    postJson(`${server.url}/threads/stream_query`, { project_id: BENCH_PROJECT, limit: 50 }, agent),
  );
}

/** The memory of the server while all ways in are busy, over some minutes. */
export function benchMemory(file: string, turns: number, minutes: number): Promise<AimRow[]> {
  return withServer(file, async (server) => {
    const loads = await Promise.all(
      WAYS.map((way, index) =>
        startLoad({ url: server.url, way, senders: 1, turns, firstNumber: 1 + index * 0x1000_0000 }),
      ),
    );
    const rows: AimRow[] = [];
    const rss: number[] = [];
    for (let sample = 1; sample <= SAMPLES; sample++) {
      await server.begin();
      await sleep((minutes * 60_000) / SAMPLES);
      const { peakRssBytes, heapBytes } = await server.figures();
      rss.push(peakRssBytes / MIB);
      const counts = loads.map((load) => load.acknowledged()).join(", ");
      const remark = `heap of the main thread ${(heapBytes / MIB).toFixed(0)}; ${counts} acknowledged`;
      const at = `${((sample * minutes) / SAMPLES).toFixed(2)} min`;
      rows.push(aimRow(`peak memory up to ${at}`, rss.at(-1)!, "MiB", undefined, remark));
    }
    for (const load of loads) await load.stop();
    const half = SAMPLES / 2;
    const growth = Math.max(...rss.slice(half)) - Math.max(...rss.slice(0, half));
    rows.push(aimRow("the second half's peak over the first half's", growth, "MiB", MEMORY_AIM_MIB));
    return rows;
  });
}

/** Sends from a thread of its own, so that this one's clock is not disturbed; resolves when a body is acknowledged. */
async function startLoad(workerData: LoadData): Promise<Load> {
  const worker = new Worker(new URL("./ingest-load.ts", import.meta.url), { workerData });
  let bodies = 0;
  worker.on("message", () => {
    bodies += 1;
  });
  const next = () => once(worker, "message");
  await next();
  return {
    bodies: () => bodies,
    acknowledged: () => bodies * workerData.turns * STEPS,
    next,
    stop: () => worker.terminate(),
  };
}

function median(numbers: number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

function list(numbers: number[]): string {
  return numbers.map((number) => number.toFixed(0)).join(", ");
}
