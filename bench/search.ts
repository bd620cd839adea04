import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { openSqliteStore, type SqliteStore } from "../src/store/sqlite/engine.ts";
import { buildRecords } from "./records.ts";
import { installRival } from "./rival.ts";
import { benchSearches } from "./searches.ts";
import { benchServedSearches, benchUnindexed, HEADING } from "./served-searches.ts";

const { threads, served, db } = new Command()
  .option("--threads <n>", "threads to build", Number, 100_000)
  .option("--served <n>", "threads for the comparison over HTTP", Number, 10_000)
  .option("--db <file>", "build in this file and keep it, or use it as it is if it is there")
  .parse()
  .opts<{ threads: number; served: number; db?: string }>();

const folder = await mkdtemp(join(tmpdir(), "skein-bench-"));
const file = db ?? join(folder, "search.db");
const servedFile = join(folder, "served.db");
const rival = join(folder, "rival");
try {
  await withRecords(file, threads, async (store) => {
    console.table(await benchSearches(store, file, threads));
  });
  console.table(await benchUnindexed(file));
  await withRecords(servedFile, served, async () => {});
  await mkdir(rival);
  const installed = await installRival(rival, served).then(
    () => ({ folder: rival }),
    (error: Error) => ({ missing: `not installed: ${error.message.split("\n", 1)[0]}` }),
  );
  console.log(HEADING);
  console.table(await benchServedSearches(servedFile, installed));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Uses a store of made-up threads, which are built first if the file is not there. */
async function withRecords(
  file: string,
  threads: number,
  use: (store: SqliteStore) => Promise<void>,
): Promise<void> {
  const isBuilt = existsSync(file);
  const store = await openSqliteStore({
    file,
    durability: "full",
    snapshotMs: 600_000,
    maxQueuedBytes: 256 * 1024 * 1024,
  });
  try {
    if (!isBuilt) await buildRecords(store, threads);
    await use(store);
  } finally {
    await store.close();
  }
}
