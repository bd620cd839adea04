import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { expect } from "vitest";

const root = join(import.meta.dirname, "../..");

/** The first line of a server's output, which says where it listens. */
export const urlPattern = /^Skein listens on (http:\/\/127\.0\.0\.1:\d+)$/;

/** A running process. */
export interface RunningProcess {
  child: ChildProcess;
  /** The first line of output, of those not asked for yet, that matches. */
  line(pattern: RegExp): Promise<string>;
  /** Resolves when stderr says something that matches. */
  logged(pattern: RegExp): Promise<void>;
  /** Waits for the end: the exit code, and all that was written to stderr. */
  end(): Promise<{ code: number | null; errors: string }>;
}

/** Starts a process in the project's folder. Whoever starts it sees to its end. */
export function startProcess(command: string, args: string[]): RunningProcess {
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => errors.push(chunk));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async line(pattern) {
      for (let next = await lines.next(); !next.done; next = await lines.next()) {
        if (pattern.test(next.value)) return next.value;
      }
      return expect.fail(`no line matched ${pattern}; on stderr: ${errors.join("")}`);
    },
    async logged(pattern) {
      while (!pattern.test(errors.join(""))) await once(child.stderr, "data");
    },
    async end() {
      const [code] = await closed;
      return { code, errors: errors.join("") };
    },
  };
}
