import { expect, test } from "vitest";
import { createDecodeQueue, type JobSize, type Turn } from "../../../../src/doors/kit/decode/decode-queue.ts";

function open() {
  const queue = createDecodeQueue("small thread", "large thread");
  const had: Turn<string>[] = [];
  return {
    queue,
    had,
    /** Asks for turns; has those that come at once. */
    async ask(...sizes: JobSize[]) {
      for (const size of sizes) void queue.turn(size).then((turn) => had.push(turn));
      await settled();
    },
    threads: () => had.map(({ thread }) => thread),
  };
}

/** Comes when all that needs nothing from outside has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await null;
}

test("large jobs come one at a time, in the order they were asked for", async () => {
  const { ask, had, threads } = open();
  await ask("large", "large", "large");
  expect(threads()).toEqual(["large thread"]);
  had[0]!.end();
  await settled();
  expect(threads()).toEqual(["large thread", "large thread"]);
  had[1]!.end();
  await settled();
  expect(had).toHaveLength(3);
});

test("small jobs wait for no large one, which has its thread for itself", async () => {
  const { ask, threads } = open();
  await ask("large", "large", "small", "small");
  expect(threads()).toEqual(["large thread", "small thread", "small thread"]);
});

test("small jobs use both threads while there is no large one", async () => {
  const { ask, threads } = open();
  await ask("small", "small", "small");
  expect(threads()).toEqual(["small thread", "large thread", "small thread"]);
});

test("a thread has few jobs at once; the others come as these end", async () => {
  const { ask, had, threads } = open();
  await ask(...Array<JobSize>(10).fill("small"));
  expect(had).toHaveLength(8);
  had.find(({ thread }) => thread === "large thread")!.end();
  await settled();
  expect(threads().slice(8)).toEqual(["large thread"]);
});

test("a job that is given up leaves the queue, and holds up nobody", async () => {
  const { queue, ask, had } = open();
  await ask("large");
  const gaveUp = new AbortController();
  const given = queue.turn("large", { signal: gaveUp.signal });
  await ask("large");
  gaveUp.abort(new Error("gone"));
  await expect(given).rejects.toThrow("gone");
  await expect(queue.turn("small", { signal: gaveUp.signal })).rejects.toThrow("gone");
  had[0]!.end();
  await settled();
  expect(had).toHaveLength(2);
});

test("a turn that has come is not taken away", async () => {
  const { queue } = open();
  const late = new AbortController();
  const turn = await queue.turn("large", { signal: late.signal });
  late.abort();
  expect(turn.thread).toBe("large thread");
  turn.end();
  expect((await queue.turn("large")).thread).toBe("large thread");
});

test("a large job waits until what those before it made is gone, but for a few bytes", async () => {
  const { queue } = open();
  const MIB = 2 ** 20;
  const releases: (() => void)[] = [];
  const had: Turn<string>[] = [];
  const ask = async (bytes: number) => {
    const over = (release: () => void) => void releases.push(release);
    void queue.turn("large", { bytes, over }).then((turn) => had.push(turn));
    await settled();
  };
  await ask(30 * MIB);
  await ask(10 * MIB);
  await ask(5 * MIB);
  await ask(5 * MIB);
  had[0]!.end();
  await settled();
  expect(had, "what the first made is held").toHaveLength(1);
  releases[0]!();
  await settled();
  had[1]!.end();
  await settled();
  expect(had, "there is room for both").toHaveLength(3);
  had[2]!.end();
  await settled();
  expect(had, "there is none for a third").toHaveLength(3);
  releases[1]!();
  await settled();
  expect(had).toHaveLength(4);
});
