import { setTimeout as sleep } from "node:timers/promises";
import { type Body, hardBodies } from "./bodies.ts";
import { grpcClient, post, receive } from "./clients.ts";
import { type AimRow, aimRow } from "./measure.ts";
import { type ServerProcess, withServer } from "./server-process.ts";

const ROUNDS = 7;
const AIM_MS = 10;

/** What a request leaves to be done after its answer may take this long. */
const SETTLE_MS = 100;

/** How long requests of up to 256 KiB hold the server's event loop; first what it is held at rest. */
export function benchLoop(file: string): Promise<AimRow[]> {
  return withServer(file, async (server) => {
    const client = grpcClient(server.url);
    const rows = [await held(server, "nothing", async () => {})];
    for (const body of hardBodies()) {
      const kib = `${body.what} (${(body.bytes.length / 1024).toFixed(0)} KiB)`;
      rows.push(await held(server, kib, () => send(body)));
    }
    client.close();
    return rows;

    async function send({ path, transport, bytes, ...options }: Body): Promise<void> {
      if (transport === "grpc") await client.unary(path, bytes);
      else await receive(await post(server.url + path, bytes, options), 0, Number.POSITIVE_INFINITY);
    }
  });
}

/** Medians, since whatever else the machine does holds the loop too. */
async function held(server: ServerProcess, what: string, call: () => Promise<void>): Promise<AimRow> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(SETTLE_MS);
    await server.begin();
    await call();
    await sleep(SETTLE_MS);
    took.push((await server.figures()).heldMs);
  }
  took.sort((a, b) => a - b);
  const worst = `least ${took[0]!.toFixed(1)}, worst ${took.at(-1)!.toFixed(1)}`;
  return aimRow(what, took[ROUNDS >> 1]!, "ms", AIM_MS, worst);
}
