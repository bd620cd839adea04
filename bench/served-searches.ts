import { postJson } from "./clients.ts";
import { BENCH_PROJECT } from "./data.ts";
import { leanClient } from "./lean-client.ts";
import { type AimRow, aimRow } from "./measure.ts";
import { type Installation, RIVAL } from "./rival.ts";
import { type ServerProcess, startProcess, withServer } from "./server-process.ts";
import { roundsOf, timeOf } from "./share.ts";
import { getHealth, waits } from "./waits.ts";

const CLIENTS = 16;
const WARM_UP_MS = 700;

/** The servers take turns, so that whatever else the machine does slows both. */
const ROUNDS = 5;
const ROUND_MS = 800;

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

/** What concurrent clients got of a server, round by round. */
interface Load {
  /** How long each request took, in milliseconds. */
  took: number[];
  /** How long all of them took together. */
  allMs: number;
  /** The longest that the event loop was held in each round. */
  heldMs: number[];
  cpuMs: number;
}

/** A line for a search through HTTP: what both servers answer in a second, and how long Skein's event loop was held. */
export interface LoadRow {
  what: string;
  skein: string;
  rival: string;
  times: string;
  met: string;
  held: string;
  "no pause": string;
}

/** Searches by concurrent clients through HTTP, beside LangGraph's own server on the same threads. */
export function benchServedSearches(file: string, installed: Installation): Promise<LoadRow[]> {
  return withServer(file, async (server) => {
    const ours = { server, url: `${server.url}/p/${BENCH_PROJECT}/threads/search` };
    if ("missing" in installed) {
      const rows: LoadRow[] = [];
      for (const { what, body } of CASES) {
        const [load] = await loads([ours], body);
        rows.push(loadRow(what, load!, installed.missing));
      }
      return rows;
    }
    const rival = await startProcess(new URL("./rival-child.ts", import.meta.url), installed.folder);
    const theirs = { server: rival, url: `${rival.url}/threads/search` };
    const rows: LoadRow[] = [];
    for (const { what, body } of CASES) {
      const [load, rivalLoad] = await loads([ours, theirs], body);
      rows.push(loadRow(what, load!, rivalLoad!));
    }
    await rival.close();
    return rows;
  });
}

/** What each of some servers makes of a search, in turns. */
async function loads(servers: { server: ServerProcess; url: string }[], body: object): Promise<Load[]> {
  const all = servers.map((): Load => ({ took: [], allMs: 0, heldMs: [], cpuMs: 0 }));
  for (const { url } of servers) await requests(url, body, timeOf(WARM_UP_MS));
  for (let round = 0; round < roundsOf(ROUNDS); round++) {
    for (const [index, { server, url }] of servers.entries()) {
      const load = all[index]!;
      await server.begin();
      const start = performance.now();
      for (const took of await requests(url, body, timeOf(ROUND_MS))) load.took.push(took);
      load.allMs += performance.now() - start;
      const { heldMs, cpuMs } = await server.figures();
      load.heldMs.push(heldMs);
      load.cpuMs += cpuMs;
    }
  }
  return all;
}

/** How long each request took that clients sent, one after the other, for some time. */
async function requests(url: string, body: object, timeMs: number): Promise<number[]> {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => leanClient(url, body)));
  const took: number[] = [];
  const end = performance.now() + timeMs;
  const drive = async ({ send, close }: (typeof clients)[number]) => {
    while (performance.now() < end) took.push(await send());
    close();
  };
  await Promise.all(clients.map(drive));
  return took;
}

function loadRow(what: string, ours: Load, theirs: Load | string): LoadRow {
  const held = ours.heldMs.toSorted((a, b) => a - b);
  const heldMs = held[held.length >> 1]!;
  const times =
    typeof theirs === "string" ? null : ours.took.length / ours.allMs / (theirs.took.length / theirs.allMs);
  return {
    what,
    skein: told(ours),
    rival: typeof theirs === "string" ? theirs : told(theirs),
    times: times === null ? "" : `${times.toFixed(1)} x`,
    met: times === null ? "" : times >= AIM_TIMES ? "yes" : "NO",
    held: `${heldMs.toFixed(1)} ms (worst ${held.at(-1)!.toFixed(1)})`,
    "no pause": heldMs <= AIM_HELD_MS ? "yes" : "NO",
  };
}

function told({ took, allMs, cpuMs }: Load): string {
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(took.length * share)]!.toFixed(1);
  const perSecond = took.length / (allMs / 1000);
  const cpu = ((cpuMs / took.length) * 1000).toFixed(0);
  return `${perSecond.toFixed(0)}/s, p50 ${at(0.5)}, p99 ${at(0.99)} ms, CPU ${cpu} µs`;
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
