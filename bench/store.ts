import { join } from "node:path";
import { benchAppends } from "./appends.ts";
import { buildThreads } from "./build.ts";
import { benchLoop } from "./loop.ts";
import { type BenchOptions, benchCommand, inFolder, withStore } from "./options.ts";
import { benchPages, benchStreams } from "./reads.ts";
import { benchServedSpans, benchServedStreams } from "./streams.ts";
import { benchWaits } from "./waits.ts";

const { threads, turns, db } = benchCommand()
  .option("--turns <n>", "turns to build, spread evenly", Number, 1_000_000)
  .parse()
  .opts<BenchOptions & { turns: number }>();

await inFolder(async (folder) => {
  const file = db ?? join(folder, "bench.db");
  const build = (store: Parameters<typeof buildThreads>[0]) => buildThreads(store, threads, turns);
  await withStore(file, build, async (store) => {
    console.table(await benchPages(store, file));
    console.table(await benchStreams(store, file, threads));
    console.table(await benchAppends(store));
  });
  console.table(await benchServedStreams(file, threads));
  console.table(await benchServedSpans(file, threads));
  console.table(await benchLoop(file));
  console.table(await benchWaits(file));
});
