import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { openSqliteStore } from "../src/store/sqlite/engine.ts";
import { buildRecords } from "./records.ts";
import { benchSearches } from "./searches.ts";

const { threads, db } = new Command()
  .option("--threads <n>", "threads to build", Number, 100_000)
  .option("--db <file>", "build in this file and keep it, or use it as it is if it is there")
  .parse()
  .opts<{ threads: number; db?: string }>();

const folder = await mkdtemp(join(tmpdir(), "skein-bench-"));
const file = db ?? join(folder, "search.db");
const isBuilt = existsSync(file);
const store = await openSqliteStore({
  file,
  durability: "full",
  snapshotMs: 600_000,
  maxQueuedBytes: 256 * 1024 * 1024,
});
try {
  if (!isBuilt) await buildRecords(store, threads);
  console.table(await benchSearches(store, file, threads));
} finally {
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
