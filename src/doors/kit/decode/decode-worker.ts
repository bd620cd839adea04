import { setImmediate } from "node:timers/promises";
import { serveWorker } from "../../../workers/serve-worker.ts";
import type { DecodeTask } from "./decoding.ts";
import { isSteps, type Steps } from "./steps.ts";

/** How long a job goes on before the others of its thread have their turn. */
const SLICE_MS = 20;

serveWorker<DecodeTask, unknown>({
  async call(task) {
    const { [task.name ?? ""]: decode } = await import(task.module);
    if (task.name === null) return null;
    const work = decode(task.input);
    return isSteps(work) ? finishInSlices(work) : work;
  },
  async *stream(task) {
    const slices = createSlices();
    const { [task.name ?? ""]: decode } = await import(task.module);
    for (const part of decode(task.input)) {
      if (part !== undefined) yield part;
      if (slices.isOver()) await slices.next();
    }
  },
});

async function finishInSlices(work: Steps<unknown>): Promise<unknown> {
  const slices = createSlices();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (slices.isOver()) await slices.next();
  }
}

function createSlices() {
  let began = performance.now();
  return {
    isOver: () => performance.now() - began > SLICE_MS,
    /** Comes when the others have had their turn. */
    async next() {
      await setImmediate();
      began = performance.now();
    },
  };
}
