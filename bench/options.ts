import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { openStore } from "../src/store/open-store.ts";
import type { Store } from "../src/store/store.ts";
import { setShare } from "./share.ts";

/** What the benchmarks of stored threads are asked. */
export interface BenchOptions {
  threads: number;
  db?: string;
}

/** The options of every benchmark; each has more. */
export function benchCommand(): Command {
  return new Command().option("--share <n>", "share of the usual rounds and times to spend", (share) =>
    setShare(Number(share)),
  );
}

/** The options of a benchmark of stored threads; each may have more. */
export function threadsCommand(): Command {
  return benchCommand()
    .option("--threads <n>", "threads to build", Number, 100_000)
    .option("--db <file>", "build in this file and keep it, or use it as it is if it is there");
}

/** Runs `use` with a folder of its own, which is removed afterwards. */
export async function inFolder(use: (folder: string) => Promise<void>, parent = tmpdir()): Promise<void> {
  const folder = await mkdtemp(join(parent, "skein-bench-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Opens the store of a file for `use`; builds it first if the file is not there. */
export async function withStore(
  file: string,
  build: (store: Store) => Promise<void>,
  use: (store: Store) => Promise<void>,
): Promise<void> {
  const isBuilt = existsSync(file);
  // A benchmark may write more at once, and read for longer, than a server lets its clients.
  const store = await openStore({ db: file, snapshotTime: 600_000, writeQueueLimit: 256 * 2 ** 20 });
  try {
    if (!isBuilt) await build(store);
    await use(store);
  } finally {
    await store.close();
  }
}
