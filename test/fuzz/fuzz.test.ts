import { expect, onTestFinished, test } from "vitest";
import { createClients } from "../../fuzz/clients.ts";
import type { Failure } from "../../fuzz/failures.ts";
import { readFixtures, replay, writeFixture } from "../../fuzz/fixtures.ts";
import { fuzz, SERVER_ARGS } from "../../fuzz/runner.ts";
import { startServerChild } from "../../fuzz/server-child.ts";
import { makeFolder } from "../e2e/harness.ts";

const SEED = 20_261_127;

test("a server bears a few thousand inputs of any kind, and holds no more afterwards", async () => {
  const inputs = 4500;
  const { counts, failures, before, after } = await fuzz({ seed: SEED, goesOn: (number) => number < inputs });

  expect(await told(failures.list())).toEqual([]);
  expect(counts.total()).toBe(inputs);
  expect(before && after).not.toBeNull();
}, 600_000);

test("so does one that asks for keys, from those who have none", async () => {
  const inputs = 800;
  const { counts, failures } = await fuzz({
    seed: SEED,
    from: 100_000,
    locked: true,
    goesOn: (number) => number < 100_000 + inputs,
  });

  expect(await told(failures.list())).toEqual([]);
  expect(counts.total()).toBe(inputs);
}, 300_000);

test("what a server once failed on does it no harm", async () => {
  const folder = await makeFolder();
  onTestFinished(folder.remove);
  const faults: string[] = [];
  const server = await startServerChild(folder.db, SERVER_ARGS, (fault) => faults.push(fault));
  onTestFinished(server.kill);

  for (const { name, inputs } of await readFixtures()) {
    const clients = createClients(server.port);
    const wrong = await replay(inputs, clients);
    clients.close();
    await server.holdings();
    expect({ name, wrong: [...wrong], faults }).toEqual({ name, wrong: [], faults: [] });
  }
}, 300_000);

/** What failed, each with the file that its inputs were written to. */
function told(failures: Failure[]): Promise<string[]> {
  return Promise.all(
    failures.map(async (failure) => {
      const fixture = failure.inputs.length > 0 ? await writeFixture(failure) : "none";
      return `${failure.kind}\n${failure.text}\nfixture: ${fixture}, seed ${SEED}`;
    }),
  );
}
