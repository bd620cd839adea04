import { SingleBar } from "cli-progress";

/** Writes under way at once. */
const WINDOW = 8;

/** A write, and how much of the whole it is. */
export interface Portion {
  size: number;
  write: Promise<unknown>;
}

/** Takes portions one by one, each begun when it is taken, until all are written. Shows a progress bar. */
export async function fill(unit: string, total: number, portions: Iterable<Portion>): Promise<void> {
  const bar = new SingleBar({ format: `{bar} {value}/{total} ${unit}, {eta_formatted} left` });
  bar.start(total, 0);
  const underWay = new Set<Promise<void>>();
  for (const { size, write } of portions) {
    const done: Promise<void> = write.then(() => {
      underWay.delete(done);
      bar.increment(size);
    });
    underWay.add(done);
    if (underWay.size >= WINDOW) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  bar.stop();
}
