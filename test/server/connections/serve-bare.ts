import { pino } from "pino";
import { createServer } from "../../../src/server/app.ts";
import { configSchema } from "../../../src/server/config.ts";
import { doors } from "../../../src/server/doors.ts";
import { createFakeStore } from "../fake-store.ts";

/** Serves all doors, without anything that catches what nobody else does: an error that reaches the top ends this. */
const server = await createServer({
  config: configSchema.parse({ port: "0" }),
  store: createFakeStore(),
  doors,
  logger: pino({ level: "silent" }),
});
process.stdout.write(`Skein listens on ${await server.listen()}\n`);
process.once("SIGTERM", async () => {
  await server.close();
  process.exit(0);
});
