import { openSqliteStore } from "../../../src/store/sqlite/engine/engine.ts";

/**
 * Opens a file, derives what is behind in it row by row, and stands still after some rows, for whoever started it to
 * kill it there: it has told what is left then.
 */
const [file, slices] = process.argv.slice(2) as [string, string];
let done = -1;
await openSqliteStore({
  file,
  durability: "relaxed",
  snapshotMs: 60_000,
  maxQueuedBytes: 1_000_000,
  sliceMs: 0,
  onDerivation(left) {
    done += 1;
    if (done < Number(slices)) return;
    process.send!(left);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
