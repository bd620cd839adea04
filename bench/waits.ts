import { once } from "node:events";
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { postJson, receive } from "./clients.ts";
import { BENCH_PROJECT } from "./data.ts";
import type { LoadData } from "./export-load.ts";
import { type AimRow, aimRow } from "./measure.ts";
import { type ServerProcess, withServer } from "./server-process.ts";
import { roundsOf, timeOf } from "./share.ts";

const AIM_MS = 25;
const PROBE_MS = 3000;
const ROUNDS = 3;
const EXPORTS = 8;

/** Between two requests of a client, so that the machine is not kept busy by them alone. */
const PAUSE_MS = 3;

/** How long the requests of one client took, in milliseconds. */
export interface Waits {
  p99: number;
  longest: number;
}

const LOADS = [null, "http", "grpc"] as const;

/** How long small requests wait, median of some rounds, while exports of 4 MiB arrive one after the other, and while none does. */
export function benchWaits(file: string): Promise<AimRow[]> {
  return withServer(file, async (server) => {
    const rows: AimRow[] = [];
    for (const transport of LOADS) rows.push(...(await waitsUnder(server, transport)));
    return rows;
  });
}

async function waitsUnder(server: ServerProcess, transport: LoadData["transport"] | null): Promise<AimRow[]> {
  const load = transport && (await startLoad({ url: server.url, transport, exports: roundsOf(EXPORTS) }));
  const rounds: { health: Waits; page: Waits }[] = [];
  await server.begin();
  for (let round = 0; round < roundsOf(ROUNDS); round++) {
    const [health, page] = await Promise.all([
      waits((agent) => getHealth(server.url, agent)),
      waits((agent) =>
        postJson(`${server.url}/threads/stream_query`, { project_id: BENCH_PROJECT, limit: 50 }, agent),
      ),
    ]);
    rounds.push({ health, page });
  }
  const { heldMs } = await server.figures();
  const during = load ? `during ${load.sent()} exports over ${transport}` : "at rest";
  await load?.stop();
  const row = (what: string, took: number[]) => {
    took.sort((a, b) => a - b);
    return aimRow(
      `${what}, ${during}`,
      took[took.length >> 1]!,
      "ms",
      AIM_MS,
      `worst ${took.at(-1)!.toFixed(1)}`,
    );
  };
  return [
    row(
      "GET /health: p99",
      rounds.map(({ health }) => health.p99),
    ),
    row(
      "GET /health: longest",
      rounds.map(({ health }) => health.longest),
    ),
    row(
      "a page of 50 threads: p99",
      rounds.map(({ page }) => page.p99),
    ),
    row(
      "a page of 50 threads: longest",
      rounds.map(({ page }) => page.longest),
    ),
    aimRow(`the loop held, ${during}`, heldMs, "ms"),
  ];
}

/** Sends a request again and again, on one connection. */
export async function waits(call: (agent: Agent) => Promise<unknown>): Promise<Waits> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const took: number[] = [];
  const end = performance.now() + timeOf(PROBE_MS);
  while (performance.now() < end) {
    const start = performance.now();
    await call(agent);
    took.push(performance.now() - start);
    await sleep(PAUSE_MS);
  }
  agent.destroy();
  took.sort((a, b) => a - b);
  return { p99: took[Math.floor(took.length * 0.99)]!, longest: took.at(-1)! };
}

export async function getHealth(url: string, agent: Agent): Promise<void> {
  const [response] = await once(get(`${url}/health`, { agent }), "response");
  await receive(response, 0, Number.POSITIVE_INFINITY);
}

/** Exports from a thread of their own, so that this one's clock is not disturbed. */
async function startLoad(workerData: LoadData) {
  const worker = new Worker(new URL("./export-load.ts", import.meta.url), { workerData });
  await once(worker, "message");
  let sent = 0;
  worker.on("message", () => {
    sent += 1;
  });
  return { sent: () => sent, stop: () => worker.terminate() };
}
