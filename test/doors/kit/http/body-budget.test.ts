import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type BodyAccount, createBodyBudget } from "../../../../src/doors/kit/http/body-budget.ts";
import { OverloadedError } from "../../../../src/model/base/errors.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function budget(totalBytes = 10 * MIB, connectionBytes = 4 * MIB) {
  return createBodyBudget({ totalBytes, connectionBytes, leastRate: KIB }, () => Date.now());
}

const never = () => expect.fail("cut");

describe("a body that comes while too much is held", () => {
  test("waits until others are over, unless it is small or the oldest", async () => {
    const bodies = budget();
    const [oldest, other, small] = [{}, {}, {}].map((connection) => bodies.open(connection, never)) as [
      BodyAccount,
      BodyAccount,
      BodyAccount,
    ];
    expect(oldest.take(9 * MIB)).toBeNull();
    const wait = other.take(2 * MIB);
    expect(wait).not.toBeNull();
    expect(small.take(10 * KIB)).toBeNull();
    expect(oldest.take(3 * MIB)).toBeNull();
    oldest.close();
    await wait;
    expect(bodies.total).toBe(2 * MIB + 10 * KIB);
  });

  test("goes on when the one before it is complete, however much that still holds", async () => {
    const bodies = budget();
    const first = bodies.open({}, never);
    const second = bodies.open({}, never);
    first.take(11 * MIB);
    const wait = second.take(MIB);
    first.complete();
    await wait;
  });

  test("waits, be it the oldest, while complete ones hold twice as much", async () => {
    const bodies = budget();
    const first = bodies.open({}, never);
    const second = bodies.open({}, never);
    first.take(20 * MIB);
    first.complete();
    const wait = second.take(MIB);
    expect(wait).not.toBeNull();
    first.close();
    await wait;
  });

  test("waits for those of its own connection", async () => {
    const bodies = budget();
    const connection = {};
    const first = bodies.open(connection, never);
    first.take(4 * MIB);
    expect(bodies.open({}, never).take(MIB)).toBeNull();
    const wait = bodies.open(connection, never).take(MIB);
    expect(wait).not.toBeNull();
    first.close();
    await wait;
  });

  test("is refused when there is no room even for small ones", () => {
    const bodies = budget();
    bodies.open({}, never).take(20 * MIB);
    expect(() => bodies.open({}, never).take(KIB)).toThrow(OverloadedError);
  });
});

test("whatever bodies come, one of those that wait goes on in the end, and all is given back", async () => {
  const sizes = fc.array(
    fc.record({ connection: fc.nat(3), parts: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 5 }) }),
  );
  await fc.assert(
    fc.asyncProperty(sizes, async (given) => {
      const bodies = budget(10 * MIB, 3 * MIB);
      const connections = [{}, {}, {}, {}];
      await Promise.all(
        given.map(async ({ connection, parts }) => {
          const account = bodies.open(connections[connection]!, never);
          for (const part of parts) await account.take(part * 200 * KIB);
          account.complete();
          await null;
          account.close();
        }),
      );
      expect(bodies.total).toBe(0);
      bodies.close();
    }),
  );
});

describe("a body that comes too slowly", () => {
  test("is cut, once, after its first seconds", () => {
    const bodies = budget();
    const cut = vi.fn();
    const account = bodies.open({}, cut);
    account.take(5 * KIB);
    vi.advanceTimersByTime(9000);
    expect(cut).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(cut).toHaveBeenCalledTimes(1);
  });

  test("is not when it is complete, fast enough, or made to wait", async () => {
    const bodies = budget();
    bodies.open({}, never).complete();
    const fast = bodies.open({}, never);
    const oldest = bodies.open({}, never);
    oldest.take(11 * MIB);
    const waiting = bodies.open({}, never);
    const wait = waiting.take(100 * KIB);
    for (let second = 0; second < 30; second += 1) {
      fast.take(2 * KIB);
      vi.advanceTimersByTime(1000);
    }
    oldest.close();
    await wait;
    vi.advanceTimersByTime(1000);
  });
});
