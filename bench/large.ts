import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../src/store/open-store.ts";
import { BENCH_PROJECT, EPOCH } from "./data.ts";
import { LARGE_THREAD, largeBodies } from "./large-bodies.ts";
import { benchBodies } from "./loop.ts";
import { benchCommand } from "./options.ts";

const MIB = 2 ** 20;

const { sizes, rounds } = benchCommand()
  .description("How long large bodies take, and how long they hold the event loop of the server.")
  .option("--sizes <mib...>", "sizes of the bodies in MiB", ["1", "10"])
  .option("--rounds <n>", "requests of each kind and size", Number, 5)
  .parse()
  .opts<{ sizes: string[]; rounds: number }>();

const folder = await mkdtemp(join(tmpdir(), "skein-bench-"));
const file = join(folder, "bench.db");
try {
  const store = await openStore({ db: file });
  await store.createThread({
    projectId: BENCH_PROJECT,
    threadId: LARGE_THREAD,
    metadata: "{}",
    ttl: null,
    states: [],
    ifExists: "raise",
    now: EPOCH,
  });
  await store.close();
  for (const size of sizes) {
    console.log(`Bodies of ${size} MiB`);
    console.table(await benchBodies(file, () => largeBodies(Number(size) * MIB), rounds));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
