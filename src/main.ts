import { Command } from "commander";
import { addConfigOptions, type Config } from "./config.ts";
import { serve } from "./server/serve.ts";
import { openSqliteStore } from "./store/sqlite/engine.ts";

const program = new Command("skein").description("A conversation-thread store for LLM applications.");

addConfigOptions(program.command("serve"))
  .description("Run the server.")
  .action(async (config: Config) => process.exit(await serve(config, openStore)));

await program.parseAsync();

function openStore({ db, durability, maxQueuedWrites, snapshotTime }: Config) {
  return openSqliteStore({ file: db, durability, maxQueuedWrites, snapshotMs: snapshotTime });
}
