import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningProcess, startProcess, urlPattern } from "../server/process.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

/** A fresh folder for a test's files. */
export interface TestFolder {
  /** A database file in it. */
  db: string;
  remove(): Promise<void>;
}

export async function makeFolder(): Promise<TestFolder> {
  const folder = await mkdtemp(join(tmpdir(), "skein-e2e-"));
  return { db: join(folder, "skein.db"), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs the program as a person does, with these arguments. */
export function skein(...args: string[]): RunningProcess {
  return startProcess(process.execPath, [main, ...args]);
}

/** The program as a server in a process of its own. */
export interface SkeinProcess extends RunningProcess {
  url: string;
  port: number;
  /** Ends it by SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>;
  /** Ends it by SIGKILL, in the middle of whatever it does. */
  kill(): Promise<void>;
}

/** Starts the server on a free port; resolves when it listens. Whoever starts it stops it. */
export async function startSkein(db: string, ...args: string[]): Promise<SkeinProcess> {
  const running = skein("serve", "--port", "0", "--db", db, ...args);
  const end = async (signal: NodeJS.Signals) => {
    running.child.kill(signal);
    return (await running.end()).code;
  };
  const [, url] = urlPattern.exec(await running.line(/./)) ?? [];
  if (url === undefined) throw new Error("the first line does not say where the server listens");
  return {
    ...running,
    url,
    port: Number(new URL(url).port),
    stop: () => end("SIGTERM"),
    async kill() {
      await end("SIGKILL");
    },
  };
}

/** Posts JSON and returns the answer's text; fails unless it is a 200. */
export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

/** The values of an answer of one JSON document a line. */
export function jsonLines(text: string): unknown[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}
