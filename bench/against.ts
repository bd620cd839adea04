import { existsSync } from "node:fs";
import { SingleBar } from "cli-progress";
import { Argument } from "commander";

import { baseOf, type Kind } from "./against/base.ts";
import { checkOut, ROOT } from "./against/checkout.ts";
import type { Measure } from "./against/measure.ts";
import { runPair, type Scores } from "./against/pairs.ts";
import { reads } from "./against/reads.ts";
import { type Compared, comparisonOf } from "./against/table.ts";
import { writes } from "./against/writes.ts";
import { benchCommand, inFolder } from "./options.ts";

/** Where files are in memory, so that no disk is measured. */
const IN_MEMORY = existsSync("/dev/shm") ? "/dev/shm" : undefined;

const command = benchCommand()
  .description("Compares this checkout's speed with a commit's.")
  .argument("<commit>", "`base`, or any commit as git names it")
  .addArgument(new Argument("[kinds...]", "what to compare").choices(["ingest", "reads"]))
  .option("--pairs <n>", "pairs of servers; a verdict takes 5", Number, 15)
  .option("--threads <n>", "threads that each server stores", Number, 2000)
  .parse();
const [name, chosen] = command.processedArgs as [string, Kind[]];
const { pairs, threads } = command.opts<{ pairs: number; threads: number }>();

const { commit, bounds } = baseOf(name);
const theirs = await checkOut(name, commit).catch((error: Error) => command.error(error.message));
const kinds = chosen.length > 0 ? chosen : (["ingest", "reads"] satisfies Kind[]);
// Reads are of what the writes have stored.
const measures = [...writes(threads), ...(kinds.includes("reads") ? reads(threads) : [])];
const compared = (await runPairs(measures)).filter(({ measure }) => kinds.includes(measure.kind));
const lines = compared.map((each) => comparisonOf(each, bounds));
console.table(lines);
if (lines.some(({ verdict }) => verdict === "BELOW")) process.exitCode = 1;

async function runPairs(measures: Measure[]): Promise<Compared[]> {
  const compared = measures.map((measure) => ({ measure, pairs: [] as Scores[] }));
  const bar = new SingleBar({
    format: "{bar} {value}/{total} pairs, {eta_formatted} left",
    noTTYOutput: true,
    notTTYSchedule: 60_000,
  });
  bar.start(pairs, 0);
  for (let number = 0; number < pairs; number++) {
    await inFolder(async (folder) => {
      const scores = await runPair([ROOT, theirs], measures, folder, number);
      for (const [index, score] of scores.entries()) compared[index]!.pairs.push(score);
    }, IN_MEMORY);
    bar.increment();
  }
  bar.stop();
  return compared;
}
