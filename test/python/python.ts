import { execFile } from "node:child_process";
import { glob, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { skipMissing } from "../setup/skip-missing.ts";

const execute = promisify(execFile);

const setup = join(import.meta.dirname, "setup.py");
const protoDirectory = join(import.meta.dirname, "../../proto");
const directory = join(import.meta.dirname, "../../node_modules/.cache/skein-python");

/** A Python that has the packages of `requirements.txt`. */
export interface Python {
  /**
   * Runs a script of this folder, or with `-m` a module, and returns what it prints.
   *
   * @throws when it exits with another code than 0; the message holds what it wrote to stderr
   */
  run(script: string, args: string[]): Promise<string>;
}

/** Why there is none. */
export interface NoPython {
  unavailable: string;
}

let found: Promise<Python | NoPython> | undefined;

/** How long the first `python()` may take: it installs packages. Call it in a `beforeAll` with this time. */
export const PYTHON_SETUP_MS = 600_000;

/** Finds Python and installs the packages, which needs a package index the first time. */
export function python(): Promise<Python | NoPython> {
  found ??= prepare();
  return found;
}

/** The same for a test, which is skipped where there is none; see `skipMissing`. */
export async function pythonOrSkip(skip: (reason: string) => never): Promise<Python> {
  const prepared = await python();
  return "unavailable" in prepared ? skipMissing(skip, prepared.unavailable) : prepared;
}

async function prepare(): Promise<Python | NoPython> {
  try {
    await execute("python3", [setup, directory]);
  } catch (error) {
    return { unavailable: `no Python with the packages the test needs: ${(error as Error).message}` };
  }
  const executable = join(directory, "venv/bin/python");
  return {
    async run(script, args) {
      const start = script.startsWith("-m ") ? script.split(" ") : [join(import.meta.dirname, script)];
      const { stdout } = await execute(executable, [...start, ...args], { maxBuffer: 2 ** 26 });
      return stdout;
    },
  };
}

/** Makes Python modules of Skein's contract, in a new folder that the caller removes; returns the folder. */
export async function generateDescriptors({ run }: Python): Promise<string> {
  const generated = await mkdtemp(join(tmpdir(), "skein-python-"));
  const files = await Array.fromAsync(
    glob("{skein,grpc/health,google/rpc}/**/*.proto", { cwd: protoDirectory }),
  );
  const outputs = [`--python_out=${generated}`, `--grpc_python_out=${generated}`];
  await run("-m grpc_tools.protoc", [`-I${protoDirectory}`, ...outputs, ...files]);
  return generated;
}
