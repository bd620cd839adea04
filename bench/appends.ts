import { randomBytes } from "node:crypto";
import type { Store } from "../src/store/store.ts";
import { turnSpans } from "./data.ts";
import { format, measure, type Row, type Timing } from "./measure.ts";

/** Sets the threads and turns apart from those of runs before on the same file, which would be stored already. */
const RUN = Date.now();

/** Turns of the short thread. */
const SHORT = 10;

/** Turn numbers past those of the built threads. */
let number = RUN;

/** One more turn for a thread that has many, beside one that has few. */
export async function benchAppends(store: Store, many: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, traceId } of [
    { name: "each turn a trace of its own", traceId: () => undefined },
    { name: "all turns in one trace", traceId: () => randomBytes(16).toString("hex") },
  ]) {
    const long = await appendTo(store, `long: ${name}, ${RUN}`, many, traceId());
    const short = await appendTo(store, `short: ${name}, ${RUN}`, SHORT, traceId());
    rows.push({
      what: `one more turn for ${many}, ${name}`,
      measured: `${format(long.median)} (p99 ${format(long.p99)})`,
      floor: `${format(short.median)} for ${SHORT}`,
      ratio: `${(long.median / short.median).toFixed(1)} x`,
    });
  }
  return rows;
}

async function appendTo(
  store: Store,
  thread: string,
  turns: number,
  traceId: string | undefined,
): Promise<Timing> {
  const next = () => turnSpans({ thread, number: number++, ...(traceId ? { traceId } : {}) });
  for (let built = 0; built < turns; built += 200) {
    await store.writeSpans(Array.from({ length: Math.min(200, turns - built) }, next).flat());
  }
  // Few appends, so that the short thread stays short.
  return measure(turns > SHORT ? 200 : 20, () => store.writeSpans(next()));
}
