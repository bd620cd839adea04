import { serveWorker } from "../worker/serve-worker.ts";
import type { DecodeTask } from "./decoding.ts";

serveWorker<DecodeTask, unknown>({
  async call(task) {
    const decode = await load(task);
    return decode(task.input);
  },
  async *stream(task) {
    const decode = await load(task);
    yield* decode(task.input) as Iterable<unknown>;
  },
});

async function load({ module, name }: DecodeTask): Promise<(input: unknown) => unknown> {
  return (await import(module))[name];
}
