import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const TELL_CPU = new URL("./tell-cpu.ts", import.meta.url).href;

/** A checkout's server in a process of its own. */
export interface Server {
  url: string;
  /** Microseconds that it has spent on the processor, all threads together. */
  cpu(): Promise<number>;
  /** Ends it as a person does. */
  stop(): Promise<void>;
}

/** Starts the server of a checkout, by that checkout's own Node, on a file. */
export async function startServer(checkout: string, file: string): Promise<Server> {
  const child = fork(commandOf(checkout), ["serve", "--port", "0", "--db", file], {
    cwd: checkout,
    execPath: join(checkout, "node_modules/.bin/node"),
    execArgv: ["--import", TELL_CPU],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const ended = exited.then(() => {
    throw new Error(`the server of ${checkout} ended`);
  });
  // It ends after all in the end; what waits for it then is `exited`.
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout! });
  const [first] = (await Promise.race([once(lines, "line"), ended])) as [string];
  const url = /http:\S+/.exec(first)?.[0];
  if (!url) throw new Error(`the server of ${checkout} does not say where it listens: ${first}`);
  return {
    url,
    async cpu() {
      child.send("cpu");
      const [microseconds] = (await Promise.race([once(child, "message"), ended])) as [number];
      return microseconds;
    },
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** The command line of a checkout; an earlier one has it at the top of `src`. */
function commandOf(checkout: string): string {
  const now = join(checkout, "src/cli/main.ts");
  return existsSync(now) ? now : join(checkout, "src/main.ts");
}
