import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type BenchOptions, inFolder, threadsCommand, withStore } from "./options.ts";
import { buildRecords } from "./records.ts";
import { type Installation, installRival } from "./rival.ts";
import { benchSearches } from "./searches.ts";
import { benchServedSearches, benchUnindexed, HEADING } from "./served-searches.ts";

const { threads, served, rival, db } = threadsCommand()
  .option("--served <n>", "threads for the comparison over HTTP", Number, 10_000)
  .option("--no-rival", "leave out LangGraph's own server, which npm would install")
  .parse()
  .opts<BenchOptions & { served: number; rival: boolean }>();

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
  const found = rival ? await tryRival(join(folder, "rival"), served) : { missing: "left out" };
  console.log(HEADING);
  console.table(await benchServedSearches(servedFile, found));
});

async function tryRival(folder: string, threads: number): Promise<Installation> {
  await mkdir(folder);
  return installRival(folder, threads).then(
    () => ({ folder }),
    (error: Error) => ({ missing: `not installed: ${error.message.split("\n", 1)[0]}` }),
  );
}
