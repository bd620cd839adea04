import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { openSqliteStore } from "../src/store/sqlite/engine.ts";
import { benchAppends } from "./appends.ts";
import { buildThreads } from "./build.ts";
import { benchLoop } from "./loop.ts";
import { benchPages, benchStreams } from "./reads.ts";
import { benchServedSpans, benchServedStreams } from "./streams.ts";
import { benchWaits } from "./waits.ts";

const { threads, turns, db } = new Command()
  .option("--threads <n>", "threads to build", Number, 100_000)
  .option("--turns <n>", "turns to build, spread evenly", Number, 1_000_000)
  .option("--db <file>", "build in this file and keep it, or use it as it is if it is there")
  .parse()
  .opts<{ threads: number; turns: number; db?: string }>();

const folder = await mkdtemp(join(tmpdir(), "skein-bench-"));
const file = db ?? join(folder, "bench.db");
const isBuilt = existsSync(file);
const store = await openSqliteStore({
  file,
  durability: "full",
  snapshotMs: 600_000,
  maxQueuedBytes: 256 * 1024 * 1024,
});
try {
  if (!isBuilt) await buildThreads(store, threads, turns);
  console.table(await benchPages(store, file));
  console.table(await benchStreams(store, file, threads));
  console.table(await benchAppends(store));
  await store.close();
  console.table(await benchServedStreams(file, threads));
  console.table(await benchServedSpans(file, threads));
  console.table(await benchLoop(file));
  console.table(await benchWaits(file));
} finally {
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
