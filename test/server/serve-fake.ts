import { Command } from "commander";
import { addConfigOptions, type Config } from "../../src/server/config.ts";
import { serve } from "../../src/server/serve.ts";
import { StoreOpenError } from "../../src/store/errors.ts";
import { createFakeStore } from "./fake-store.ts";

/** Serves, as `skein serve` does, a store that is none; it cannot be opened when the file is called "broken". */
const command = addConfigOptions(new Command("serve-fake")).action(async (config: Config) => {
  const store = createFakeStore();
  const code = await serve(config, async ({ db }) => {
    if (db === "broken") throw new StoreOpenError('"broken" is not a database');
    return { store, announce() {}, close: () => store.close() };
  });
  process.stdout.write(`closed: ${store.closed}\n`);
  process.exit(code);
});

await command.parseAsync();
