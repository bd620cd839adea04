import { Command, InvalidArgumentError, Option } from "commander";
import { addConfigOptions, type Config, configSchema } from "../server/config.ts";
import { backUp, openStore, openStoreToServe } from "../store/open-store.ts";
import { type DemoOptions, sendDemo } from "./demo/send-demo.ts";
import { addKeysCommand } from "./keys.ts";
import { addTransferCommands } from "./transfer.ts";

const program = new Command("skein").description("A conversation-thread store for LLM applications.");

addConfigOptions(program.command("serve"))
  .description("Run the server.")
  .action(async (config: Config) => {
    // Imported here: the other commands start in half the time without the server.
    const { serve } = await import("../server/serve.ts");
    process.exit(await serve(config, openStoreToServe));
  });

program
  .command("demo")
  .description("Send made-up conversations of several agents to a running server.")
  .option("--url <url>", "the server", "http://127.0.0.1:7337")
  .option("--project <project>", "the project to send them to", "default")
  .addOption(new Option("--key <key>", "the server's key, if it asks for one").env("SKEIN_KEY"))
  .option("--conversations <number>", "how many", parseCount, 100)
  .action(async (options: DemoOptions) => {
    try {
      await sendDemo(options);
    } catch (error) {
      process.stderr.write(`skein: ${(error as Error).message}\n`);
      process.exitCode = 1;
    }
  });

addKeysCommand(program, configSchema.shape.db.parse(undefined), (db) => openStore({ db }));

addTransferCommands(program, {
  defaultFile: configSchema.shape.db.parse(undefined),
  defaultProject: configSchema.shape.defaultProject.parse(undefined),
  // An export is one read, however long it takes.
  openStore: (db) => openStore({ db, snapshotTime: 2 ** 31 - 1 }),
  backUp,
});

await program.parseAsync();

function parseCount(written: string): number {
  if (/^[1-9]\d{0,6}$/.test(written)) return Number(written);
  throw new InvalidArgumentError("expected a whole number from 1 to 9999999.");
}
