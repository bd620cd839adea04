import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Holdings, Question, ServedRoute } from "./probe.ts";

/** Entries of the log from this level on are failures of the server's own (pino's `error`). */
const ERROR_LEVEL = 50;

/** Within this time lines belong together, in milliseconds. */
const LINES_MS = 100;

/** How much of the log is kept for a report. */
const KEPT_LINES = 50;

/** The real server in a process of its own. */
export interface ServerChild {
  port: number;
  pid: number;
  routes(): Promise<ServedRoute[]>;
  /** What the process holds after a forced collection. */
  holdings(): Promise<Holdings>;
  /** Resolves when the process has ended, however it came to that, to what says how. */
  ended: Promise<string>;
  hasEnded(): boolean;
  /** The last lines that the server wrote to stderr. */
  lastLines(): string[];
  /** Ends it as a service manager does. Resolves to its exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

const root = join(import.meta.dirname, "..");

/**
 * Starts `skein serve` on a free port, with the probe in its process.
 *
 * @param onFault is told each entry of the log that is an error, and whatever else the process writes to stderr
 * @throws Error when it does not come up
 */
export async function startServerChild(
  file: string,
  args: string[],
  onFault: (line: string) => void,
): Promise<ServerChild> {
  const probe = new URL("./probe.ts", import.meta.url).href;
  const child = spawn(
    process.execPath,
    [
      "--expose-gc",
      "--trace-warnings",
      "--import",
      probe,
      "src/cli/main.ts",
      "serve",
      "--port",
      "0",
      "--db",
      file,
      ...args,
    ],
    { cwd: root, stdio: ["ignore", "pipe", "pipe", "ipc"] },
  );
  const lines: string[] = [];
  const takeUnlogged = inOne(onFault);
  createInterface({ input: child.stderr! }).on("line", (line) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    const level = levelOf(line);
    if (level === null) takeUnlogged(line);
    else if (level >= ERROR_LEVEL) onFault(line);
  });
  let how: string | null = null;
  const ended = once(child, "exit").then(([code, signal]) => {
    how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    return how;
  });

  const port = await Promise.race([
    portOf(child),
    ended.then((end) => Promise.reject(startError(end, lines))),
  ]);
  const ask = async (question: Question): Promise<unknown> => {
    child.send(question);
    const [answer] = await Promise.race([
      once(child, "message"),
      ended.then((end) => Promise.reject(new Error(`the server ended with ${end}`))),
    ]);
    return answer;
  };
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    port,
    pid: child.pid!,
    routes: () => ask("routes") as Promise<ServedRoute[]>,
    holdings: () => ask("holdings") as Promise<Holdings>,
    ended,
    hasEnded: () => how !== null,
    lastLines: () => lines,
    async stop() {
      await end("SIGTERM");
      return child.exitCode;
    },
    kill: () => end("SIGKILL"),
  };
}

function startError(end: string, lines: string[]): Error {
  return new Error(`the server did not start: ${end}\n${lines.join("\n")}`);
}

function portOf(child: ChildProcess): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  // What comes after the line is read too, and dropped: a full pipe would hold the server.
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const port = /^Skein listens on http:.*:(\d+)$/.exec(line)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  return promise;
}

/** The level of an entry of the log; null for a line that is none: a warning of Node's, an error that nobody caught. */
function levelOf(line: string): number | null {
  try {
    const { level } = JSON.parse(line) as { level?: number };
    return typeof level === "number" ? level : null;
  } catch {
    return null;
  }
}

/** Tells lines that come at once, such as those of a stack, as one text. */
function inOne(tell: (text: string) => void): (line: string) => void {
  const waiting: string[] = [];
  return (line) => {
    if (waiting.length === 0) setTimeout(() => tell(waiting.splice(0).join("\n").trim()), LINES_MS);
    waiting.push(line);
  };
}
