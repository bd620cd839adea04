import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { type AccessKey, createAccessKey, KEY_ROLES, type KeyRole } from "../model/access/access-key.ts";
import { formatInstant } from "../model/base/instant.ts";
import type { Store } from "../store/store.ts";

interface CreateOptions {
  db: string;
  name: string;
  project?: string[];
  allProjects?: boolean;
  role: KeyRole;
}

/** The columns of the list, and what stands in them. */
const COLUMNS: [string, (key: AccessKey) => string][] = [
  ["ID", ({ id }) => id],
  ["NAME", ({ name }) => name],
  ["KEY", ({ prefix }) => `${prefix}…`],
  ["ROLE", ({ role }) => role],
  ["PROJECTS", ({ projects }) => projects?.join(", ") ?? "all"],
  ["CREATED", ({ createdAt }) => formatInstant(createdAt)],
  ["REVOKED", ({ revokedAt }) => (revokedAt === null ? "" : formatInstant(revokedAt))],
];

/**
 * Adds the commands that create, list and revoke keys. They work on the database file, whether a server has it open or
 * not; one that has heeds the change from its next request on.
 *
 * @param defaultFile the file where neither `--db` nor `SKEIN_DB` names one
 */
export function addKeysCommand(
  program: Command,
  defaultFile: string,
  openStore: (db: string) => Promise<Store>,
): void {
  const keys = program.command("keys").description("Create, list and revoke the keys that let callers in.");
  const now = () => Date.now() * 1000;

  /** A command on a database file. */
  function command(usage: string, description: string): Command {
    const db = new Option("--db <file>", "database file").env("SKEIN_DB").default(defaultFile);
    return keys.command(usage).description(description).addOption(db);
  }

  /** Does something with the store of a file. What goes wrong is one line on stderr and exit code 1. */
  async function withStore(db: string, work: (store: Store) => Promise<string>): Promise<void> {
    let store: Store | undefined;
    try {
      store = await openStore(db);
      process.stdout.write(await work(store));
    } catch (error) {
      process.stderr.write(`skein: ${(error as Error).message}\n`);
      process.exitCode = 1;
    }
    await store?.close();
  }

  /** The same with a file that is there: opening another would make it. */
  async function withStoreOf(db: string, work: (store: Store) => Promise<string>): Promise<void> {
    if (existsSync(db)) return withStore(db, work);
    process.stderr.write(`skein: there is no database ${db}\n`);
    process.exitCode = 1;
  }

  command(
    "create",
    "Print a new key, this once: only its digest is kept. From the first on, every door asks for one.",
  )
    .requiredOption("--name <name>", "what to call it")
    .addOption(new Option("--project <project>", "a project it opens; repeat for more").argParser(collect))
    .addOption(new Option("--all-projects", "open every project").conflicts("project"))
    .addOption(new Option("--role <role>", "what it may do").choices(KEY_ROLES).makeOptionMandatory())
    .action(({ name, project, allProjects, role, db }: CreateOptions) =>
      withStore(db, async (store) => {
        const projects = allProjects ? null : (project ?? []);
        const { key, secret } = createAccessKey({ name, projects, role }, now());
        await store.createKey(key);
        return `${secret}\n`;
      }),
    );

  command("list", "List all keys, without their secrets.").action(({ db }: { db: string }) =>
    withStoreOf(db, async (store) => table(await store.listKeys())),
  );

  command("revoke <id-or-name>", "Revoke a key: it opens nothing from now on.").action(
    (idOrName: string, { db }: { db: string }) =>
      withStoreOf(db, async (store) => {
        const { name, prefix } = await store.revokeKey(idOrName, now());
        return `revoked ${name} (${prefix}…)\n`;
      }),
  );
}

function collect(one: string, others: string[] = []): string[] {
  return [...others, one];
}

function table(keys: AccessKey[]): string {
  const columns = COLUMNS.map(([title, print]) => [title, ...keys.map(print)]);
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)));
  const lines = [...Array(keys.length + 1).keys()].map((row) =>
    columns.map((cells, column) => cells[row]!.padEnd(widths[column]!)).join("  "),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}
