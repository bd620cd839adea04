import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createTurns } from "../../src/server/turns.ts";

test("a burst of requests is spread over turns of the event loop, in the order it came", async () => {
  let clock = 0;
  let turn = 0;
  const take = createTurns(() => clock);
  const done: { request: number; turn: number }[] = [];
  for (let request = 0; request < 10; request += 1) {
    take(() => {
      clock += 2;
      done.push({ request, turn });
    });
  }
  while (done.length < 10) {
    turn += 1;
    await nextTurn();
  }
  expect(done.map(({ request }) => request)).toEqual(Array.from({ length: 10 }, (_, i) => i));
  // Two requests of 2 ms use up a turn.
  const perTurn = Map.groupBy(done, (one) => one.turn);
  expect(Math.max(...Array.from(perTurn.values(), ({ length }) => length))).toBeLessThanOrEqual(2);
});

test("requests that take no time do not wait", () => {
  const take = createTurns(() => 0);
  let done = 0;
  for (let request = 0; request < 100; request += 1) take(() => (done += 1));
  expect(done).toBe(100);
});
