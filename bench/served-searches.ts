import { Agent } from "node:http";
import { postJson } from "./clients.ts";
import { BENCH_PROJECT } from "./data.ts";
import { type AimRow, aimRow } from "./measure.ts";
import { RIVAL } from "./rival.ts";
import { type ServerProcess, startProcess, withServer } from "./server-process.ts";
import { getHealth, waits } from "./waits.ts";

const CLIENTS = 16;
const WARM_UP_MS = 1000;
const TIME_MS = 4000;
const AIM_TIMES = 10;
const AIM_HELD_MS = 10;

const CASES = [
  { what: "metadata of a user", body: { metadata: { user_id: "user-7" } } },
  { what: "values, indexed", body: { values: { topic: "topic-7" } } },
  {
    what: "metadata of a third of all, by updated_at",
    body: { metadata: { graph_id: "agent" }, sort_by: "updated_at", limit: 20 },
  },
  { what: "the newest 10", body: {} },
  {
    what: "the latest 50, without values",
    body: { limit: 50, sort_by: "updated_at", select: ["thread_id", "updated_at", "metadata"] },
  },
  { what: "the latest 100 whole", body: { limit: 100, sort_by: "updated_at" } },
] as const;

/** What concurrent clients got of a server. */
interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  heldMs: number;
}

/** A line for a search through HTTP: requests per second, latencies and the longest pause of both servers. */
export interface LoadRow {
  what: string;
  skein: string;
  rival: string;
  times: string;
  met: string;
}

/**
 * Searches by concurrent clients through HTTP, beside LangGraph's own server on the same threads.
 *
 * @param rivalFolder where that one is installed; else why it is not
 */
export async function benchServedSearches(
  file: string,
  rivalFolder: { folder: string } | { missing: string },
): Promise<LoadRow[]> {
  const path = `/p/${BENCH_PROJECT}/threads/search`;
  const ours = await withServer(file, (server) => loads(server, server.url + path));
  if ("missing" in rivalFolder) {
    return CASES.map(({ what }, index) => loadRow(what, ours[index]!, rivalFolder.missing));
  }
  const rival = await startProcess(new URL("./rival-child.ts", import.meta.url), rivalFolder.folder);
  const theirs = await loads(rival, `${rival.url}/threads/search`);
  await rival.close();
  return CASES.map(({ what }, index) => loadRow(what, ours[index]!, theirs[index]!));
}

async function loads(server: ServerProcess, url: string): Promise<Load[]> {
  const all: Load[] = [];
  for (const { body } of CASES) {
    await requests(url, body, WARM_UP_MS);
    await server.begin();
    const took = await requests(url, body, TIME_MS);
    const { heldMs } = await server.figures();
    took.sort((a, b) => a - b);
    const at = (share: number) => took[Math.floor(took.length * share)]!;
    all.push({ perSecond: took.length / (TIME_MS / 1000), p50Ms: at(0.5), p99Ms: at(0.99), heldMs });
  }
  return all;
}

/** How long each request took that clients sent, one after the other, for some time. */
async function requests(url: string, body: object, timeMs: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const took: number[] = [];
  const end = performance.now() + timeMs;
  const client = async () => {
    while (performance.now() < end) took.push((await postJson(url, body, agent)).totalMs);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  return took;
}

function loadRow(what: string, ours: Load, theirs: Load | string): LoadRow {
  if (typeof theirs === "string") return { what, skein: told(ours), rival: theirs, times: "", met: "" };
  const times = ours.perSecond / theirs.perSecond;
  return {
    what,
    skein: told(ours),
    rival: told(theirs),
    times: `${times.toFixed(1)} x`,
    met: times >= AIM_TIMES ? "yes" : "NO",
  };
}

function told({ perSecond, p50Ms, p99Ms, heldMs }: Load): string {
  const [p50, p99, held] = [p50Ms, p99Ms, heldMs].map((ms) => ms.toFixed(1));
  return `${perSecond.toFixed(0)}/s, p50 ${p50}, p99 ${p99}, held ${held} ms`;
}

/** What other requests feel of a filter that no index serves. */
export function benchUnindexed(file: string): Promise<AimRow[]> {
  return withServer(file, async (server) => {
    const url = `${server.url}/p/${BENCH_PROJECT}/threads/search`;
    const body = { values: { messages: [{ content: "said by nobody" }] } };
    await postJson(url, body);
    const rest = await waits((agent) => getHealth(server.url, agent));
    let asks = true;
    let asked = 0;
    const filtering = (async () => {
      for (; asks; asked++) await postJson(url, body);
    })();
    await server.begin();
    const during = await waits((agent) => getHealth(server.url, agent));
    const { heldMs } = await server.figures();
    asks = false;
    await filtering;
    const what = `while ${asked} searches look at every thread`;
    return [
      aimRow("GET /health at rest: p99", rest.p99, "ms", undefined, `longest ${rest.longest.toFixed(1)}`),
      aimRow(
        `GET /health ${what}: p99`,
        during.p99,
        "ms",
        AIM_HELD_MS,
        `longest ${during.longest.toFixed(1)}`,
      ),
      aimRow(`the loop held ${what}`, heldMs, "ms", AIM_HELD_MS),
    ];
  });
}

/** What the rival is called in the table's heading. */
export const HEADING = `${CLIENTS} clients of POST /threads/search; the rival is ${RIVAL}`;
