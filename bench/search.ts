import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type BenchOptions, benchCommand, inFolder, withStore } from "./options.ts";
import { buildRecords } from "./records.ts";
import { installRival } from "./rival.ts";
import { benchSearches } from "./searches.ts";
import { benchServedSearches, benchUnindexed, HEADING } from "./served-searches.ts";

const { threads, served, db } = benchCommand()
  .option("--served <n>", "threads for the comparison over HTTP", Number, 10_000)
  .parse()
  .opts<BenchOptions & { served: number }>();

await inFolder(async (folder) => {
  const file = db ?? join(folder, "search.db");
  await withStore(
    file,
    (store) => buildRecords(store, threads),
    async (store) => console.table(await benchSearches(store, file, threads)),
  );
  console.table(await benchUnindexed(file));

  const servedFile = join(folder, "served.db");
  await withStore(
    servedFile,
    (store) => buildRecords(store, served),
    async () => {},
  );
  const rival = join(folder, "rival");
  await mkdir(rival);
  const installed = await installRival(rival, served).then(
    () => ({ folder: rival }),
    (error: Error) => ({ missing: `not installed: ${error.message.split("\n", 1)[0]}` }),
  );
  console.log(HEADING);
  console.table(await benchServedSearches(servedFile, installed));
});
