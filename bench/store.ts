import { join } from "node:path";
import { benchAppends } from "./appends.ts";
import { buildThreads } from "./build.ts";
import { benchLoop } from "./loop.ts";
import { type BenchOptions, inFolder, threadsCommand, withStore } from "./options.ts";
import { benchPages, benchStreams } from "./reads.ts";
import { benchServedSpans, benchServedStreams } from "./streams.ts";
import { benchWaits } from "./waits.ts";

const { threads, turns, long, db } = threadsCommand()
  .option("--turns <n>", "turns to build, spread evenly", Number, 1_000_000)
  .option("--long <n>", "turns of a long thread that gets one more", Number, 100_000)
  .parse()
  .opts<BenchOptions & { turns: number; long: number }>();

await inFolder(async (folder) => {
  const file = db ?? join(folder, "bench.db");
  const build = (store: Parameters<typeof buildThreads>[0]) => buildThreads(store, threads, turns);
  await withStore(file, build, async (store) => {
    console.table(await benchPages(store, file));
    console.table(await benchStreams(store, file, threads));
    console.table(await benchAppends(store, long));
  });
  console.table(await benchServedStreams(file, threads));
  console.table(await benchServedSpans(file, threads));
  console.table(await benchLoop(file));
  console.table(await benchWaits(file));
});
