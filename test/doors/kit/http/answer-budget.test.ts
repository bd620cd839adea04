import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAnswerBudget } from "../../../../src/doors/kit/http/answer-budget.ts";
import { OverloadedError } from "../../../../src/model/base/errors.ts";
import { createAsks } from "../../../../src/workers/asks.ts";

beforeEach(() =>
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "Date"] }),
);
afterEach(() => vi.useRealTimers());

const budget = () =>
  createAnswerBudget({ totalBytes: 1000, connectionBytes: 300, patienceMs: 60_000 }, () => Date.now());
const never = () => expect.fail("cut");
const { signal } = new AbortController();

test("work of a connection that holds much waits until its client has taken some", async () => {
  const answers = budget();
  const [connection, other] = [{}, {}];
  const account = answers.open(connection, never);
  expect(answers.room(connection, signal)).toBeNull();
  account.hold(300);
  const room = answers.room(connection, signal);
  expect(answers.room(other, signal)).toBeNull();
  account.hold(200);
  await room;
  expect(answers.total).toBe(200);
});

test("when much is held in all, a connection that holds nothing goes on until twice as much is", () => {
  const answers = budget();
  const connections = Array.from({ length: 8 }, () => ({}));
  for (const [index, connection] of connections.entries()) {
    if (index < 4) answers.open(connection, never).hold(250);
  }
  expect(answers.room(connections[0]!, signal)).not.toBeNull();
  expect(answers.room(connections[4]!, signal)).toBeNull();
  for (const connection of connections.slice(4)) answers.open(connection, never).hold(250);
  expect(() => answers.room({}, signal)).toThrow(OverloadedError);
});

test("an answer that holds something does not wait for more room", () => {
  const answers = budget();
  const connection = {};
  const account = answers.open(connection, never);
  account.hold(100);
  expect(account.room(signal)).toBeNull();
  answers.open(connection, never).hold(250);
  expect(() => account.room(signal)).toThrow(OverloadedError);
});

test("an answer of which nothing is taken is cut, one of which something is lives on", () => {
  const answers = budget();
  const cut = vi.fn();
  answers.open({}, cut).hold(100);
  const slow = answers.open({}, never);
  for (let left = 100; left > 0; left -= 1) {
    slow.hold(left);
    vi.advanceTimersByTime(50_000);
  }
  expect(cut).toHaveBeenCalledTimes(1);
});

test("work that waits too long is refused, and that of a client that is gone ends", async () => {
  const answers = budget();
  const connection = {};
  const account = answers.open(connection, () => {});
  account.hold(300);
  const gone = new AbortController();
  const [late, left] = [answers.room(connection, signal), answers.room(connection, gone.signal)];
  const refused = [expect(late).rejects.toThrow(OverloadedError), expect(left).rejects.toBe("gone")];
  gone.abort("gone");
  vi.advanceTimersByTime(61_000);
  await Promise.all(refused);
});

test("only so much begins in a turn of the event loop, and all of it goes on in the end", async () => {
  const answers = budget();
  const started = Array.from({ length: 100 }, () => answers.start({}, signal));
  const atOnce = started.filter((start) => start === null).length;
  expect(atOnce).toBeGreaterThan(0);
  expect(atOnce).toBeLessThan(50);
  await Promise.all(started);
});

test("work that asks for room again each time it was let on does not starve", async () => {
  const answers = budget();
  const asks = createAsks(8);
  // Each asks before it waits for its turn and again when it has it, and there are more of them than begin in a turn.
  const done = Array.from({ length: 100 }, async () => {
    const connection = {};
    await answers.start(connection, signal);
    return asks.ask(
      () => answers.room(connection, signal),
      async () => "done",
    );
  });
  expect(new Set(await Promise.all(done))).toEqual(new Set(["done"]));
});
