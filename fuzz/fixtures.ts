import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clients } from "./clients.ts";
import type { Failure } from "./failures.ts";
import { fromJson, type Input, toJson } from "./input.ts";
import { kindOf, wrongWith } from "./verdict.ts";

/** Where the inputs that a server failed on are kept, and sent again by a test. */
const FIXTURES = join(import.meta.dirname, "../test/fixtures/fuzz");

/** Inputs that a server failed on, as a file has them. */
export interface Fixture {
  name: string;
  /** The kind of the failure. */
  why: string;
  inputs: Input[];
}

/** Writes the inputs of a failure to a file of their own. Resolves to its path. */
export async function writeFixture(failure: Failure, folder = FIXTURES): Promise<string> {
  await mkdir(folder, { recursive: true });
  const words = failure.kind
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  const hash = createHash("sha256").update(failure.kind).digest("hex").slice(0, 6);
  const path = join(folder, `${words.slice(0, 60)}-${hash}.json`);
  const fixture = { why: failure.kind, inputs: failure.inputs.map(toJson) };
  await writeFile(path, `${JSON.stringify(fixture, null, 2)}\n`);
  return path;
}

/** All fixtures there are. */
export async function readFixtures(): Promise<Fixture[]> {
  const names = (await readdir(FIXTURES)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(
    names.map(async (name) => {
      const { why, inputs } = JSON.parse(await readFile(join(FIXTURES, name), "utf8"));
      return { name, why, inputs: inputs.map(fromJson) };
    }),
  );
}

/** How often a fixture is sent: some of what fails depends on what comes first. */
const ROUNDS = 5;

/**
 * Sends inputs a few times over: one after the other on the same connections, and at once.
 *
 * @param isEnough whether what went wrong so far will do
 * @returns the kinds of what is wrong with the outcomes
 */
export async function replay(
  inputs: Input[],
  clients: Clients,
  isEnough = (_wrong: Set<string>) => false,
): Promise<Set<string>> {
  const wrong = new Set<string>();
  const play = async (input: Input) => {
    const outcome = await clients.play(input);
    const fault = wrongWith(input, outcome);
    if (fault !== null) wrong.add(kindOf(fault, input, outcome));
  };
  for (const input of inputs) await play(input);
  for (let round = 1; round < ROUNDS && !isEnough(wrong); round++) await Promise.all(inputs.map(play));
  return wrong;
}
