import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

/**
 * Asks a server for its health all the time, in a thread of its own: what keeps the fuzzer's own loop busy is no delay of
 * the server's. Whenever it is told the server's port it goes on with that; asked for the times, it posts them.
 */

const EVERY_MS = 50;

/** As when a server has ended: no time is counted. */
const MOST_MS = 30_000;

let port = workerData as number;
const times: number[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

parentPort!.on("message", (message: number | "times") => {
  if (message === "times") parentPort!.postMessage(times);
  else port = message;
});

while (true) {
  const start = performance.now();
  if (await ask()) times.push(performance.now() - start);
  await sleep(EVERY_MS);
}

/** Whether the server answered that it is well. */
function ask(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = get({ host: "127.0.0.1", port, path: "/health", agent, timeout: MOST_MS }, (response) => {
    response
      .resume()
      .on("end", () => resolve(response.statusCode === 200))
      .on("error", () => resolve(false));
  });
  request.on("error", () => resolve(false)).on("timeout", () => request.destroy());
  return promise;
}
