import { join } from "node:path";
import { type Load, type Measure, SLICES } from "./measure.ts";
import { type Server, startServer } from "./server.ts";

/** What one server made of a measure. */
interface Score {
  /** Done in a second. */
  rate: number;
  /** Microseconds on the processor for each that was done. */
  cpu: number;
}

/** Of both servers; this checkout's comes first. */
export type Scores = [ours: Score, theirs: Score];

/** One of the two servers under a measure. */
interface Side {
  server: Server;
  load: Load;
  done: number;
  ms: number;
  microseconds: number;
}

/**
 * Starts a server of each of two checkouts, each with a file of its own, and gives both the same to do, measure by
 * measure and slice by slice in turns, so that whatever else the machine does slows both.
 *
 * @param number of the pair: which of them begins goes to and fro
 */
export async function runPair(
  checkouts: [ours: string, theirs: string],
  measures: Measure[],
  folder: string,
  number: number,
): Promise<Scores[]> {
  const servers: Server[] = [];
  try {
    for (const [index, checkout] of checkouts.entries()) {
      servers.push(await startServer(checkout, join(folder, `${number}-${index}.db`)));
    }
    const scores: Scores[] = [];
    for (const measure of measures) scores.push(await compare(servers, measure, number));
    return scores;
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function compare(servers: Server[], measure: Measure, number: number): Promise<Scores> {
  const sides: Side[] = [];
  for (const server of servers) {
    sides.push({ server, load: await measure.open(server.url), done: 0, ms: 0, microseconds: 0 });
  }
  for (let slice = 0; slice < SLICES; slice++) {
    const inTurn = (slice + number) % 2 === 0 ? sides : sides.toReversed();
    for (const side of inTurn) await doSlice(side, slice);
  }
  for (const { load } of sides) load.close();
  return sides.map(({ done, ms, microseconds }) => ({
    rate: (done / ms) * 1000,
    cpu: microseconds / done,
  })) as Scores;
}

/** The first slice, in which a server's code is still compiled, does not count. */
async function doSlice(side: Side, slice: number): Promise<void> {
  const cpuBefore = await side.server.cpu();
  const start = performance.now();
  const done = await side.load.slice(slice);
  const ms = performance.now() - start;
  const microseconds = (await side.server.cpu()) - cpuBefore;
  if (slice === 0) return;
  side.done += done;
  side.ms += ms;
  side.microseconds += microseconds;
}
