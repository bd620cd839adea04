import { setTimeout as sleep } from "node:timers/promises";
import { type Body, hardBodies } from "./bodies.ts";
import { grpcClient, post, receive } from "./clients.ts";
import { type AimRow, aimRow } from "./measure.ts";
import { type ServerProcess, withServer } from "./server-process.ts";
import { roundsOf, timeOf } from "./share.ts";

const ROUNDS = 7;
const AIM_MS = 10;

/** What a request leaves to be done after its answer may take this long. */
const SETTLE_MS = 100;

/** How long requests of up to 256 KiB hold the server's event loop; first what it is held at rest. */
export function benchLoop(file: string): Promise<AimRow[]> {
  return withServer(file, async (server) => {
    const sender = createSender(server);
    const rows = [await heldRow("nothing", () => held(server, async () => {}))];
    for (const body of hardBodies()) {
      const kib = `${body.what} (${(body.bytes.length / 1024).toFixed(0)} KiB)`;
      rows.push(await heldRow(kib, () => held(server, () => sender.send(body))));
    }
    sender.close();
    return rows;
  });
}

/** How long bodies hold the server's event loop, and how long each waits for its answer. Each is sent anew made. */
export function benchBodies(file: string, make: () => Body[], rounds: number): Promise<AimRow[]> {
  return withServer(file, async (server) => {
    const sender = createSender(server);
    const kinds = new Map<string, { heldMs: number[]; tookMs: number[] }>();
    for (let round = 0; round < rounds; round++) {
      for (const body of make()) {
        const kind = kinds.get(body.what) ?? { heldMs: [], tookMs: [] };
        kinds.set(body.what, kind);
        kind.heldMs.push(
          await held(server, async () => {
            const sentAt = performance.now();
            await sender.send(body);
            kind.tookMs.push(performance.now() - sentAt);
          }),
        );
      }
    }
    sender.close();
    return [...kinds].map(([what, { heldMs, tookMs }]) => {
      const worst = `worst ${Math.max(...heldMs).toFixed(1)}, answer after ${median(tookMs).toFixed(0)}`;
      return aimRow(what, median(heldMs), "ms", AIM_MS, worst);
    });
  });
}

/** Sends bodies and reads the answers. */
function createSender(server: ServerProcess) {
  const client = grpcClient(server.url);
  return {
    async send({ path, transport, bytes, ...options }: Body): Promise<void> {
      if (transport === "grpc") await client.unary(path, bytes);
      else await receive(await post(server.url + path, bytes, options), 0, Number.POSITIVE_INFINITY);
    },
    close: () => client.close(),
  };
}

/** Medians, since whatever else the machine does holds the loop too. */
async function heldRow(what: string, hold: () => Promise<number>): Promise<AimRow> {
  const took: number[] = [];
  for (let round = 0; round < roundsOf(ROUNDS); round++) took.push(await hold());
  const worst = `least ${Math.min(...took).toFixed(1)}, worst ${Math.max(...took).toFixed(1)}`;
  return aimRow(what, median(took), "ms", AIM_MS, worst);
}

/** How long a call held the server's event loop, milliseconds. */
async function held(server: ServerProcess, call: () => Promise<void>): Promise<number> {
  await sleep(timeOf(SETTLE_MS));
  await server.begin();
  await call();
  await sleep(timeOf(SETTLE_MS));
  return (await server.figures()).heldMs;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}
