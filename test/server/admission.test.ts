import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { OverloadedError } from "../../src/model/base/errors.ts";
import { createAdmission } from "../../src/server/admission.ts";

const limits = { total: 1000, perConnection: 100 };

test("a burst of requests is spread over turns of the event loop, in the order it came", async () => {
  let clock = 0;
  let turn = 0;
  const { enter } = createAdmission(limits, () => clock);
  const connection = {};
  const done: { request: number; turn: number }[] = [];
  for (let request = 0; request < 10; request += 1) {
    enter(connection, () => {
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
  const { enter } = createAdmission(limits, () => 0);
  let done = 0;
  for (let request = 0; request < 500; request += 1) expect(enter({}, () => (done += 1))).toBeNull();
  expect(done).toBe(500);
});

/** An admission whose turn is used up, so that whoever enters waits. */
function busyAdmission(given = limits) {
  let clock = 0;
  const { enter } = createAdmission(given, () => clock);
  enter({}, () => (clock += 10));
  return enter;
}

test("a connection with few requests does not wait for all those of one with many", async () => {
  const enter = busyAdmission();
  const [many, few] = [{}, {}];
  const order: string[] = [];
  for (let request = 0; request < 100; request += 1) enter(many, () => order.push("many"));
  enter(few, () => order.push("few"));
  while (order.length < 101) await nextTurn();
  expect(order.indexOf("few")).toBe(1);
});

test("a request whose client is gone leaves the queue", async () => {
  const enter = busyAdmission();
  const order: number[] = [];
  const leaves = Array.from({ length: 3 }, (_, request) => enter({}, () => order.push(request)));
  leaves[1]!()!;
  while (order.length < 2) await nextTurn();
  await nextTurn();
  expect(order).toEqual([0, 2]);
});

test("too many of one connection, or in all, are refused", () => {
  const enter = busyAdmission({ total: 5, perConnection: 3 });
  const connection = {};
  const wait = (owner: object) => enter(owner, () => {});
  for (let request = 0; request < 3; request += 1) wait(connection);
  expect(() => wait(connection)).toThrow(OverloadedError);
  const leave = wait({})!;
  wait({});
  expect(() => wait({})).toThrow(OverloadedError);
  leave();
  wait({});
});
