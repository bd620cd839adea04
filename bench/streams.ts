import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { create, toBinary } from "@bufbuild/protobuf";
import { ThreadsQueryRequestSchema } from "../gen/skein/v1/thread_pb.ts";
import { conversationsOf } from "./build.ts";
import { grpcClient, post, type Received, receive } from "./clients.ts";
import { BENCH_PROJECT } from "./data.ts";
import { type AimRow, aimRow } from "./measure.ts";
import { withServer } from "./server-process.ts";
import { roundsOf, timeOf } from "./share.ts";

const MIB = 2 ** 20;
const FAST = Number.POSITIVE_INFINITY;
const SLOW = 1_000_000;
const MEMORY_AIM_MIB = 64;
const HELD_AIM_MS = 10;

/** Clients that stop reading and then vanish, at once. */
const VANISHING = 20;
const VANISHING_ROUNDS = 4;

/** How long clients stall before they vanish, and the server has to let go of what they held. */
const PAUSE_MS = 1500;

/** An answer under way, and how to cut its connection. */
interface Opened {
  stream: Readable;
  vanish: () => void;
}

type Open = (url: string) => Promise<Opened>;

/** Streams of everything, as lines and over gRPC: fast, at 1 MB/s, and to clients that vanish. */
export async function benchServedStreams(file: string, threads: number): Promise<AimRow[]> {
  const rows: AimRow[] = [];
  for (const [name, open] of [
    ["as lines", openLines],
    ["over gRPC", openGrpc],
  ] as const) {
    const what = `all ${threads} threads ${name}`;
    rows.push(...(await stream(file, open, FAST, what)));
    rows.push(...(await stream(file, open, SLOW, `${what}, read at 1 MB/s`)));
    rows.push(...(await vanish(file, open, `${VANISHING} vanished clients of ${what}`)));
  }
  return rows;
}

/** The spans of as many conversations as one request may ask for. */
export function benchServedSpans(file: string, threads: number): Promise<AimRow[]> {
  const conversation_ids = conversationsOf(threads);
  const body = JSON.stringify({ project_id: BENCH_PROJECT, conversation_ids });
  const open: Open = (url) => openPost(`${url}/agents/conversations/spans`, body);
  return stream(file, open, FAST, `the spans of ${conversation_ids.length} conversations`);
}

async function stream(file: string, open: Open, bytesPerSecond: number, what: string): Promise<AimRow[]> {
  return withServer(file, async (server) => {
    const idle = await server.begin();
    const received = await readAll(open, server.url, bytesPerSecond);
    const { peakRssBytes, heldMs } = await server.figures();
    const size = `${(received.bytes / MIB).toFixed(1)} MiB`;
    return [
      aimRow(`${what}: time`, received.totalMs, "ms", undefined, size),
      aimRow(`${what}: first byte`, received.firstByteMs, "ms"),
      aimRow(`${what}: memory over idle`, (peakRssBytes - idle.rssBytes) / MIB, "MiB", MEMORY_AIM_MIB),
      aimRow(`${what}: loop held`, heldMs, "ms", HELD_AIM_MS),
    ];
  });
}

async function readAll(open: Open, url: string, bytesPerSecond: number): Promise<Received> {
  const sentAt = performance.now();
  const { stream, vanish } = await open(url);
  const received = await receive(stream, sentAt, bytesPerSecond);
  vanish();
  return received;
}

/** Several times over: garbage of the first round stays in the process, what is never let go of adds up. */
async function vanish(file: string, open: Open, what: string): Promise<AimRow[]> {
  return withServer(file, async (server) => {
    const idle = await server.begin();
    const held: number[] = [];
    const left: number[] = [];
    let sockets = 0;
    for (let round = 0; round < roundsOf(VANISHING_ROUNDS); round++) {
      const clients = await Promise.all(Array.from({ length: VANISHING }, () => open(server.url)));
      await Promise.all(clients.map(({ stream }) => onceReadable(stream)));
      await sleep(timeOf(PAUSE_MS));
      held.push((await server.figures()).rssBytes);
      for (const { vanish } of clients) vanish();
      await sleep(timeOf(PAUSE_MS));
      const after = await server.figures();
      left.push(after.rssBytes);
      sockets = after.sockets;
    }
    const growth = left.at(-1)! - left[0]!;
    const overIdle = (figures: number[]) =>
      figures.map((bytes) => ((bytes - idle.rssBytes) / MIB).toFixed(0)).join(", ");
    const remark = `MiB over idle while they stalled: ${overIdle(held)}, after: ${overIdle(left)}`;
    return [
      aimRow(`${what}: growth since the first round`, growth / MIB, "MiB", MEMORY_AIM_MIB, remark),
      aimRow(`${what}: connections left`, sockets, "open", idle.sockets),
    ];
  });
}

function openLines(url: string): Promise<Opened> {
  return openPost(`${url}/threads/stream_query`, JSON.stringify({ project_id: BENCH_PROJECT }));
}

async function openPost(url: string, body: string): Promise<Opened> {
  const stream = await post(url, body);
  return { stream, vanish: () => stream.destroy() };
}

async function openGrpc(url: string): Promise<Opened> {
  const client = grpcClient(url);
  const message = toBinary(
    ThreadsQueryRequestSchema,
    create(ThreadsQueryRequestSchema, { projectId: BENCH_PROJECT }),
  );
  const stream = client.stream("/skein.v1.ThreadService/ThreadsQuery", message);
  const vanish = () => {
    stream.on("error", () => {});
    stream.cancel();
    client.close();
  };
  return { stream, vanish };
}

/** Resolves when the first bytes are there; reads none of them. */
function onceReadable(stream: Readable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.once("readable", resolve);
  return promise;
}
