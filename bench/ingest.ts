import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchIngestedPages, benchMemory, benchThroughput } from "./ingests.ts";
import { benchCommand } from "./options.ts";
import { STEPS } from "./templates.ts";

const { turns, seconds, rounds, minutes } = benchCommand()
  .option("--turns <n>", `turns of a body, of ${STEPS} calls or spans each`, Number, 100)
  .option("--seconds <n>", "how long each way in is measured, in each round", Number, 5)
  .option("--rounds <n>", "rounds, in which Skein and the floor take turns", Number, 3)
  .option("--minutes <n>", "how long memory is watched", Number, 0.5)
  .parse()
  .opts<{ turns: number; seconds: number; rounds: number; minutes: number }>();

const folder = await mkdtemp(join(tmpdir(), "skein-bench-"));
try {
  console.table(await benchThroughput(folder, turns, rounds, seconds));
  console.table(await benchIngestedPages(join(folder, "pages.db"), turns));
  console.table(await benchMemory(join(folder, "memory.db"), turns, minutes));
} finally {
  await rm(folder, { recursive: true, force: true });
}
