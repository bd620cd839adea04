import { expect, onTestFinished, test, vi } from "vitest";
import { startSweeper } from "../../src/server/sweeper.ts";
import { createNaiveStore } from "../store/naive-store.ts";
import { createFakeStore } from "./fake-store.ts";
import { start } from "./harness.ts";

/** A sweeper whose store does as it is told. */
function open(sweepExpired: (now: number, limit: number) => Promise<number>) {
  const logger = { error: vi.fn() };
  const sweeper = startSweeper({ store: { sweepExpired }, now: () => 42, interval: 1, logger });
  onTestFinished(() => sweeper.close());
  return { sweeper, logger };
}

test("sweeps again and again, at the time it is given", async () => {
  const sweeps = vi.fn(async () => 0);
  open(sweeps);
  await vi.waitFor(() => expect(sweeps.mock.calls.length).toBeGreaterThan(2));
  expect(sweeps).toHaveBeenCalledWith(42, 100);
});

test("goes on at once while there is more", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const answers = [100, 100, 7];
  const sweeps = vi.fn(async () => answers.shift() ?? 0);
  open(sweeps);
  await vi.advanceTimersByTimeAsync(1);
  expect(sweeps).toHaveBeenCalledTimes(3);
});

test("never runs twice at once, and ends when what is under way does", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { promise, resolve } = Promise.withResolvers<number>();
  const sweeps = vi.fn(() => promise);
  const { sweeper } = open(sweeps);
  await vi.advanceTimersByTimeAsync(100);
  expect(sweeps).toHaveBeenCalledTimes(1);
  const closed = vi.fn();
  const closing = sweeper.close().then(closed);
  await vi.advanceTimersByTimeAsync(100);
  expect(closed).not.toHaveBeenCalled();
  resolve(100);
  await closing;
  await vi.advanceTimersByTimeAsync(100);
  expect(sweeps).toHaveBeenCalledTimes(1);
});

test("tries again after a failure, and says so", async () => {
  const sweeps = vi.fn(async () => 0).mockRejectedValueOnce(new Error("the disk is away"));
  const { logger } = open(sweeps);
  await vi.waitFor(() => expect(sweeps.mock.calls.length).toBeGreaterThan(1));
  expect(logger.error).toHaveBeenCalledOnce();
});

test("a server sweeps while it runs", async () => {
  const sweepExpired = vi.fn(async () => 0);
  await start({ store: { ...createFakeStore(), sweepExpired }, config: { sweepInterval: 1 } });
  await vi.waitFor(() => expect(sweepExpired).toHaveBeenCalled());
});

test("what has expired is gone from the store", async () => {
  const store = createNaiveStore();
  const draft = { projectId: "p", metadata: "{}", states: [], ifExists: "raise" as const, now: 0 };
  await store.createThread({ ...draft, threadId: "short", ttl: { strategy: "delete", minutes: 1 } });
  await store.createThread({ ...draft, threadId: "long", ttl: null });
  const sweeper = startSweeper({ store, now: () => 60_000_000, interval: 1, logger: { error: vi.fn() } });
  onTestFinished(() => sweeper.close());
  // Seen at a time when it had not expired: only the sweep can have removed it.
  await vi.waitFor(async () => {
    expect(await store.getThread({ projectId: "p", threadId: "short", now: 1 })).toBeNull();
  });
  expect(await store.getThread({ projectId: "p", threadId: "long", now: 1 })).not.toBeNull();
});
