import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figures } from "./child.ts";
import { postJson } from "./clients.ts";
import { BENCH_PROJECT } from "./data.ts";
import { timeOf } from "./share.ts";

/** A server in a process of its own. */
export interface ServerProcess {
  url: string;
  /** Its figures so far; what comes after is counted anew. */
  begin(): Promise<Figures>;
  /** Its figures since then. */
  figures(): Promise<Figures>;
  close(): Promise<void>;
}

/** How long a process is left alone before its memory counts as idle. */
const REST_MS = 500;

/** Starts the real server on a file and lets it answer some pages and a short stream, so that all its threads run. */
export async function startServer(file: string): Promise<ServerProcess> {
  const server = await startProcess(new URL("./serve-child.ts", import.meta.url), file);
  for (const limit of [...Array.from({ length: 20 }, () => 50), 1000, 1000]) {
    await postJson(`${server.url}/threads/stream_query`, { project_id: BENCH_PROJECT, limit });
  }
  await sleep(timeOf(REST_MS));
  return server;
}

/** Starts a server by a module that calls `reportToParent`; what it prints is dropped. */
export async function startProcess(module: URL, argument: string): Promise<ServerProcess> {
  const child = fork(module, [argument], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const exited = once(child, "exit");
  const answer = async () => (await Promise.race([once(child, "message"), exited.then(fail)]))[0];
  const url: string = await answer();
  const ask = async (question: "begin" | "figures"): Promise<Figures> => {
    child.send(question);
    return answer();
  };
  return {
    url,
    begin: () => ask("begin"),
    figures: () => ask("figures"),
    async close() {
      child.send("close");
      await exited;
    },
  };
}

/** Runs `use` with a server that nothing else has used, and ends it. */
export async function withServer<T>(file: string, use: (server: ServerProcess) => Promise<T>): Promise<T> {
  const server = await startServer(file);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

function fail(): never {
  throw new Error("the server's process ended");
}
