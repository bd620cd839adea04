import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readCatalogue } from "./catalogue.ts";
import { type Clients, createClients } from "./clients.ts";
import { type Counts, createCounts } from "./counts.ts";
import { createFailures, type Failures, kindOfLine } from "./failures.ts";
import type { Input } from "./input.ts";
import { makeInput } from "./make-input.ts";
import type { Holdings } from "./probe.ts";
import { type ServerChild, startServerChild } from "./server-child.ts";
import { settle, settleTo } from "./settle.ts";
import { kindOf, wrongWith } from "./verdict.ts";

/** How much is sent, and how it is told. */
export interface FuzzOptions {
  seed: number;
  /** The number of the first input. */
  from?: number;
  /** Whether an input of this number is still to be sent. */
  goesOn(number: number): boolean;
  /** The server asks for keys, and nobody has one. */
  locked?: boolean;
  /** Connections that others than the fuzzer have with the server. */
  watchers?: number;
  onServer?(port: number): void;
  /** Is called when the first input is about to be sent. */
  onReady?(): void;
  onInput?(number: number): void;
}

export interface FuzzResult {
  counts: Counts;
  failures: Failures;
  /** What the server held before and after; null where it did not live so long. */
  before: Holdings | null;
  after: Holdings | null;
}

const LANES = 24;

/** Slow and deaf clients beside them. */
const MOST_SLOW = 40;

/** What is sent before the first look at what the server holds: by then it has compiled and cached most things. */
const WARM_UP = 1500;

/** How many of the inputs that are done may still be the cause of what happens now. */
const SUSPECTS = 40;

/** A server that ends so often is not worth to go on with. */
const MOST_ENDS = 20;

/** How the server is set: limits that inputs reach without being large, and no disk to wait for. */
export const SERVER_ARGS = [
  ...["--durability", "relaxed", "--write-queue-limit", "8MiB"],
  ...["--otlp-limit", "1MiB", "--rest-limit", "1MiB", "--rpc-limit", "256KiB"],
];

/**
 * Sends inputs to a server in a process of its own and watches what comes of it. A server that ends is a failure and is
 * started again.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const folder = await mkdtemp(join(tmpdir(), "skein-fuzz-"));
  const counts = createCounts();
  const failures = createFailures();
  /** What is under way or was lately, by its number. */
  const recent = new Map<number, Input>();
  const suspects = () => ({ numbers: [...recent.keys()], inputs: [...recent.values()] });
  const onFault = (line: string) => {
    failures.add({ kind: `log: ${kindOfLine(line)}`, text: line.slice(0, 2000), ...suspects() });
  };

  let server!: ServerChild;
  let clients!: Clients;
  let ends = 0;
  async function start(): Promise<void> {
    server = await startServerChild(join(folder, "skein.db"), SERVER_ARGS, onFault);
    clients = createClients(server.port);
    options.onServer?.(server.port);
  }
  let starting: Promise<void> | null = null;
  /** Starts the server again after it ended; one caller's doing is every caller's. */
  function startAgain(how: string): Promise<void> {
    starting ??= (async () => {
      ends += 1;
      failures.add({ kind: `ended: ${how}`, text: server.lastLines().slice(-12).join("\n"), ...suspects() });
      clients.close();
      recent.clear();
      if (ends < MOST_ENDS) await start();
      starting = null;
    })();
    return starting;
  }

  async function play(number: number, input: Input): Promise<void> {
    recent.set(number, input);
    const outcome = await clients.play(input);
    if (server.hasEnded() || starting) return;
    counts.add(input, outcome);
    const wrong = wrongWith(input, outcome);
    if (wrong !== null) {
      const text = [outcome.reason, outcome.message, outcome.text].filter(Boolean).join(" ");
      failures.add({
        kind: kindOf(wrong, input, outcome),
        text,
        inputs: outcome.after ? [outcome.after, input] : [input],
        numbers: [number],
      });
    }
    options.onInput?.(number);
    for (const [done] of recent) {
      if (recent.size <= SUSPECTS + LANES) break;
      recent.delete(done);
    }
  }

  await start();
  try {
    const catalogue = await readCatalogue(server);
    // A server without keys can be asked what it serves; it heeds the first key at once.
    if (options.locked) await createKey(join(folder, "skein.db"));
    options.onReady?.();
    let before: Holdings | null = null;
    let next = options.from ?? 0;
    const slow = new Set<Promise<void>>();

    async function lane(end: (number: number) => boolean): Promise<void> {
      while (ends < MOST_ENDS && !end(next)) {
        const number = next++;
        const input = makeInput(catalogue, options.seed, number);
        const played = play(number, input);
        if (!isSlow(input)) {
          await played;
        } else {
          const done: Promise<void> = played.finally(() => slow.delete(done));
          slow.add(done);
          if (slow.size >= MOST_SLOW) await Promise.race(slow);
        }
        // The process's end is known a moment after its connections broke.
        if (server.hasEnded()) await startAgain(await server.ended);
      }
    }
    async function send(end: (number: number) => boolean): Promise<void> {
      await Promise.all(Array.from({ length: LANES }, () => lane(end)));
      await Promise.all(slow);
      clients.close();
    }

    const warm = next + WARM_UP;
    await send((number) => number >= warm || !options.goesOn(number));
    if (ends === 0) before = await settle(server, options.watchers ?? 0);
    await send((number) => !options.goesOn(number));

    let after: Holdings | null = null;
    if (ends === 0 && before) {
      const settled = await settleTo(before, server);
      after = settled.after;
      for (const excess of settled.excess) {
        failures.add({
          kind: `held: ${excess.replaceAll(/[\d.]+/g, "#")}`,
          text: excess,
          inputs: [],
          numbers: [],
        });
      }
    }
    return { counts, failures, before, after };
  } finally {
    clients.close();
    if (!server.hasEnded()) {
      const code = await server.stop();
      if (code !== 0)
        failures.add({ kind: `stopped with ${code}`, text: server.lastLines().join("\n"), ...suspects() });
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a key that is given to nobody. */
async function createKey(file: string): Promise<void> {
  const args = ["keys", "create", "--name", "fuzz", "--all-projects", "--role", "write", "--db", file];
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, "../src/cli/main.ts"), ...args]);
}

/** Whether an input takes longer than the server does: nothing says when all that comes of it has come. */
function isSlow(input: Input): boolean {
  if (input.pauseMs !== undefined || input.deafMs !== undefined || input.leave?.by === "half") return true;
  return input.via === "tcp" && input.methods.length === 0;
}
