import { setImmediate } from "node:timers/promises";
import { serveWorker } from "../../../workers/serve-worker.ts";
import type { DecoderRegistry } from "./decoder.ts";
import type { DecodeTask } from "./decoding.ts";
import { isSteps, type Steps } from "./steps.ts";

/** How long a job goes on before the others of its worker have their turn. */
const SLICE_MS = 20;

/** Runs the decoders of a registry, in the worker that calls this, as `createDecoding` asks for them. */
export function serveDecoders(registry: DecoderRegistry): void {
  async function find(name: string) {
    const load = registry[name];
    if (load === undefined) throw new Error(`there is no decoder ${name}`);
    return await load();
  }

  serveWorker<DecodeTask, unknown>({
    async call({ decoder: name, input }) {
      const decoder = await find(name);
      if (input === undefined) return null;
      const work = decoder.decode(input);
      return isSteps(work) ? finishInSlices(work) : work;
    },
    async *stream({ decoder: name, input }) {
      const slices = createSlices();
      const decoder = await find(name);
      for (const part of decoder.decode(input) as Iterable<unknown>) {
        if (part !== undefined) yield part;
        if (slices.isOver()) await slices.next();
      }
    },
  });
}

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
