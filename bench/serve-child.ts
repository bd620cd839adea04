import { pino } from "pino";
import { createServer } from "../src/server/app.ts";
import { configSchema } from "../src/server/config.ts";
import { doors } from "../src/server/doors.ts";
import { openStore } from "../src/store/open-store.ts";
import { reportToParent } from "./child.ts";

const [, , file = ""] = process.argv;
const config = configSchema.parse({ port: "0", db: file });
const store = await openStore(config);
const server = await createServer({ config, store, doors, logger: pino({ level: "error" }) });

reportToParent(await server.listen(), async () => {
  await server.close();
  await store.close();
});
