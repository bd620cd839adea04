import { pino } from "pino";
import { createServer } from "../src/server/app.ts";
import { configSchema } from "../src/server/config.ts";
import { doors } from "../src/server/doors.ts";
import { openSqliteStore } from "../src/store/sqlite/engine/engine.ts";
import { reportToParent } from "./child.ts";

const [, , file = ""] = process.argv;
const config = configSchema.parse({ port: "0", db: file });
const store = await openSqliteStore({
  file,
  durability: config.durability,
  snapshotMs: config.snapshotTime,
  maxQueuedBytes: config.writeQueueLimit,
});
const server = await createServer({ config, store, doors, logger: pino({ level: "error" }) });

reportToParent(await server.listen(), async () => {
  await server.close();
  await store.close();
});
