import fc from "fast-check";
import { expect, test } from "vitest";
import { type Blanks, type Loader, replay } from "../../src/model/base/replay.ts";
import type { Span } from "../../src/model/traces/span.ts";
import { threadQuery } from "../store/builders.ts";
import { createNaiveStore } from "../store/naive-store.ts";
import { readThreads } from "../store/reading.ts";
import { arrival, turnChanges } from "../store/suite/arbitrary-spans.ts";
import { type Ask, createMemorySpans } from "./memory-spans.ts";

interface Family {
  parent(name: string): string | null;
  age(name: string): number;
}

const parents: Record<string, string> = { ann: "bob", bob: "cleo" };
const NOBODY: Blanks<Family> = { parent: null, age: 0 };

/** Answers by the record above, and notes each round of loading. */
function familyLoader(rounds: string[][][]): Loader<Family> {
  return {
    async parent(asked) {
      rounds.push(asked);
      return asked.map(([name]) => parents[name] ?? null);
    },
    async age(asked) {
      rounds.push(asked);
      return asked.map(([name]) => name.length);
    },
  };
}

test("questions that do not depend on each other are loaded in one round, each once", async () => {
  const rounds: string[][][] = [];
  const sum = await replay(familyLoader(rounds), NOBODY, ({ age }) => age("ann") + age("cleo") + age("ann"));
  expect(sum).toBe(10);
  expect(rounds).toEqual([[["ann"], ["cleo"]]]);
});

test("a question that follows from an answer takes a round of its own", async () => {
  const rounds: string[][][] = [];
  const line = await replay(familyLoader(rounds), NOBODY, ({ parent }) => {
    const names = ["ann"];
    for (let name = parent("ann"); name; name = parent(name)) names.push(name);
    return names;
  });
  expect(line).toEqual(["ann", "bob", "cleo"]);
  expect(rounds).toEqual([[["ann"]], [["bob"]], [["cleo"]]]);
});

test("what throws for want of an answer is run again; what throws with all of them has failed", async () => {
  const nameOf = ({ parent }: Family, name: string) => parent(name)!.toUpperCase();
  expect(await replay(familyLoader([]), NOBODY, (family) => nameOf(family, "ann"))).toBe("BOB");
  await expect(replay(familyLoader([]), NOBODY, (family) => nameOf(family, "cleo"))).rejects.toThrow(
    TypeError,
  );
});

test("what fails to load fails the run", async () => {
  const loader = { ...familyLoader([]), age: () => Promise.reject(new Error("no connection")) };
  await expect(replay(loader, NOBODY, ({ age }) => age("ann"))).rejects.toThrow("no connection");
});

const askNow: Ask = async (source, _, run) => run(source);

/** Answers no question before the round after the one that asked it. */
const askLater: Ask = (source, blanks, run) => {
  const names = Object.keys(blanks) as (keyof typeof source)[];
  const loads = names.map((name) => [
    name,
    async (asked: never[][]) => asked.map((each) => source[name](...each)),
  ]);
  return replay(Object.fromEntries(loads), blanks, run);
};

test.each([
  ["spans of few traces in any order", arrival.map(({ batches }) => batches), 100],
  ["turns that come, move and go", turnChanges, 15],
])("over %s, traces, statistics and summaries come out the same by replay", async (_, arbitrary, numRuns) => {
  await fc.assert(
    fc.asyncProperty(arbitrary as fc.Arbitrary<Span[][]>, async (batches) => {
      const [now, later] = [createMemorySpans(askNow), createMemorySpans(askLater)];
      const naive = createNaiveStore();
      for (const batch of batches) {
        await now.write(batch);
        await later.write(batch);
        await naive.writeSpans(batch);
        expect(later.state()).toEqual(now.state());
      }
      for (const { threadId, ...row } of await readThreads(naive, threadQuery())) {
        const { first, last, p50, p99, endedCount: _, ...counts } = now.statisticsOf(threadId)!;
        expect(row).toEqual({
          ...counts,
          startTime: first!.at,
          firstTurnId: first!.turnId,
          lastUpdated: last!.at,
          lastTurnId: last!.turnId,
          p50TurnDurationMs: p50.value,
          p99TurnDurationMs: p99.value,
        });
      }
    }),
    { numRuns },
  );
});
