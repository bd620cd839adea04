import { createWriteStream, existsSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SingleBar } from "cli-progress";
import { type Command, Option } from "commander";
import type { BackUpOptions } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { exportText } from "./transfer/export.ts";
import { importFile } from "./transfer/import.ts";

/** What the commands need of the program. */
interface Program {
  /** Where neither `--db` nor `SKEIN_DB` names a file, and neither `--project` nor `SKEIN_DEFAULT_PROJECT` a project. */
  defaultFile: string;
  defaultProject: string;
  openStore: (db: string) => Promise<Store>;
  backUp: (db: string, target: string, options: BackUpOptions) => Promise<void>;
}

interface ExportOptions {
  db: string;
  project: string;
  allProjects?: boolean;
  out?: string;
}

/**
 * Adds the commands that export, import and back up a database file, whether a server has it open or not. They show
 * their progress on standard error; what goes wrong is one line there and exit code 1.
 */
export function addTransferCommands(
  program: Command,
  { defaultFile, defaultProject, openStore, backUp }: Program,
): void {
  /** A command on a database file. */
  function command(usage: string, description: string): Command {
    const db = new Option("--db <file>", "database file").env("SKEIN_DB").default(defaultFile);
    return program.command(usage).description(description).addOption(db);
  }

  async function withStore(db: string, work: (store: Store) => Promise<void>): Promise<void> {
    const store = await openStore(db);
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }

  command("export", "Write all that a project holds, keys aside, as lines of JSON.")
    .addOption(
      new Option("--project <project>", "the project").env("SKEIN_DEFAULT_PROJECT").default(defaultProject),
    )
    .option("--all-projects", "every project, one after the other, each as it is at one moment")
    .option("--out <file>", "a new file to write to, instead of standard output")
    .action(({ db, project, allProjects, out }: ExportOptions) =>
      reporting(async (signal) => {
        mustExist(db);
        await withStore(db, async (store) => {
          const projects = allProjects ? await store.listProjects() : [project];
          await toOutput(out, (output) =>
            pipeline(Readable.from(exported(store, projects, signal)), output, {
              end: out !== undefined,
              signal,
            }),
          );
        });
      }),
    );

  command(
    "import <files...>",
    "Store what exports hold. What is there already stays as it is: an import that broke off is finished by another.",
  ).action((files: string[], { db }: { db: string }) =>
    reporting(async (signal) => {
      for (const file of files) mustExist(file);
      await withStore(db, async (store) => {
        for (const file of files) await importShown(store, file, signal);
      });
    }),
  );

  command(
    "backup <file>",
    "Copy the database, as it is at one moment, to a new file: all projects, and the keys.",
  ).action((target: string, { db }: { db: string }) =>
    reporting(async (signal) => {
      mustExist(db);
      await withBar("{bar} {percentage}% of the database", (bar) =>
        backUp(db, target, { onCopied: (pages, total) => show(bar, pages, total), signal }),
      );
    }),
  );
}

/** The text of projects, one after the other. */
async function* exported(store: Store, projects: string[], signal: AbortSignal): AsyncGenerator<string> {
  for (const project of projects) {
    const bar = createBar(`{bar} {value}/{total} entries of ${project}`);
    try {
      yield* exportText(store, project, (written, total) => show(bar, written, total), signal);
    } finally {
      bar.stop();
    }
  }
}

async function importShown(store: Store, file: string, signal: AbortSignal): Promise<void> {
  const { size } = statSync(file);
  await withBar(`{bar} {percentage}% of ${file}`, async (bar) => {
    await importFile(store, file, {
      onStored: (bytes) => show(bar, bytes, size),
      onLeftOut: (what) => process.stderr.write(`\n${what}\n`),
      signal,
    });
    show(bar, size, size);
  });
}

/** Writes to a new file, which is removed if that fails; without one to standard output. */
async function toOutput(out: string | undefined, write: (output: Writable) => Promise<void>): Promise<void> {
  if (out === undefined) return write(process.stdout);
  if (existsSync(out)) throw new Error(`${out} is there already`);
  try {
    await write(createWriteStream(out, { flags: "wx" }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") await rm(out, { force: true });
    throw error;
  }
}

function mustExist(file: string): void {
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
}

/** Does what a command does, until the process is asked to end. */
async function reporting(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error("interrupted"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  try {
    await work(interruption.signal);
  } catch (error) {
    const { message } = (interruption.signal.aborted ? interruption.signal.reason : error) as Error;
    process.stderr.write(`skein: ${message}\n`);
    process.exitCode = 1;
  }
}

async function withBar(format: string, work: (bar: SingleBar) => Promise<void>): Promise<void> {
  const bar = createBar(format);
  try {
    await work(bar);
  } finally {
    bar.stop();
  }
}

function createBar(format: string): SingleBar {
  return new SingleBar({ format, stream: process.stderr, noTTYOutput: true });
}

/** Shows how far something is; the bar begins with the first of it. */
function show(bar: SingleBar, value: number, total: number): void {
  if (!bar.isActive) bar.start(total, value);
  bar.setTotal(total);
  bar.update(value);
}
