import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { benchIngestedPages, benchMemory, benchThroughput } from "./ingests.ts";

const { seconds, rounds, minutes } = new Command()
  .option("--seconds <n>", "how long each way in is measured, in each round", Number, 5)
  .option("--rounds <n>", "rounds, in which Skein and the floor take turns", Number, 3)
  .option("--minutes <n>", "how long memory is watched", Number, 0.5)
  .parse()
  .opts<{ seconds: number; rounds: number; minutes: number }>();

const folder = await mkdtemp(join(tmpdir(), "skein-bench-"));
try {
  console.table(await benchThroughput(folder, rounds, seconds));
  console.table(await benchIngestedPages(join(folder, "pages.db")));
  console.table(await benchMemory(join(folder, "memory.db"), minutes));
} finally {
  await rm(folder, { recursive: true, force: true });
}
